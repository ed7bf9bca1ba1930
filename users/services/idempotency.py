"""Doing what a client asks once, however often it asks (IETF draft Idempotency-Key)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from privacy_app import locks
from users.models import ApiClient, IdempotencyKey
from users.services.errors import Refused


class KeyReused(Refused):
    """The key was used for another request."""


class InFlight(Refused):
    """The first request under this key is still being worked on."""


@locks.in_transaction
def once(
    client: ApiClient, key: str, fingerprints: Sequence[bytes], perform: Callable[[], Any], *, at: datetime
) -> Any:
    """The reference that `perform` returned when this client first used the key; performs now if that is now.

    `fingerprints` are the request's under every key of the ring, newest first.
    Key, effect and ledger entry are one transaction: one that dies leaves nothing behind, and may be tried again.
    Raises KeyReused and InFlight, and whatever `perform` raises.
    """
    if not locks.try_exclude("idempotency", f"{client.pk}:{key}"):
        raise InFlight
    known = IdempotencyKey.objects.filter(client=client, key=key).first()
    if known is not None:
        if bytes(known.fingerprint) not in fingerprints:
            raise KeyReused
        return known.result
    result = perform()
    IdempotencyKey.objects.create(client=client, key=key, fingerprint=fingerprints[0], result=result, created_at=at)
    return result
