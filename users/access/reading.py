"""Reading access records back: a person's own, and for security officers those from one address."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Max, Sum

from privacy_app import crypto
from users.access.days import DayKeys, first_kept, readable_keys_of
from users.access.storing import context
from users.models import AccessDay, AccessRecord, AccessTally, User
from users.slices import Mark, Slice, slice_of

PER_PAGE = 50

_FROM_ADDRESS = """
SELECT record.id, record.day, record.at, record.person_id, record.sealed
FROM unnest(%s::date[], %s::bytea[]) AS sought (day, address_index)
JOIN users_accessrecord AS record ON record.day = sought.day AND record.address_index = sought.address_index
WHERE %s::timestamptz IS NULL OR (record.at, record.id) < (%s::timestamptz, %s::uuid)
ORDER BY record.at DESC, record.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One access record, opened. `content` goes by the names of `users.access.fields`; None where it does not open."""

    id: UUID
    at: datetime
    person_id: UUID | None
    content: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many records there are of a person, and when the last one is of."""

    count: int
    last_at: datetime | None


def summary_of(person: User, *, at: datetime) -> Summary:
    """In one query, however many there are."""
    found = AccessTally.objects.filter(person=person, day__gte=first_kept(at=at)).aggregate(
        total=Sum("count"), last=Max("last_at")
    )
    return Summary(found["total"] or 0, found["last"])


def records_of(
    person: User,
    *,
    at: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Mark | None = None,
    before: Mark | None = None,
    size: int = PER_PAGE,
) -> Slice[Record]:
    """The person's own records from `since` to before `until`, the latest first; in three queries, on a few partitions."""
    mark = after or before
    backwards = after is None and before is not None
    days = _days_of(
        person, _day(since) or first_kept(at=at), _day(until), _day(mark.at if mark else None), backwards, size
    )
    rows = AccessRecord.objects.filter(person=person, day__in=days)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    found = slice_of(rows, by="at", newest_first=True, size=size, after=after, before=before)
    keys = readable_keys_of({row.day for row in found.rows})
    opened = [_opened(row, keys.get(row.day)) for row in found.rows]
    return Slice(opened, before=found.before, after=found.after)


def _day(at: datetime | None) -> date | None:
    if at is None:
        return None
    # A mark is what an address says, and may lie in the year 1.
    return at.astimezone(UTC).date() if at.year > 1 else date.min


def _days_of(person: User, first: date, last: date | None, mark: date | None, backwards: bool, size: int) -> list[date]:
    """The days that the page needs: from the day of the mark on, until those behind it hold more than a page."""
    tallies = AccessTally.objects.filter(person=person, day__gte=first)
    if last:
        tallies = tallies.filter(day__lte=last)
    if mark:
        tallies = tallies.filter(day__gte=mark) if backwards else tallies.filter(day__lte=mark)
    # The records of the first and the last day may lie beyond what is looked for.
    needed, days = size, list[date]()
    for day, count in tallies.order_by("day" if backwards else "-day").values_list("day", "count"):
        days.append(day)
        if len(days) > 1 and day != last:
            needed -= count
        if needed < 0:
            break
    return days


def records_from(address: str, *, at: datetime, after: Mark | None = None, size: int = PER_PAGE) -> Slice[Record]:
    """What came from a normalised address in the days that are kept, the latest first. Days that do not open hold nothing."""
    today = at.astimezone(UTC).date() + timedelta(days=1)
    kept = AccessDay.objects.filter(day__gte=first_kept(at=at), day__lte=today).values_list("day", flat=True)
    keys = readable_keys_of(kept)
    sought = sorted(keys)
    instant, id_ = (after.at, after.id) if after else (None, None)
    indexes = [keys[day].index_of(address) for day in sought]
    rows = list(AccessRecord.objects.raw(_FROM_ADDRESS, [sought, indexes, instant, instant, id_, size + 1]))
    opened = [_opened(row, keys[row.day]) for row in rows[:size]]
    return Slice(opened, after=str(Mark(opened[-1].at, opened[-1].id)) if len(rows) > size else "")


def _opened(row: AccessRecord, keys: DayKeys | None) -> Record:
    content = None
    if keys is not None:
        with suppress(crypto.Unreadable):
            plain = crypto.unseal(bytes(row.sealed), key=keys.cipher, context=context(row.id, row.day, row.person_id))
            content = msgspec.msgpack.decode(plain, type=dict[str, Any])
    return Record(row.id, row.at, row.person_id, content)
