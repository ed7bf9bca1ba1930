"""What the tests of access records share: a spool of their own, and what came out of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from users.access.days import readable_keys_of
from users.access.drain import Drained, drain
from users.access.reading import Record, _opened
from users.access.spool import paths_in, spool_in
from users.access.storing import store
from users.access.visits import Visit
from users.models import AccessRecord, User

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def drained(*, at: datetime | None = None) -> Drained:
    """Let go of the file that is being written, and drain."""
    directory: Path = settings.ACCESS_SPOOL_DIR
    spool_in(directory).close()
    return drain(directory, at=at or timezone.now())


def files() -> list[Path]:
    return paths_in(settings.ACCESS_SPOOL_DIR)


def records() -> list[Record]:
    """Everything that is recorded, opened, the oldest first."""
    rows = list(AccessRecord.objects.order_by("at", "id"))
    keys = readable_keys_of({row.day for row in rows})
    return [_opened(row, keys.get(row.day)) for row in rows]


def contents() -> list[dict[str, Any]]:
    drained()
    return [record.content or {} for record in records()]


def visit(person: User | None = None, *, at: datetime | None = None, **options: Any) -> Visit:
    """A visit with Firefox on Windows from a fixed address, unless said otherwise."""
    wanted: dict[str, Any] = {
        "id": uuid4(),
        "at": at or timezone.now(),
        "person": person.pk if person else None,
        "address": "203.0.113.7",
        "user_agent": FIREFOX,
        "language": "zh-CN",
        "method": "GET",
        "page": "/en/policy/",
        "status": 200,
        **options,
    }
    return Visit(**wanted)


def visits(
    person: User, count: int, *, every: timedelta = timedelta(minutes=1), at: datetime | None = None
) -> list[UUID]:
    """So many visits of a person, the last at this time; their ids, the latest first."""
    last = at or timezone.now()
    made = [visit(person, at=last - every * number) for number in range(count)]
    store(made, at=last)
    return [each.id for each in made]
