"""Letting a person be found by an address that they confirmed or the platform vouched for."""

from datetime import datetime

from privacy_app.crypto import blind_index
from privacy_app.keyrings import index_keys
from users.models import ContactIndex, User


def index_contact(person: User, *, kind: str, address: str, at: datetime) -> None:
    """Let the person be found by this normalised address. Raises IntegrityError if it has another owner."""
    key = index_keys().newest
    ContactIndex.objects.get_or_create(
        person=person,
        kind=kind,
        hmac=blind_index(address, key=key, kind=kind),
        defaults={"key_id": key.id, "verified_at": at},
    )


def unindex_contact(person: User, *, kind: str, address: str) -> bool:
    """Let the person be found by this normalised address no more; False where they were not."""
    hmacs = [blind_index(address, key=key, kind=kind) for key in index_keys().keys.values()]
    return ContactIndex.objects.filter(person=person, kind=kind, hmac__in=hmacs).delete()[0] > 0
