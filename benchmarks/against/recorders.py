"""One address that answers at once, somebody who is logged in, and the plainest way to record a request."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from users.models import User

TABLE = "benchmark_visit"
CREATE = f"""
CREATE TABLE {TABLE} (id bigserial PRIMARY KEY, at timestamptz NOT NULL, person_id uuid, address inet,
    agent text, language text, method text, page text, referrer text, status integer);
GRANT INSERT ON {TABLE} TO PUBLIC; GRANT USAGE ON SEQUENCE {TABLE}_id_seq TO PUBLIC;
"""
_INSERT = f"""
INSERT INTO {TABLE} (at, person_id, address, agent, language, method, page, referrer, status)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_PERSON = UUID(int=7)

GetResponse = Callable[[HttpRequest], HttpResponse]


def _answer(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse("<!DOCTYPE html><title>Yes</title>")


urlpatterns = [path("en/answer/<int:number>/", _answer)]


class _Session:
    session_key = "one"


class LoggedIn:
    """Somebody is logged in, without a look at the database, since others have looked when a request is recorded."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.person = User(id=_PERSON)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = self.person
        request.session = _Session()  # type: ignore[assignment]
        return self.get_response(request)


class PlainInsert:
    """One row in the clear, in a statement of its own, while the request waits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        meta, match = request.META, request.resolver_match
        row = (
            timezone.now(),
            request.user.pk,
            meta["REMOTE_ADDR"],
            meta.get("HTTP_USER_AGENT"),
            meta.get("HTTP_ACCEPT_LANGUAGE"),
            request.method,
            match.route if match else "",
            meta.get("HTTP_REFERER"),
            response.status_code,
        )
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, row)
        return response
