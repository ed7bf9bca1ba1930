"""The margin of the policy: beside a clause, what it means for whoever reads it, now.

What a clause means in general stands in the register (`privacy_app/clauses.py`). Each app writes the notes of the
clauses it keeps: this module knows that they exist, not what they say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from privacy_app.clauses import REGISTER
from users.models import User


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence; since when it holds, and where one acts, if there is such a place.

    `is_general`: it says what happens to everybody, and nothing of the one who reads it.
    """

    sentence: str
    since: datetime | None = None
    href: str = ""
    link: str = ""
    is_general: bool = False


Writer = Callable[[User | None, datetime], Mapping[str, Note]]
_writers: list[Writer] = []


def writes_in_margin(writer: Writer) -> Writer:
    """Register the notes of an app, by clause; for no person: what there is to say of the moment beyond the register."""
    _writers.append(writer)
    return writer


def margin_for(person: User | None, *, at: datetime) -> dict[str, Note]:
    """A note on every clause for this reader, in a constant number of queries."""
    general = {promise.id: Note(promise.general_words, is_general=True) for promise in REGISTER}
    return general | {clause: note for writer in _writers for clause, note in writer(person, at).items()}


def writers_of(person: User | None, *, at: datetime) -> dict[str, list[str]]:
    """By clause, the dotted names of those that write something of their own for this reader."""
    found: dict[str, list[str]] = {}
    for writer in _writers:
        for clause in writer(person, at):
            found.setdefault(clause, []).append(f"{writer.__module__}.{writer.__qualname__}")
    return found
