"""Nobody uses an account without having accepted the agreement, also not one who was brought in and claimed it."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from consent.queries import has_accepted

_SESSION_KEY = "has_accepted"


class AcceptanceMiddleware:
    """Lead a person without an acceptance from their own pages (`/me/…`) to the agreement, and afterwards on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "/me/" not in request.path or match.url_name == "accept":
            return None
        if not request.user.is_authenticated or request.session.get(_SESSION_KEY):
            return None
        if has_accepted(request.user):
            request.session[_SESSION_KEY] = True
            return None
        query = f"?{urlencode({'next': request.get_full_path()})}" if request.method in ("GET", "HEAD") else ""
        return redirect(f"{reverse('consent:accept')}{query}")
