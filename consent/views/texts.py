"""The home page, the policy and the agreement: public, and without a cookie for visitors."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control

from consent.editions import Edition, agreement_edition, policy_edition
from consent.keeping import keepings_for
from consent.margin import margin_for
from users.models import User

_DAY, _YEAR = 86_400, 31_536_000


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
    person = request.user if isinstance(request.user, User) else None
    margin = {"margin": margin_for(person, at=now), "keepings": keepings_for(person) if person else {}}
    return _page(request, "consent/policy.html", edition, version, margin)


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


def _found(edition: Edition | None, version: int | None) -> Edition | None:
    if edition is None and version is not None:
        raise Http404
    return edition


def _page(
    request: HttpRequest, template: str, edition: Edition | None, version: int | None, context: dict[str, Any]
) -> HttpResponse:
    words = {"edition": edition, "policy_version": edition.policy_version if edition else None, **context}
    return kept(request, render(request, template, words), is_fixed=version is not None)


def kept(request: HttpRequest, response: HttpResponse, *, is_fixed: bool) -> HttpResponse:
    """Let caches keep a visitor's page that is the same tomorrow, and nobody else's."""
    if request.user.is_authenticated:
        add_never_cache_headers(response)
    elif is_fixed:
        patch_cache_control(response, public=True, max_age=_DAY, immutable=True)
    return response


def _source(edition: Edition | None) -> HttpResponse:
    if edition is None:
        raise Http404
    response = HttpResponse(edition.text.markdown.encode(), content_type="text/markdown; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return response
