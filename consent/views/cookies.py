"""Every cookie with what it is for, the choice among them, and how somebody reads: all without needing a cookie."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from consent.cookie_addresses import flagged, own_path
from consent.cookie_choice import Choice, Standing
from consent.cookie_forms import NONE, CookieForm, ReadingForm
from consent.cookie_middleware import put, put_choice, take_back
from consent.cookie_queries import gathered_count
from consent.cookies import READING, CookieClass, cookie_named, register
from consent.reading import Reading, from_text
from consent.services import cookie_choices
from consent.standing import FLAG, KEPT, has_signal, known_of, look_again, standing_of
from consent.standing import NONE as NONE_WANTED
from privacy_app.languages import current
from privacy_app.origins import comes_from_here
from users.models import Source
from users.services import items
from users.services.actors import as_person

# Since when this site says that it keeps to Global Privacy Control, in the meaning that the standard had then.
_SIGNAL_HONOURED_SINCE = "2026-11-25"


# The choice has to be possible without the cookie that a token against forgery needs: browsers say where a form is from.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """The register and the choice; a POST is one press."""
    if request.method != "POST":
        return _page(request)
    if not comes_from_here(request):
        return _page(request, is_foreign=True, status=HTTPStatus.FORBIDDEN)
    form = CookieForm(request.POST)
    if not form.is_valid():
        return _page(request, error=form.error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = own_path(form.cleaned_data["next"], request, default=reverse("cookies"))
    if form.cleaned_data["choice"] == NONE:
        return _without_any(request, wanted)
    standing = standing_of(request)
    classes = form.classes_wanted(has_signal=standing.signal)
    response = redirect(flagged(wanted, KEPT))
    _keep(request, response, classes, is_by_name=form.cleaned_data["choice"] == "chosen", at=timezone.now())
    return response


def _page(
    request: HttpRequest, *, is_foreign: bool = False, error: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    known, now = known_of(request), timezone.now()
    context: dict[str, Any] = {
        "standing": known.standing,
        "register": register(),
        "necessary": [cookie for cookie in register() if cookie.cookie_class is CookieClass.NECESSARY],
        "gathered": gathered_count(known.person, at=now) if known.person else None,
        "signal_at": known.account.signal_at,
        "came_back": request.GET.get(FLAG) == KEPT,
        "is_foreign": is_foreign,
        "error": error,
    }
    return _not_kept(render(request, "consent/cookies.html", context, status=status))


def _not_kept(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    return response


def _keep(
    request: HttpRequest, response: HttpResponse, classes: frozenset[CookieClass], *, is_by_name: bool, at: datetime
) -> None:
    """Remember a choice in this browser, and with the account of whoever is logged in."""
    known = known_of(request)
    despite = is_by_name and known.standing.signal and CookieClass.PROMOTIONAL in classes
    choice = Choice(classes, at, despite_signal=despite)
    if known.person is not None:
        cookie_choices.choose(
            known.person, choice, signal=has_signal(request), language=current(), by=as_person(known.person), at=at
        )
        look_again(request)
    else:
        look_again(request, replace(known.standing, choice=choice, without=False))
    put_choice(response, choice)


def _without_any(request: HttpRequest, wanted: str) -> HttpResponse:
    """Delete every cookie and remember nothing. Whoever was logged in no longer is."""
    known = known_of(request)
    if known.person is not None:
        cookie_choices.forget_choice(known.person, language=current(), by=as_person(known.person), at=timezone.now())
        logout(request)
        wanted = reverse("cookies")
    response = redirect(flagged(wanted, NONE_WANTED))
    for name in request.COOKIES:
        if cookie_named(name):
            take_back(response, name)
    # Also those that live at one address alone, and whatever else of this site a browser holds.
    response["Clear-Site-Data"] = '"cookies"'
    look_again(request, Standing(signal=known.standing.signal))
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest) -> HttpResponse:
    """Text size and colours. Keeping them needs a personalised cookie, which is allowed with the same press."""
    standing = standing_of(request)
    if request.method != "POST":
        now_read = from_text(request.COOKIES.get(READING, "")) if standing.has_personalised else None
        shown = now_read or Reading()
        initial = {"size": shown.size, "colours": shown.colours, "next": _page_before(request)}
        return _reading_page(request, ReadingForm(initial=initial))
    if not comes_from_here(request):
        return _reading_page(request, ReadingForm(), is_foreign=True, status=HTTPStatus.FORBIDDEN)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return _reading_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted = own_path(form.cleaned_data["next"], request, default=reverse("home"))
    response = redirect(wanted)
    if form.reading == Reading():
        _stop_remembering(request, response)
    else:
        _remember(request, response, form.reading)
        if not standing.has_personalised:
            response["Location"] = flagged(wanted, KEPT)
    return response


def _page_before(request: HttpRequest) -> str:
    """The page of ours from which somebody came, as their browser says; an address can hold what is not for others' logs."""
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    return urlunsplit(("", "", before.path, before.query, "")) if before.netloc == request.get_host() else ""


def _reading_page(
    request: HttpRequest, form: ReadingForm, *, is_foreign: bool = False, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "standing": standing_of(request), "is_foreign": is_foreign}
    return _not_kept(render(request, "consent/reading.html", context, status=status))


def _remember(request: HttpRequest, response: HttpResponse, wanted: Reading) -> None:
    known, now = known_of(request), timezone.now()
    if not known.standing.has_personalised:
        before = known.standing.choice
        classes = (before.classes if before else frozenset()) | {CookieClass.PERSONALISED}
        _keep(request, response, classes, is_by_name=bool(before and before.despite_signal), at=now)
    put(response, READING, str(wanted))
    if known.person is not None:
        cookie_choices.gather(known.person, {READING: str(wanted)}, by=as_person(known.person), at=now)


def _stop_remembering(request: HttpRequest, response: HttpResponse) -> None:
    """As it is without the cookie: there is nothing to remember."""
    cookie, known = cookie_named(READING), known_of(request)
    assert cookie is not None
    if READING in request.COOKIES:
        take_back(response, READING)
    if known.person is not None:
        items.forget(
            known.person, [cookie.element], source=Source.COOKIE, by=as_person(known.person), at=timezone.now()
        )


@require_safe
@cache_control(public=True, max_age=86_400)
def signal_support(request: HttpRequest) -> HttpResponse:
    """The GPC support resource: this site keeps to Global Privacy Control."""
    return JsonResponse({"gpc": True, "lastUpdate": _SIGNAL_HONOURED_SINCE})
