"""Letting a person be found by an address that they confirmed or the platform vouched for."""

from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet

from privacy_app.crypto import blind_index
from privacy_app.keyrings import index_keys
from users.models import ContactIndex, User


def index_contact(person: User, *, kind: str, address: str, at: datetime) -> None:
    """Let the person be found by this normalised address. Raises IntegrityError if it has another owner."""
    key = index_keys().newest
    # The constraint knows of owners under the same key only.
    if _rows(kind, address).exclude(person=person).exists():
        raise IntegrityError("the address has another owner")
    ContactIndex.objects.get_or_create(
        person=person,
        kind=kind,
        hmac=blind_index(address, key=key, kind=kind),
        defaults={"key_id": key.id, "verified_at": at},
    )


def unindex_contact(person: User, *, kind: str, address: str) -> bool:
    """Let the person be found by this normalised address no more; False where they were not."""
    return _rows(kind, address).filter(person=person).delete()[0] > 0


def _rows(kind: str, address: str) -> QuerySet[ContactIndex]:
    hmacs = [blind_index(address, key=key, kind=kind) for key in index_keys().keys.values()]
    return ContactIndex.objects.filter(kind=kind, hmac__in=hmacs)
