"""Errors of the API as problem details (RFC 9457), with a list of reasons. They never quote what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

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
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(type)
        self.type, self.title, self.status, self.detail = type, title, status, detail
        self.reasons = list(reasons)
        self.headers = dict(headers or {})

    def to_json(self) -> dict[str, Any]:
        return {
            "type": f"urn:privacy-app:problem:{self.type}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "reasons": self.reasons,
        }


def invalid(pointer: str, code: str, message: str) -> Problem:
    """The request is not what this call takes; `pointer` says where.

    It is a JSONPath into the body, as `$.fields[0]`, or the name of a query parameter or header.
    """
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


AWAY = Problem(
    "unavailable", "Try again later", status=503, detail="A service this call needs is away. Nothing was done."
)
FROM_STATUS = {
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
