"""The home page, the policy and the agreement: public, and without a cookie for visitors."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

from consent.cookie_notes import cookie_notes
from consent.editions import Edition, agreement_edition, policy_edition, upcoming_policies
from consent.keeping import keepings_for
from consent.margin import margin_for
from users.day_fields import beginning_of
from users.models import User

_YEAR = 31_536_000


def home(request: HttpRequest) -> HttpResponse:
    """What this is; for whoever is logged in, their overview."""
    if request.user.is_authenticated:
        response = redirect("users:overview")
        add_never_cache_headers(response)
        return response
    return render(request, "consent/home.html", {"edition": policy_edition(at=timezone.now())})


def policy(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The policy with its margin: the version in force, or one by its number."""
    now = timezone.now()
    edition = _found(policy_edition(version, at=now), version)
    return _policy_page(request, edition, version)


def policy_on(request: HttpRequest, day: date) -> HttpResponse:
    """The version in force on a day: at its end, in the time zone of whoever reads, or today as yet."""
    now = timezone.now()
    on = now if day == timezone.localdate(now) else beginning_of(day + timedelta(days=1)) - timedelta(microseconds=1)
    edition = policy_edition(at=now, on=on)
    answer = _policy_page(request, edition, None, day=day)
    answer.status_code = 200 if edition else 404
    return answer


def agreement(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The service agreement: the version in force, or one by its number."""
    edition = _found(agreement_edition(version, at=timezone.now()), version)
    return _page(request, "consent/agreement.html", edition, version, {})


def policy_source(request: HttpRequest, version: int) -> HttpResponse:
    """The bytes of a policy version, over which its SHA-256 is computed."""
    return _source(policy_edition(version, at=timezone.now()))


def agreement_source(request: HttpRequest, version: int) -> HttpResponse:
    """The bytes of an agreement version, over which its SHA-256 is computed."""
    return _source(agreement_edition(version, at=timezone.now()))


def _policy_page(
    request: HttpRequest, edition: Edition | None, version: int | None, *, day: date | None = None
) -> HttpResponse:
    now = timezone.now()
    person = request.user if isinstance(request.user, User) else None
    margin = {**margin_for(person, at=now), **cookie_notes(request, at=now)}
    keepings = keepings_for(person) if person else {}
    context = {"margin": margin, "keepings": keepings, "upcoming": upcoming_policies(at=now), "day": day}
    return _page(request, "consent/policy.html", edition, version, context)


def _found(edition: Edition | None, version: int | None) -> Edition | None:
    if edition is None and version is not None:
        raise Http404
    return edition


def _page(
    request: HttpRequest, template: str, edition: Edition | None, version: int | None, context: dict[str, Any]
) -> HttpResponse:
    words = {"edition": edition, "policy_version": edition.policy_version if edition else None, **context}
    return kept(request, render(request, template, words))


def kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let nobody keep a page of somebody who is logged in. A visitor's is kept no longer than the question about cookies."""
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    return response


def _source(edition: Edition | None) -> HttpResponse:
    if edition is None:
        raise Http404
    response = HttpResponse(edition.text.markdown.encode(), content_type="text/markdown; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response
