"""Who is to hear that data of a person was corrected or erased: whoever read it, and whoever holds a handle on it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from disclosure.queries import receivers_of_person
from users.models import User
from users.services.events import knows_receivers


@knows_receivers
def receivers(person: User, at: datetime) -> Mapping[UUID, frozenset[str]]:
    """By partner, from the releases and the handles."""
    return receivers_of_person(person, at=at)
