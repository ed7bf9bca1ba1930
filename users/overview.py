"""The overview of a person: what is held, who may get it, what happened lately, what needs them.

Each app that knows a part of it contributes that part: this module knows that they exist, not what they do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from users.models import User
from users.queries import CategoryCount, counts_by_category

LATEST = 8


@dataclass(frozen=True, slots=True)
class Access:
    """One reason why somebody may get data. `sentence` says for what.

    `until` is empty where no end is set; `ending` says what ends it, where the person themselves does not.
    """

    recipient: str
    sentence: str
    clause: str
    href: str
    since: datetime
    until: datetime | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to the person's data or choices."""

    at: datetime
    sentence: str
    clause: str
    href: str


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the person, and where they act."""

    sentence: str
    clause: str
    href: str
    link: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one app contributes. It need hand over no more than the `LATEST` happenings."""

    access: tuple[Access, ...] = ()
    happenings: tuple[Happening, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may get data, with every reason."""

    name: str
    reasons: tuple[Access, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    counts: list[CategoryCount]
    recipients: list[Recipient]
    happenings: list[Happening]
    needs: list[Need]


Contributor = Callable[[User, datetime], Part]
_contributors: list[Contributor] = []


def contributes_to_overview(contributor: Contributor) -> Contributor:
    """Register what an app knows of a person's overview."""
    _contributors.append(contributor)
    return contributor


def overview_of(person: User, *, at: datetime) -> Overview:
    """The person's overview, in a constant number of queries."""
    parts = [contributor(person, at) for contributor in _contributors]
    by_recipient: dict[str, list[Access]] = {}
    for access in chain.from_iterable(part.access for part in parts):
        by_recipient.setdefault(access.recipient, []).append(access)
    happenings = sorted(
        chain.from_iterable(part.happenings for part in parts), key=lambda event: event.at, reverse=True
    )
    return Overview(
        counts=counts_by_category(person, at=at),
        recipients=[Recipient(name, tuple(reasons)) for name, reasons in sorted(by_recipient.items())],
        happenings=happenings[:LATEST],
        needs=list(chain.from_iterable(part.needs for part in parts)),
    )
