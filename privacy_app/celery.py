"""The one task engine. Tasks carry no personal data: they wake up drainers, which read rows."""

import os
from pathlib import Path

from celery import Celery
from celery.beat import PersistentScheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")

app = Celery("privacy_app")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Scheduler(PersistentScheduler):
    """Beat's own, which makes the directory of its notes first: on a server of its own nobody else does."""

    schedule_filename: str

    def setup_schedule(self) -> None:
        Path(self.schedule_filename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().setup_schedule()
