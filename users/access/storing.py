"""Putting visits into the database: looked into, sealed under their day's key, each once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from privacy_app import crypto, locks
from users.access import days
from users.access.days import DayKeys
from users.access.devices import device_of
from users.access.fields import SEALED
from users.access.visits import Visit
from users.models import User

_INSERT = """
WITH new AS (
    INSERT INTO users_accessrecord (id, day, at, person_id, address_index, sealed)
    SELECT * FROM unnest(%s::uuid[], %s::date[], %s::timestamptz[], %s::uuid[], %s::bytea[], %s::bytea[])
    ON CONFLICT DO NOTHING
    RETURNING day, at, person_id
), counted AS (
    INSERT INTO users_accesstally AS tally (person_id, day, count, last_at)
    SELECT person_id, day, count(*), max(at) FROM new WHERE person_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (person_id, day) DO UPDATE
    SET count = tally.count + excluded.count, last_at = greatest(tally.last_at, excluded.last_at)
)
SELECT count(*) FROM new
"""


class NotRegistered(Exception):
    """Something would be recorded that the registry of fields does not name."""


def store(visits: Sequence[Visit], *, at: datetime) -> int:
    """Keep what is not there yet; returns how much that was. A visit that was stored before is left as it is.

    Left out are visits of people who were erased since, and of days whose time is over. Raises Unreadable where the key
    of a day does not open.
    """
    first = days.first_kept(at=at)
    wanted = [visit for visit in visits if visit.day >= first]
    if not wanted:
        return 0
    days.begin({visit.day for visit in wanted})
    return _insert(wanted, days.keys_of({visit.day for visit in wanted}))


@locks.in_transaction
def _insert(visits: Sequence[Visit], keys: Mapping[date, DayKeys]) -> int:
    # An erasure deletes what is there: it must not come in between.
    people = {visit.person for visit in visits if visit.person}
    here: set[UUID | None] = {None}
    if people:
        locks.share(people=people)
        here |= set(User.objects.filter(pk__in=people, erased_at=None).values_list("pk", flat=True))
    rows = [_row(visit, keys[visit.day]) for visit in visits if visit.person in here and visit.day in keys]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
        return int(cursor.fetchone()[0])


def _row(visit: Visit, keys: DayKeys) -> tuple[Any, ...]:
    content = _content(visit)
    if unknown := content.keys() - SEALED.keys():
        raise NotRegistered(", ".join(sorted(unknown)))
    sealed = crypto.seal(
        msgspec.msgpack.encode(content), key=keys.cipher, context=context(visit.id, visit.day, visit.person)
    )
    index = keys.index_of(visit.address) if visit.address else None
    return visit.id, visit.day, visit.at, visit.person, index, sealed


def _content(visit: Visit) -> dict[str, Any]:
    """What is sealed of a visit, by the names of the registry; what is empty is left out."""
    device = device_of(visit.user_agent, visit.brands, visit.platform, visit.is_mobile)
    content = {
        "address": visit.address,
        "browser": device.browser,
        "system": device.system,
        "device": device.device,
        "language": visit.language,
        "method": visit.method,
        "page": visit.page,
        "query": visit.query,
        "status": visit.status,
        "referrer": visit.referrer,
        "client": visit.client,
    }
    return {name: value for name, value in content.items() if value}


def context(record_id: UUID, day: date, person: UUID | None) -> bytes:
    """What a sealed record is bound to: moved to another row, day or person it does not open."""
    return crypto.associated_data("access-record", str(record_id), day.isoformat(), str(person or ""))
