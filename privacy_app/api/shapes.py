"""The shapes of the API: what a body must be, checked as it is decoded, and what the schema says of it."""

from typing import Annotated, Any, TypeVar

import msgspec
from django.conf import settings
from msgspec import Meta
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from privacy_app.api.problems import FROM_STATUS, Problem, invalid

Shaped = TypeVar("Shaped")

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9._-]+$")]
# The length as well: in Python `$` also matches before a line break at the end.
Country = Annotated[str, Meta(min_length=2, max_length=2, pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
ShortText = Annotated[str, Meta(min_length=1, max_length=500, pattern="^[^\\x00]*$")]
Instant = Annotated[str, Meta(description="RFC 3339, UTC", extra_json_schema={"format": "date-time"})]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object of the API. Unknown members are refused."""


class RawJSONParser(BaseParser):
    """Hands over the bytes; the endpoint decodes them into the shape it takes. `limit` is how many are taken."""

    media_type = "application/json"
    limit: int | None = None

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = self.limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = bytes(stream.read(limit + 1))
        if len(raw) > limit:
            type_, title = FROM_STATUS[413]
            raise Problem(type_, title, status=413, detail=f"At most {limit:,} bytes are taken.")
        return raw


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)


_LONGEST_MESSAGE = 200
# What msgspec says, by how it begins, as a code; where it would quote what was sent, what is said instead.
_CODES: tuple[tuple[str, str, str | None], ...] = (
    ("Object contains unknown field", "unknown_member", None),
    ("Object missing required field", "missing_member", None),
    ("Invalid enum value", "not_allowed", "This is none of the values that are allowed here."),
    ("Expected `array` of length", "wrong_length", None),
    ("Expected `str` of length", "wrong_length", None),
)


def decoded(raw: bytes | msgspec.Raw, shape: type[Shaped]) -> Shaped:
    """The body as `shape`. Raises Problem, which names the place and never quotes the value."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at ")
        code, message = next(
            ((code, instead or said) for start, code, instead in _CODES if said.startswith(start)), ("invalid", said)
        )
        raise invalid(place.strip("`") or "$", code, message[:_LONGEST_MESSAGE]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid("$", "malformed_json", "The body is not well-formed JSON.") from None


def raw_body(request: Request) -> bytes:
    """The body as it was sent, as the parser handed it over."""
    data: Any = request.data
    return data if isinstance(data, bytes) else b""


def body_as(request: Request, shape: type[Shaped]) -> Shaped:
    """The request's body as `shape`. Raises Problem."""
    raw = raw_body(request)
    if not raw:
        raise invalid("$", "empty_body", "The body is empty. One sent in chunks is not read: send its Content-Length.")
    return decoded(raw, shape)
