"""What every request needs: its record, times in the person's zone, and their log-ins up to date."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from users.access.recording import ACCEPT_CH, record, visit_of
from users.models import LoginSession, User

GetResponse = Callable[[HttpRequest], HttpResponse]
_SEEN_EVERY = timedelta(minutes=5)


class AccessRecordMiddleware:
    """Record each request before it is answered (COL-a): the outermost that sees where it led, and who asked.

    Style sheets and the like, and the redirect to TLS, are answered further out: they are no pages.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        response = self.get_response(request)
        person = _person_of(request) or getattr(request, "asked_by", None)
        record(visit_of(request, response, person=person, at=at))
        if response.get("Content-Type", "").startswith("text/html"):
            response["Accept-CH"] = ACCEPT_CH
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Whoever logs out is nobody afterwards."""
        request.asked_by = _person_of(request)  # type: ignore[attr-defined]


def _person_of(request: HttpRequest) -> UUID | None:
    """Who is logged in. Without a session nobody is, and nothing is looked up."""
    session, user = getattr(request, "session", None), getattr(request, "user", None)
    if session is None or not session.session_key:
        return None
    try:
        return user.pk if isinstance(user, User) and user.is_authenticated else None
    except DatabaseError:
        # The request has failed for the same reason, and is recorded as nobody's.
        return None


class PersonTimeZoneMiddleware:
    """Show times in the person's zone. Visitors without a session are not looked up, so no cookie is touched."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            try:
                timezone.activate(ZoneInfo(request.user.time_zone))
            except (ZoneInfoNotFoundError, ValueError):
                timezone.deactivate()
        else:
            timezone.deactivate()
        return self.get_response(request)


class SessionSeenMiddleware:
    """Note when a log-in was last used, every few minutes at most."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            now = timezone.now()
            LoginSession.objects.filter(session_key=key, seen_at__lt=now - _SEEN_EVERY).update(seen_at=now)
        return self.get_response(request)
