"""The register of every cookie that this site sets (COO-a): what is not in it does not leave the server.

Apps above add what they set themselves. The page /cookies/ shows the register, the middleware keeps to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

cookie_refused = Signal()
"""Sent with the `name` of a cookie that somebody tried to set and that did not leave."""

CHOICE, READING, CAMPAIGN = "cookie_choice", "reading", "campaign"


class CookieClass(StrEnum):
    """What a cookie serves; all but the first are choices of their own."""

    NECESSARY = "necessary"
    PERSONALISED = "personalised"
    PROMOTIONAL = "promotional"

    @property
    def label(self) -> Promise:
        return _LABELS[self]


_LABELS = {
    CookieClass.NECESSARY: _("Strictly necessary"),
    CookieClass.PERSONALISED: _("Personalised"),
    CookieClass.PROMOTIONAL: _("Promotional"),
}
OPTIONAL = (CookieClass.PERSONALISED, CookieClass.PROMOTIONAL)


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of the register.

    `name` as browsers know it; `lasts` None: until what is named in `until`. `element` is the data element as which
    what it gathers is held, once it is known whose it is (COO-c).
    """

    name: str
    cookie_class: CookieClass
    purpose: str | Promise
    clause: str
    lasts: timedelta | None = None
    until: str | Promise = ""
    element: str = ""

    @property
    def days(self) -> int | None:
        return self.lasts.days if self.lasts else None


_register: dict[str, Cookie] = {}


def registers(*cookies: Cookie) -> None:
    """Enter cookies that an app sets. Raises ValueError where a name is taken."""
    for cookie in cookies:
        if cookie.name in _register:
            raise ValueError(f"{cookie.name} is registered already")
        _register[cookie.name] = cookie


def register() -> tuple[Cookie, ...]:
    """Every cookie, the necessary ones first."""
    order = list(CookieClass)
    return tuple(sorted(_register.values(), key=lambda cookie: order.index(cookie.cookie_class)))


def cookie_named(name: str) -> Cookie | None:
    return _register.get(name)


def elements_of(classes: Iterable[CookieClass]) -> frozenset[str]:
    """The data elements that cookies of these classes gather."""
    wanted = set(classes)
    return frozenset(c.element for c in _register.values() if c.element and c.cookie_class in wanted)


registers(
    Cookie(
        CHOICE,
        CookieClass.NECESSARY,
        _("Remembers what you chose on this page, and when, so that we do not ask again."),
        "COO-b",
        lasts=timedelta(days=settings.COOKIE_CHOICE_DAYS),
    ),
    Cookie(
        settings.SESSION_COOKIE_NAME,
        CookieClass.NECESSARY,
        _("Keeps you logged in. It holds a random number, and is set when you log in or are on your way to."),
        "COO-a",
        lasts=timedelta(seconds=settings.SESSION_COOKIE_AGE),
    ),
    Cookie(
        settings.CSRF_COOKIE_NAME,
        CookieClass.NECESSARY,
        _("Makes sure that a form comes from you and not from another website. Set by pages with such a form."),
        "SEC-a",
        lasts=timedelta(seconds=settings.CSRF_COOKIE_AGE),
    ),
    Cookie(
        READING,
        CookieClass.PERSONALISED,
        _("Remembers the text size and the colours that you chose for reading."),
        "COO-a",
        lasts=timedelta(days=180),
        element="device.reading",
    ),
    Cookie(
        CAMPAIGN,
        CookieClass.PROMOTIONAL,
        _("Remembers through which of our campaigns you came, so that we see which of them reach people."),
        "COO-a",
        lasts=timedelta(days=90),
        element="device.campaign",
    ),
)
