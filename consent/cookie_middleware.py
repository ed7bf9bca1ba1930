"""No cookie leaves that is not in the register, or whose class is not allowed (COO-a, COO-b)."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers

from consent.campaigns import CAMPAIGNS, PARAMETER
from consent.cookie_addresses import carry_flag_on, flagged
from consent.cookie_choice import Choice, to_text
from consent.cookies import CAMPAIGN, CHOICE, CookieClass, cookie_named, cookie_refused, register
from consent.services.cookie_choices import gather, honour_signal
from consent.standing import FLAG, KEPT, Known, has_signal, is_page, known_of, standing_of
from privacy_app.languages import CODES, current
from users.services.actors import as_person

log = structlog.get_logger(__name__)

_NEEDS_COOKIES = re.compile(rf"/(?:{'|'.join(CODES)})/(?:account|admin)/")


def put(response: HttpResponse, name: str, value: str) -> None:
    """Set a cookie as the register has it."""
    cookie = cookie_named(name)
    assert cookie is not None, name
    response.set_cookie(
        name, value, max_age=cookie.lasts, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def put_choice(response: HttpResponse, choice: Choice) -> None:
    put(response, CHOICE, to_text(choice))


def take_back(response: HttpResponse, name: str) -> None:
    """Delete one of the cookies that live at every address."""
    response.delete_cookie(name, samesite="Lax")


class CookieMiddleware:
    """Stands outside whatever sets cookies, and looks at each that is about to leave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_page(request) or response.status_code >= 500:
            _keep_to_register(response, frozenset({CookieClass.NECESSARY}))
            return response
        known = known_of(request)
        _remember_campaign(request, response, known)
        allowed = frozenset(cls for cls in CookieClass if known.standing.allows(cls))
        _keep_to_register(response, allowed, is_expected=known.standing.without)
        _take_back_what_is_off(request, response, allowed)
        _follow_account(request, response, known)
        if known.standing.without:
            carry_flag_on(response)
        _keep_from_caches(response)
        return response

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponse | None:
        """Where nothing works without cookies, say so and offer to allow just those, instead of a form that fails."""
        if not _NEEDS_COOKIES.match(request.path_info) or request.method not in ("GET", "HEAD"):
            return None
        standing = standing_of(request)
        was_lost = request.GET.get(FLAG) == KEPT and standing.choice is None
        if not (standing.without or was_lost):
            return None
        response = render(
            request,
            "consent/without_cookies.html",
            {
                "was_lost": was_lost,
                "wanted": flagged(request.get_full_path(), ""),
                "needed": [cookie for cookie in register() if cookie.name in _FOR_AN_ACCOUNT],
            },
        )
        add_never_cache_headers(response)
        return response


_FOR_AN_ACCOUNT = (CHOICE, settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)


def _keep_to_register(response: HttpResponse, allowed: frozenset[CookieClass], *, is_expected: bool = False) -> None:
    for name, morsel in list(response.cookies.items()):
        cookie = cookie_named(name)
        is_deleted = cookie is not None and morsel["max-age"] == 0
        if is_deleted or (cookie is not None and cookie.cookie_class in allowed):
            continue
        del response.cookies[name]
        if not is_expected:
            log.error("cookie.refused", name=name)
            cookie_refused.send(CookieMiddleware, name=name)


def _take_back_what_is_off(request: HttpRequest, response: HttpResponse, allowed: frozenset[CookieClass]) -> None:
    for name in request.COOKIES:
        cookie = cookie_named(name)
        if cookie is not None and cookie.cookie_class not in allowed and name not in response.cookies:
            take_back(response, name)


def _follow_account(request: HttpRequest, response: HttpResponse, known: Known) -> None:
    """In every browser in which a person is logged in holds what they chose last; what one of them asks for is recorded."""
    if known.person is None:
        return
    if CHOICE not in response.cookies:
        if known.standing.choice is None and CHOICE in request.COOKIES:
            take_back(response, CHOICE)
        elif known.standing.choice and to_text(known.standing.choice) != request.COOKIES.get(CHOICE):
            put_choice(response, known.standing.choice)
    if has_signal(request) and known.account.signal_at is None:
        honour_signal(known.person, language=current(), by=as_person(known.person), at=timezone.now())


def _remember_campaign(request: HttpRequest, response: HttpResponse, known: Known) -> None:
    """Through which campaign somebody came: the first of those that are known here, if they allow it to be remembered."""
    campaign = request.GET.get(PARAMETER)
    if campaign not in CAMPAIGNS or not known.standing.has_promotional or response.status_code >= 400:
        return
    if request.COOKIES.get(CAMPAIGN) in CAMPAIGNS:
        return
    put(response, CAMPAIGN, campaign)
    if known.person is not None:
        gather(known.person, {CAMPAIGN: campaign}, by=as_person(known.person), at=timezone.now())


def _keep_from_caches(response: HttpResponse) -> None:
    """Each page holds the question or the answer of whoever asked for it: no shared cache keeps it, no browser for long."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        patch_vary_headers(response, ("Cookie", "Sec-GPC"))
        if "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_cache=True)
