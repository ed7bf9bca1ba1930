"""Finding a person by an address they confirmed or the platform vouched for. Ambiguity finds nobody."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

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


def find_people(contacts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The owner of each (kind, normalised address) that has exactly one, in one query, under every key of the ring."""
    wanted = {
        blind_index(address, key=key, kind=kind): (kind, address)
        for kind, address in contacts
        for key in index_keys().keys.values()
    }
    owners: dict[tuple[str, str], set[UUID]] = {}
    rows = ContactIndex.objects.filter(hmac__in=list(wanted)).values_list("hmac", "kind", "person_id")
    for hmac, kind, person_id in rows:
        contact = wanted[bytes(hmac)]
        if contact[0] == kind:
            owners.setdefault(contact, set()).add(person_id)
    return {contact: people.pop() for contact, people in owners.items() if len(people) == 1}
