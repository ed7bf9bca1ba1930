"""When a recipient last read what a consent let them read: told by the app that releases it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from users.models import User

LastReads = Callable[[User], Mapping[tuple[UUID, UUID], datetime]]
_tellers: list[LastReads] = []


def tells_last_reads(teller: LastReads) -> LastReads:
    """Register who knows when data was read, by partner and purpose."""
    _tellers.append(teller)
    return teller


def last_reads_of(person: User) -> dict[tuple[UUID, UUID], datetime]:
    """The last time that each partner read data of the person for each purpose."""
    return {key: at for teller in _tellers for key, at in teller(person).items()}
