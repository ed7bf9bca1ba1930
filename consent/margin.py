"""The margin of the policy: beside a clause, what it means for whoever reads it, now.

Each app writes the notes of the clauses it keeps: this module knows that they exist, not what they say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from users.models import User


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence; since when it holds, and where one acts, if there is such a place."""

    sentence: str
    since: datetime | None = None
    href: str = ""
    link: str = ""


Writer = Callable[[User | None, datetime], Mapping[str, Note]]
_writers: list[Writer] = []


def writes_in_margin(writer: Writer) -> Writer:
    """Register the notes of an app, by clause; for no person: what happens in general."""
    _writers.append(writer)
    return writer


def margin_for(person: User | None, *, at: datetime) -> dict[str, Note]:
    """Every note for this reader, by clause, in a constant number of queries."""
    return {clause: note for writer in _writers for clause, note in writer(person, at).items()}
