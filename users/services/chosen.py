"""The values that stand for a person, as a disclosure takes them: many at once, and no more than what is released."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from privacy_app.crypto import Unreadable, associated_data, cipher, unseal, unwrap
from privacy_app.keyrings import data_keys
from users.services.items import CONTEXT, report_unreadable

# Ids and times are read as text: most of what 1,000 people's rows cost is making objects of them.
_SELECT = """
SELECT i.id::text, i.person_id::text, i.element_id, i.ciphertext, i.source, i.obtained_at::text, i.unreadable_since IS NULL,
       k.key_id, k.wrapped
FROM users_personaldataitem i LEFT JOIN users_personkey k ON k.person_id = i.person_id
WHERE i.person_id = ANY(%s) AND i.element_id = ANY(%s) AND i.is_chosen AND (i.expires_at IS NULL OR i.expires_at > %s)
"""


class ChosenValue(NamedTuple):
    """A value, where it came from and when it was obtained."""

    value: str
    source: str
    obtained_at: datetime


class _Opener:
    """Opens what is held of one person. Their data key is opened once, and gone with this."""

    def __init__(self, person: str, key_id: str | None, wrapped: bytes | None) -> None:
        self.person = UUID(person)
        self._part = associated_data(person)
        self._cipher = None
        if key_id is not None and wrapped is not None:
            try:
                self._cipher = cipher(unwrap(bytes(wrapped), ring=data_keys(), key_id=key_id, owner=person))
            except (Unreadable, ValueError):
                self._cipher = None

    def open(self, item: str, element: str, sealed: bytes) -> str | None:
        """The value, or None where it does not open."""
        if self._cipher is None:
            return None
        context = CONTEXT + associated_data(item) + self._part + associated_data(element)
        try:
            return unseal(bytes(sealed), key=self._cipher, context=context).decode()
        except (Unreadable, UnicodeDecodeError):
            return None


def chosen_values(
    person_ids: Iterable[UUID], fields: Iterable[str], *, at: datetime
) -> dict[tuple[UUID, str], ChosenValue]:
    """The chosen values of these people for these elements, by both, without what has expired; one query, also for nobody.

    What does not open is left out, and reported once on the ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, [list(person_ids), list(fields), at])
        rows = cursor.fetchall()
    openers: dict[str, _Opener] = {}
    values: dict[tuple[UUID, str], ChosenValue] = {}
    newly_unreadable: list[UUID] = []
    for item, person, element, sealed, source, obtained_at, is_thought_readable, key_id, wrapped in rows:
        opener = openers.get(person) or openers.setdefault(person, _Opener(person, key_id, wrapped))
        value = opener.open(item, element, sealed)
        if value is not None:
            values[opener.person, element] = ChosenValue(value, source, datetime.fromisoformat(obtained_at))
        elif is_thought_readable:
            newly_unreadable.append(UUID(item))
    if newly_unreadable:
        report_unreadable(newly_unreadable, at=at)
    return values
