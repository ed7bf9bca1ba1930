"""The one task engine. Tasks carry no personal data: they wake up drainers, which read rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")

app = Celery("privacy_app")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
