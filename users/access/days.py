"""A day of access records: its partition, its key, and the end of both.

The app's role owns no table. It begins and ends days through two functions of the owner's (users/migrations).
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from privacy_app import crypto
from privacy_app.keyrings import data_keys
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.services import append
from users.models import AccessDay

AHEAD = 7
"""So many days are made beforehand: their making needs the table for itself for a moment, which a dump can hold up."""


@dataclass(frozen=True, slots=True)
class DayKeys:
    """What seals the records of a day, and what finds them by address. Both are derived from the day's key and go with it."""

    cipher: AESGCM
    index_key: bytes

    @classmethod
    def of(cls, key: bytes) -> "DayKeys":
        return cls(crypto.cipher(_derived(key, b"access-record")), _derived(key, b"access-address"))

    def index_of(self, address: str) -> bytes:
        """HMAC-SHA-256 of a normalised address: equal addresses of one day are found, none can be read back."""
        return hmac.digest(self.index_key, address.encode(), "sha256")


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=crypto.KEY_BYTES, salt=None, info=use).derive(key)


def first_kept(*, at: datetime) -> date:
    """The oldest day that is kept."""
    return at.astimezone(UTC).date() - timedelta(days=settings.ACCESS_RECORD_DAYS)


def keys_of(days: Iterable[date]) -> dict[date, DayKeys]:
    """The keys of those of these days that have begun, in one query. Raises Unreadable."""
    return {day.day: DayKeys.of(_opened(day)) for day in AccessDay.objects.filter(day__in=list(days))}


def readable_keys_of(days: Iterable[date]) -> dict[date, DayKeys]:
    """As `keys_of`, without those that do not open."""
    found = {}
    for day in AccessDay.objects.filter(day__in=list(days)):
        try:
            found[day.day] = DayKeys.of(_opened(day))
        except crypto.Unreadable:
            continue
    return found


def _opened(day: AccessDay) -> bytes:
    return crypto.unwrap(bytes(day.wrapped), ring=data_keys(), key_id=day.key_id, owner=_owner(day.day))


def _owner(day: date) -> str:
    return f"access-day:{day.isoformat()}"


def begin(days: Iterable[date]) -> None:
    """Give each of these days a partition and a key, unless it has them. Each in a transaction of its own."""
    for day in sorted(set(days) - set(AccessDay.objects.filter(day__in=list(days)).values_list("day", flat=True))):
        key_id, wrapped = crypto.wrap(crypto.new_data_key(), ring=data_keys(), owner=_owner(day))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT access_day_begin(%s, %s, %s)", [day, key_id, wrapped])


def begin_ahead(*, at: datetime) -> None:
    """Make today and the days that come."""
    today = at.astimezone(UTC).date()
    begin([today + timedelta(days=ahead) for ahead in range(AHEAD + 1)])


def end_outlived(*, at: datetime) -> int:
    """End the days whose time is over: partition, key and tallies of each go at once, and the ledger says so."""
    over = list(AccessDay.objects.filter(day__lt=first_kept(at=at)).order_by("day").values_list("day", flat=True))
    for day in over:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT access_day_end(%s)", [day])
            append(kind="access.day_ended", pseudonym=None, actor=SYSTEM, body={"day": day.isoformat()}, at=at)
    return len(over)
