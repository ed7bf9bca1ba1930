import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from consent.models import ConsentChange
from demo import creation, handover
from disclosure.models import DisclosureRequest, Release
from users.models import User

_WIDTH = 40


class Command(BaseCommand):
    help = (
        "Fill an empty, migrated database with the demo world: generated people and a year of their lives. "
        "The same seed makes the same world. It has passwords that everybody knows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=200, help="how many people to generate (200)")
        parser.add_argument("--seed", type=int, default=1, help="which of all possible worlds (1)")

    def handle(self, *args: Any, people: int, seed: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The passwords of the demo are known to everybody: it is refused with PRODUCTION=true.")
        if people < 0:
            raise CommandError("--people: a number from 0 on.")
        began = time.monotonic()
        try:
            content = creation.create(people=people, seed=seed, at=timezone.now(), progress=_Bar(people))
        except creation.AlreadyCreated:
            self.stdout.write("The demo world is already here; nothing was changed.")
            return
        except creation.HoldsRealPeople:
            raise CommandError(
                "This database holds people whom the demo did not make. The demo wants a database of its own: "
                "name one with DATABASE_URL, or another DATA_DIR."
            ) from None
        path = handover.write(content)
        self.stdout.write(
            f"{User.objects.count()} people, {ConsentChange.objects.count()} changes of consent, "
            f"{DisclosureRequest.objects.count()} requests by partners, {Release.objects.count()} reads, "
            f"made in {time.monotonic() - began:.0f} s. Log-ins and clients: {path}"
        )


class _Bar:
    """How much of the year is done, on a terminal's error stream."""

    def __init__(self, people: int) -> None:
        self.label = f"A year of {people} people"
        self.shown = -1

    def __call__(self, part: float) -> None:
        percent = int(part * 100)
        if percent == self.shown or not sys.stderr.isatty():
            return
        self.shown = percent
        done = round(part * _WIDTH)
        end = "\n" if percent == 100 else ""
        print(f"\r{self.label} {'█' * done}{'░' * (_WIDTH - done)} {percent:3}%", end=end, file=sys.stderr, flush=True)
