"""How often a partner may look people up by address: a blind index alone does not stop enumeration."""

from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from users.models import Partner
from users.services.errors import Refused

_DAY = 24 * 60 * 60


class QuotaSpent(Refused):
    """The partner has used up today's look-ups by address."""


def take_address_lookups(partner: Partner, count: int, *, at: datetime) -> None:
    """Count these look-ups against the partner's day. Raises QuotaSpent; an unreachable cache raises its own error."""
    if not count:
        return
    key = f"address-lookups:{partner.pk}:{at:%Y-%m-%d}"
    cache.add(key, 0, timeout=2 * _DAY)
    if cache.incr(key, count) > settings.ADDRESS_LOOKUPS_PER_DAY:
        raise QuotaSpent
