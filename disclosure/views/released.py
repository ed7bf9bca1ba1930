"""An authority's page, at the address of its link: who asked for what until when, and one button that shows it.

Looking at the page opens nothing: mail scanners follow links. The button does, in the first browser in which it is
pressed and in no other: the browser is known by a secret of its own, in a cookie that lives at this address alone.
"""

import secrets
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from consent.controller import controller
from disclosure.cookies import released_cookie
from disclosure.filing_words import authority_ground_words, clause_of, field_words
from disclosure.models import AccessLink
from disclosure.seen import seen_words
from disclosure.services import openings
from disclosure.services.errors import MovedOn, NotYours
from privacy_app.languages import CODES, current
from users.client_address import client_address
from users.queries import element_titles
from users.services.quotas import QuotaSpent, take_link_try

_SECRET_BYTES = 32


# There is nothing to forge: who knows the address needs no other page to send the button, and who does not cannot.
# A token against forgery would not work either, since browsers that keep the referrer to themselves hide the origin.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_variables("token", "secret")
def released(request: HttpRequest, token: str) -> HttpResponse:
    answer = _answer(request, token)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@sensitive_variables("token", "secret")
def _answer(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        # Tokens are signed: the limit spares us work, and may be away.
        with suppress(RedisError):
            take_link_try(client_address(request.META), at=now)
    except QuotaSpent as spent:
        answer = _closed(request, "too_many", status=429)
        answer["Retry-After"] = str(spent.seconds)
        return answer
    link = openings.link_of(token)
    if link is None:
        return _closed(request, "unknown", status=404)
    if link.revoked_at is not None or link.expires_at <= now:
        return _closed(request, "over", status=410)
    secret = request.COOKIES.get(released_cookie(current()), "")
    if not openings.opens_for(link, browser=secret):
        return _closed(request, "elsewhere", status=403)
    if request.method == "POST":
        return _opened(request, link, secret)
    answer = render(request, "disclosure/released.html", _context(link))
    if not secret:
        _give_secret(answer, link, token)
    return answer


@sensitive_variables("secret")
def _opened(request: HttpRequest, link: AccessLink, secret: str) -> HttpResponse:
    """What is permitted at this moment."""
    if not secret:
        return _closed(request, "no_cookie", status=403)
    try:
        shown = openings.open_through_link(link, browser=secret, clock=timezone.now)
    except NotYours:
        return _closed(request, "elsewhere", status=403)
    except MovedOn:
        return _closed(request, "over", status=410)
    if not shown.is_permitted:
        return _closed(request, "refused", status=403)
    return render(request, "disclosure/released_shown.html", {**_context(link), "seen": seen_words(shown)})


def _closed(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    return render(request, "disclosure/released_closed.html", {"why": why}, status=status)


def _context(link: AccessLink) -> dict[str, Any]:
    filing = link.filing
    return {
        "link": link,
        "filing": filing,
        "controller": controller(),
        "ground": authority_ground_words(filing),
        "clause": clause_of(filing),
        "fields": field_words(filing.fields, element_titles()),
    }


@sensitive_variables("token", "secret")
def _give_secret(answer: HttpResponse, link: AccessLink, token: str) -> None:
    """Let the browser be known again, at this address, in either language, for as long as the link lives."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    for language in CODES:
        with translation.override(language):
            path = reverse("released", args=[token])
        answer.set_cookie(
            released_cookie(language),
            secret,
            expires=link.expires_at,
            path=path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
