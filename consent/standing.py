"""How things stand with cookies for one request: its headers and cookies, and the account of whoever is logged in."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils import timezone

from consent.cookie_choice import Choice, Standing, from_text, newer, sends_signal
from consent.cookie_queries import AccountChoice, account_choice, choice_lasts
from consent.cookies import CHOICE, cookie_named
from privacy_app.languages import CODES
from users.models import User

FLAG, NONE, KEPT = "cookies", "none", "kept"
"""What an address says where no cookie can: that none are wanted (`?cookies=none`), that a choice was just taken."""

_PAGES = tuple(f"/{code}/" for code in CODES)


@dataclass(frozen=True, slots=True)
class Known:
    """How things stand, for whom, and what their account says of it."""

    standing: Standing
    person: User | None = None
    account: AccountChoice = field(default_factory=AccountChoice)


def is_page(request: HttpRequest) -> bool:
    """Whether this is about a page for people, and not the API or a file."""
    return request.path_info.startswith(_PAGES)


def visitors_choice(request: HttpRequest) -> Choice | None:
    """What this browser remembers."""
    return from_text(request.COOKIES.get(CHOICE, ""), lasts=choice_lasts(), at=timezone.now())


def has_signal(request: HttpRequest) -> bool:
    return sends_signal(request.headers.get("Sec-GPC"))


def known_of(request: HttpRequest) -> Known:
    """Found out once for a request; in one query for whoever is logged in, in none for visitors."""
    known: Known | None = getattr(request, "_cookies_known", None)
    if known is None:
        known = _find_out(request)
        _keep(request, known)
    return known


def standing_of(request: HttpRequest) -> Standing:
    return known_of(request).standing


def look_again(request: HttpRequest, standing: Standing | None = None) -> None:
    """What was found out before is no longer so: it is found out again, or is this."""
    _keep(request, Known(standing, _person(request)) if standing else None)


def _keep(request: HttpRequest, known: Known | None) -> None:
    request._cookies_known = known  # type: ignore[attr-defined]


def _find_out(request: HttpRequest) -> Known:
    choice, signal, person = visitors_choice(request), has_signal(request), _person(request)
    if person is None:
        return Known(Standing(choice, signal, without=_is_without(request)))
    account = account_choice(person.pk, at=timezone.now())
    choice = newer(account.choice, account.still_counting(choice))
    return Known(Standing(choice, signal or account.signal_at is not None), person, account)


def _is_without(request: HttpRequest) -> bool:
    """Whether no cookies are wanted: the address says so, and the browser indeed sends none of ours."""
    return request.GET.get(FLAG) == NONE and not any(cookie_named(name) for name in request.COOKIES)


def _person(request: HttpRequest) -> User | None:
    """Whoever is logged in. A visitor without a session is not looked up; nor is anybody who was redirected before that."""
    session, user = getattr(request, "session", None), getattr(request, "user", None)
    if session is None or not session.session_key:
        return None
    return user if isinstance(user, User) else None
