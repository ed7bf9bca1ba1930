"""How often a partner may look people up by address, and how often a client may give a wrong secret.

A blind index alone does not stop enumeration. A secret of 256 random bits is not guessed, but guessing costs us work.
"""

import hashlib
import math
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import cache

from users.models import Partner
from users.services.errors import Refused

_MINUTE = 60
_DAY = 24 * 60 * 60
WRONG_SECRETS_PER_MINUTE = 20
LINK_TRIES_PER_MINUTE = 30


class QuotaSpent(Refused):
    """No more of this for now; `seconds` says for how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def take_address_lookups(partner: Partner, count: int, *, at: datetime) -> None:
    """Count these look-ups against the partner's day, all or none.

    Raises QuotaSpent; an unreachable cache raises its own error.
    """
    if not count:
        return
    key = f"address-lookups:{partner.pk}:{at:%Y-%m-%d}"
    cache.add(key, 0, timeout=2 * _DAY)
    if cache.incr(key, count) > settings.ADDRESS_LOOKUPS_PER_DAY:
        cache.decr(key, count)
        midnight = datetime.combine(at.date() + timedelta(days=1), time.min, tzinfo=at.tzinfo)
        raise QuotaSpent(math.ceil((midnight - at).total_seconds()))


def _wrong_secrets_key(client_id: str, address: str, at: datetime) -> str:
    # Named together: nobody can shut a partner out by failing in its name from elsewhere.
    who = hashlib.sha256(f"{address} {client_id}".encode()).hexdigest()
    return f"wrong-secrets:{who}:{int(at.timestamp()) // _MINUTE}"


def may_try_secret(client_id: str, address: str, *, at: datetime) -> None:
    """Raises QuotaSpent where too many secrets of this client have been wrong in this minute, from this address."""
    if cache.get(_wrong_secrets_key(client_id, address, at), 0) >= WRONG_SECRETS_PER_MINUTE:
        raise QuotaSpent(_MINUTE - int(at.timestamp()) % _MINUTE)


def count_wrong_secret(client_id: str, address: str, *, at: datetime) -> None:
    """Count one secret that was wrong."""
    key = _wrong_secrets_key(client_id, address, at)
    cache.add(key, 0, timeout=2 * _MINUTE)
    cache.incr(key)


def take_link_try(address: str, *, at: datetime) -> None:
    """Count one try at the address of a link, from this network address. Raises QuotaSpent; an unreachable cache, its own."""
    key = f"link-tries:{hashlib.sha256(address.encode()).hexdigest()}:{int(at.timestamp()) // _MINUTE}"
    cache.add(key, 0, timeout=2 * _MINUTE)
    if cache.incr(key) > LINK_TRIES_PER_MINUTE:
        raise QuotaSpent(_MINUTE - int(at.timestamp()) % _MINUTE)
