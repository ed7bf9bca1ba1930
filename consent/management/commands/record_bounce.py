import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.bounces import bounce_in
from consent.services.mailings import record_bounce

_MOST = 1_000_000


class Command(BaseCommand):
    help = (
        "Read a mail server's report of a mail that could not be delivered (RFC 3464) from standard input, and record "
        "that the notice came back. Meant to be called by the mail server for each mail to BOUNCE_ADDRESS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """What it cannot use it says and passes over: an error would make the mail server bounce the bounce."""
        bounce = bounce_in(sys.stdin.buffer.read(_MOST))
        if bounce is None:
            self.stdout.write("Passed over: no report of a final failure of a mail of ours.")
        elif record_bounce(bounce.number, bounce.key, code=bounce.code, at=timezone.now()):
            self.stdout.write(f"Recorded: it came back with {bounce.code}.")
        else:
            self.stdout.write("Passed over: not known, or known to have come back.")
