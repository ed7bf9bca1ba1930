"""What the endpoints share: one scope, no caching, idempotency, and the domain's refusals as problems."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, NoReturn

import msgspec
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.cache import get_conditional_response
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from privacy_app.api.problems import Problem, invalid
from privacy_app.api.shapes import raw_body
from privacy_app.crypto import fingerprint
from privacy_app.keyrings import index_keys
from users.api.authentication import CHALLENGE, client_of
from users.models import DataElement
from users.services.errors import AddressMissing, AmbiguousContact, PersonErased, Refused
from users.services.idempotency import InFlight, KeyReused, once
from users.services.quotas import QuotaSpent

# Seconds for which caches may keep what is public: a new version is seen soon.
_KEPT = 300
_REFUSALS: dict[type[Refused], Problem] = {
    KeyReused: Problem("idempotency-key-reused", "This Idempotency-Key was used for another request", status=422),
    InFlight: Problem("in-flight", "The first request under this Idempotency-Key is still in flight", status=409),
    AmbiguousContact: Problem(
        "ambiguous-contact", "The e-mail address and the telephone number belong to different people", status=409
    ),
    AddressMissing: invalid("$", "address_missing", "An e-mail address or a telephone number is needed."),
    PersonErased: Problem("not-available", "Nothing can be recorded for this subject", status=422),
}


def refuses(error: type[Refused], problem: Problem) -> None:
    """Let an app say how its own refusals are answered."""
    _REFUSALS[error] = problem


class Endpoint(APIView):
    """An endpoint of the API. `scope` is what the token must carry."""

    scope: ClassVar[str]
    http_method_names = ["get", "head", "patch", "post", "put"]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """Say which scope is missing (RFC 6750); without a token, that one is needed."""
        if request.successful_authenticator:
            raise Problem(
                "not-allowed",
                "This client may not do that",
                status=403,
                detail=message or "",
                reasons=[{"code": "insufficient_scope", "message": f"The scope of this call is `{self.scope}`."}],
                headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{self.scope}"'},
            )
        super().permission_denied(request, message, code)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, QuotaSpent):
            exc = _too_many(exc)
        elif isinstance(exc, Refused):
            exc = next((problem for kind, problem in _REFUSALS.items() if isinstance(exc, kind)), exc)
        elif isinstance(exc, ValidationError):
            exc = invalid("$", "invalid", " ".join(exc.messages))
        elif isinstance(exc, DataElement.DoesNotExist):
            exc = invalid("$", "unknown_field", "A field is not known.")
        return super().handle_exception(exc)


class PublicEndpoint(Endpoint):
    """An endpoint for everybody, token or not. It only reads what is public, and caches may keep what it says."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    http_method_names = ["get", "head"]

    def kept(self, request: Request, data: Any) -> Response:
        """The answer with its digest as ETag; 304 without a body for whoever holds it already."""
        tag = f'"{hashlib.sha256(msgspec.json.encode(data)).hexdigest()}"'
        held = get_conditional_response(request._request, etag=tag)
        response = Response(status=304) if held is not None and held.status_code == 304 else Response(data)
        response["ETag"] = tag
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code in (200, 304):
            response["Cache-Control"] = f"public, max-age={_KEPT}"
        return response


def _too_many(spent: QuotaSpent) -> Problem:
    return Problem(
        "too-many-requests",
        "Today's look-ups by address are used up; name people by id",
        status=429,
        headers={"Retry-After": str(spent.seconds)},
    )


_KEY = re.compile("[!-~]{1,255}")


def idempotently(request: Request, perform: Callable[[], Any]) -> Any:
    """Perform once for the request's Idempotency-Key; what `perform` returned, now or the first time. Raises Problem."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise _key_problem(
            "missing", "This call needs an Idempotency-Key header, with a new value for each new request."
        )
    if not _KEY.fullmatch(key):
        raise _key_problem("invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters.")
    # The same call again, also where the keys were rotated in between.
    marks = [
        fingerprint(raw_body(request), key=index_key, purpose=f"{request.method} {request.path}")
        for index_key in index_keys().keys.values()
    ]
    return once(client_of(request), key, marks, perform, at=timezone.now())


def _key_problem(what: str, message: str) -> Problem:
    return Problem(
        f"idempotency-key-{what}",
        "The request is not valid",
        status=400,
        detail=message,
        reasons=[{"code": f"idempotency_key_{what}", "pointer": "Idempotency-Key", "message": message}],
    )


def instant(at: datetime) -> str:
    """An instant as the API writes it."""
    return at.isoformat().replace("+00:00", "Z")
