"""`python -m tests.outbox_process enqueue|drain …`: a process that writes to the outbox, or delivers from it.

What is delivered is noted as a line in the file that a message names. A message says nothing else to its handler but
whether to stay in it.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    django.setup()

from django.db import transaction
from django.utils import timezone

from privacy_app.outbox.delivery import deliver_next
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue

NOTE = "test.note"


@handles(NOTE)
def note(message: Message) -> None:
    """Write the message's id into its file; first wait for as long as a file of the name in `while` is there."""
    path = Path(message.payload["path"])
    if (obstacle := message.payload.get("while")) and Path(obstacle).exists():
        path.with_name(f"{message.id}.begun").touch()
        while Path(obstacle).exists():
            time.sleep(0.05)
    with path.open("a") as file:
        file.write(f"{message.id}\n")


def _enqueue(path: str, count: str) -> None:
    """Write so many messages in one transaction; print how many seconds that took."""
    began = time.monotonic()
    with transaction.atomic():
        for _ in range(int(count)):
            enqueue(NOTE, {"path": path}, at=timezone.now())
    print(time.monotonic() - began)


def _drain(ahead: str = "0") -> None:
    """Deliver what is due, and what will be in so many seconds; print how many messages that were."""
    count = 0
    while deliver_next(now=timezone.now() + timedelta(seconds=int(ahead))):
        count += 1
    print(count)


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "enqueue":
        _enqueue(*arguments)
    else:
        _drain(*arguments)
