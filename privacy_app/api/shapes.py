"""The shapes of the API: what a body must be, checked as it is decoded, and what the schema says of it."""

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from privacy_app.api.problems import MEDIA_TYPE, invalid

Shaped = TypeVar("Shaped")

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]
ShortText = Annotated[str, Meta(min_length=1, max_length=500)]
Instant = Annotated[str, Meta(description="RFC 3339, UTC", extra_json_schema={"format": "date-time"})]


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A JSON object of the API. Unknown members are refused."""


class RawJSONParser(BaseParser):
    """Hands over the bytes; the endpoint decodes them into the shape it takes."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return bytes(stream.read())


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else msgspec.json.encode(data)


class ProblemRenderer(JSONRenderer):
    """So that a client which accepts problems alone is answered too."""

    media_type = MEDIA_TYPE
    format = "problem"


def decoded(raw: bytes | msgspec.Raw, shape: type[Shaped]) -> Shaped:
    """The body as `shape`. Raises Problem, which names the place and never quotes the value."""
    if b"\\u0000" in bytes(raw):
        raise invalid("$", "invalid", "A NUL character cannot be taken.")
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        raise invalid(place.strip("`") or "$", "invalid", message) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise invalid("$", "malformed_json", "The body is not well-formed JSON.") from None


def raw_body(request: Request) -> bytes:
    """The body as it was sent, as the parser handed it over."""
    data: Any = request.data
    return data if isinstance(data, bytes) else b""


def body_as(request: Request, shape: type[Shaped]) -> Shaped:
    """The request's body as `shape`. Raises Problem."""
    return decoded(raw_body(request), shape)
