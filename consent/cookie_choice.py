"""A choice of cookies as a browser carries it, and how things stand for whoever makes a request (COO-a, COO-b). Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from consent.cookies import OPTIONAL, CookieClass

_VERSION = 1
"""One higher once a class comes to mean more than what people were asked: then everybody is asked again."""

_FORMAT = re.compile(
    rf"{_VERSION}\.(?P<classes>necessary|personalised|promotional|personalised\+promotional)"
    r"\.(?P<at>[0-9]{1,11})(?P<knowing>\.despite-gpc)?",
    re.ASCII,
)
_SKEW = timedelta(minutes=1)
"""How far the clocks of our servers may be apart."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which optional classes somebody allowed, and when.

    `despite_signal`: promotional cookies were chosen by name while the browser asked for the opposite.
    """

    classes: frozenset[CookieClass]
    made_at: datetime
    despite_signal: bool = False


def to_text(choice: Choice) -> str:
    """As the cookie holds it: `1.personalised+promotional.1764028800.despite-gpc`."""
    classes = "+".join(cls for cls in OPTIONAL if cls in choice.classes) or CookieClass.NECESSARY
    return f"{_VERSION}.{classes}.{int(choice.made_at.timestamp())}{'.despite-gpc' if choice.despite_signal else ''}"


def from_text(text: str, *, lasts: timedelta, at: datetime) -> Choice | None:
    """The choice that a cookie holds; None where there is none, or it is too old, or was never made here."""
    match = _FORMAT.fullmatch(text)
    if match is None:
        return None
    made_at = datetime.fromtimestamp(int(match["at"]), UTC)
    classes = frozenset(cls for cls in OPTIONAL if cls in match["classes"].split("+"))
    knowing = bool(match["knowing"])
    if made_at > at + _SKEW or (knowing and CookieClass.PROMOTIONAL not in classes):
        return None
    choice = Choice(classes, made_at, knowing)
    return choice if is_live(choice, lasts=lasts, at=at) else None


def is_live(choice: Choice, *, lasts: timedelta, at: datetime) -> bool:
    """Whether the choice still holds; afterwards it is asked for again."""
    return at < choice.made_at + lasts


def newer(one: Choice | None, other: Choice | None) -> Choice | None:
    """The later of two choices; the first where they are of the same second."""
    if one is None or other is None:
        return one or other
    return other if other.made_at.replace(microsecond=0) > one.made_at.replace(microsecond=0) else one


def sends_signal(header: str | None) -> bool:
    """Whether a request carries Global Privacy Control: `Sec-GPC` with the value `1` exactly.

    Of several such headers one is enough. Servers join them with commas, and so may whoever stands in between.
    """
    return header is not None and any(value.strip(" \t") == "1" for value in header.split(","))


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for one request.

    `signal`: the browser sends Global Privacy Control, or one did before in which the person was logged in.
    `without`: nothing is set at all, because the address says that no cookies are wanted.
    """

    choice: Choice | None = None
    signal: bool = False
    without: bool = False

    def allows(self, cls: CookieClass) -> bool:
        if self.without:
            return False
        if cls is CookieClass.NECESSARY:
            return True
        if self.choice is None or cls not in self.choice.classes:
            return False
        return cls is not CookieClass.PROMOTIONAL or not self.signal or self.choice.despite_signal

    @property
    def classes(self) -> frozenset[CookieClass]:
        """The optional classes that are allowed."""
        return frozenset(cls for cls in OPTIONAL if self.allows(cls))

    @property
    def has_personalised(self) -> bool:
        return self.allows(CookieClass.PERSONALISED)

    @property
    def has_promotional(self) -> bool:
        return self.allows(CookieClass.PROMOTIONAL)

    @property
    def is_held_back(self) -> bool:
        """Whether the signal alone keeps promotional cookies off."""
        return (
            self.choice is not None
            and CookieClass.PROMOTIONAL in self.choice.classes
            and not self.has_promotional
            and not self.without
        )
