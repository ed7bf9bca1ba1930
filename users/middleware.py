"""What every request of a person needs: times in their zone, and their log-ins up to date."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from users.models import LoginSession

GetResponse = Callable[[HttpRequest], HttpResponse]
_SEEN_EVERY = timedelta(minutes=5)


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
