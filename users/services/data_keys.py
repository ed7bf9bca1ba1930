"""Each person's data key: made with them, opened for one operation, destroyed by erasure. None is cached."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from privacy_app import crypto
from privacy_app.keyrings import data_keys
from users.models import PersonKey, User


def create_data_key(person: User, *, at: datetime) -> bytes:
    """Make and store the person's data key."""
    data_key = crypto.new_data_key()
    key_id, wrapped = crypto.wrap(data_key, ring=data_keys(), owner=str(person.pk))
    PersonKey.objects.create(person=person, key_id=key_id, wrapped=wrapped, created_at=at)
    return data_key


def open_data_keys(person_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The data keys of these people, in one query. One that is missing or does not open is left out."""
    opened: dict[UUID, bytes] = {}
    rows = PersonKey.objects.filter(person_id__in=list(person_ids)).values_list("person_id", "key_id", "wrapped")
    for person_id, key_id, wrapped in rows:
        try:
            opened[person_id] = crypto.unwrap(bytes(wrapped), ring=data_keys(), key_id=key_id, owner=str(person_id))
        except crypto.Unreadable:
            continue
    return opened
