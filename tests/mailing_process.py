"""`python -m tests.mailing_process`: a worker that delivers from the outbox until no mailing is running any more."""

import os
import time
from datetime import timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    django.setup()

from django.utils import timezone

from consent.models import Mailing
from privacy_app.outbox.delivery import deliver_next

# A step that a worker was killed in waits some seconds for its next attempt.
_AHEAD = timedelta(minutes=5)

if __name__ == "__main__":
    while Mailing.objects.filter(state="running").exists():
        if not deliver_next(now=timezone.now() + _AHEAD):
            time.sleep(0.02)
