"""Errors of the API as problem details (RFC 9457), with a list of reasons. They never quote what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from redis.exceptions import ConnectionError as CacheAway
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that says what is wrong. `type` is a short name; each reason has at least a code and a message."""

    def __init__(
        self,
        type: str,
        title: str,
        *,
        status: int,
        detail: str = "",
        reasons: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(type)
        self.type, self.title, self.status, self.detail = type, title, status, detail
        self.reasons = list(reasons)

    def to_json(self) -> dict[str, Any]:
        return {
            "type": f"urn:privacy-app:problem:{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "reasons": self.reasons,
        }


def invalid(pointer: str, code: str, message: str) -> Problem:
    """The body is not what this call takes; `pointer` (JSONPath, as `$.fields[0]`) says where."""
    return Problem(
        "invalid-request",
        "The request is not valid",
        status=400,
        detail=message,
        reasons=[{"code": code, "pointer": pointer, "message": message}],
    )


def not_found() -> Problem:
    """Missing, or somebody else's: the same answer."""
    return Problem("not-found", "Not found", status=404, detail="There is nothing here for this client.")


_FROM_STATUS = {
    400: ("invalid-request", "The request is not valid"),
    401: ("not-authenticated", "A valid access token is needed"),
    403: ("not-allowed", "This client may not do that"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "This address does not take that method"),
    406: ("not-acceptable", "Only JSON is offered here"),
    413: ("too-large", "The body is too large"),
    415: ("unsupported-media-type", "Send application/json"),
    429: ("too-many-requests", "Too many requests"),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what an endpoint raises into a problem."""
    headers: dict[str, str] = {}
    if isinstance(error, CacheAway):
        error = Problem(
            "unavailable", "Try again later", status=503, detail="A service this call needs is away. Nothing was done."
        )
    if isinstance(error, Problem):
        problem = error
    else:
        if isinstance(error, Http404 | PermissionDenied | exceptions.APIException):
            base = rest_exception_handler(error, context)
        else:
            return None
        code = base.status_code if base is not None else 500
        headers = dict(base.headers) if base is not None else {}
        headers.pop("Content-Type", None)
        type_, title = _FROM_STATUS.get(code, ("error", "Something went wrong"))
        detail = "" if not isinstance(error, exceptions.APIException) else str(error.detail) if code != 400 else ""
        problem = Problem(type_, title, status=code, detail=detail)
    return Response(problem.to_json(), status=problem.status, headers=headers, content_type=MEDIA_TYPE)
