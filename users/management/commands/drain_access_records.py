from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from users.access.drain import drain


class Command(BaseCommand):
    help = (
        "Take the access records that wait on this machine. Workers do so by themselves; this is for machines without."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        drained = drain(settings.ACCESS_SPOOL_DIR, at=timezone.now())
        self.stdout.write(
            f"{drained.records} records from {drained.files} files; {drained.torn} torn, {drained.unreadable} unreadable."
        )
