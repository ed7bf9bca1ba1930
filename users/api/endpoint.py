"""What the endpoints share: one scope, no caching, idempotency, and the domain's refusals as problems."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from privacy_app.api.problems import Problem
from privacy_app.api.shapes import raw_body
from privacy_app.crypto import fingerprint
from privacy_app.keyrings import index_keys
from users.api.authentication import client_of
from users.models import DataElement
from users.services.errors import AddressMissing, AmbiguousContact, PersonErased, Refused
from users.services.idempotency import InFlight, KeyReused, once
from users.services.quotas import QuotaSpent

_REFUSALS: dict[type[Refused], Problem] = {
    KeyReused: Problem("idempotency-key-reused", "This Idempotency-Key was used for another request", status=422),
    InFlight: Problem("in-flight", "The first request under this Idempotency-Key is still in flight", status=409),
    QuotaSpent: Problem("too-many-requests", "Today's look-ups by address are used up; name people by id", status=429),
    AmbiguousContact: Problem(
        "ambiguous-contact", "The e-mail address and the telephone number belong to different people", status=409
    ),
    AddressMissing: Problem("invalid-request", "An e-mail address or a telephone number is needed", status=400),
    PersonErased: Problem("not-available", "Nothing can be recorded for this subject", status=422),
}


def refuses(error: type[Refused], problem: Problem) -> None:
    """Let an app say how its own refusals are answered."""
    _REFUSALS[error] = problem


class Endpoint(APIView):
    """An endpoint of the API. `scope` is what the token must carry."""

    scope: ClassVar[str]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refused):
            exc = next((problem for kind, problem in _REFUSALS.items() if isinstance(exc, kind)), exc)
        elif isinstance(exc, ValidationError):
            exc = Problem("invalid-request", "The request is not valid", status=400, detail=" ".join(exc.messages))
        elif isinstance(exc, DataElement.DoesNotExist):
            exc = Problem("invalid-request", "A field is not in the registry", status=400)
        return super().handle_exception(exc)


def idempotently(request: Request, perform: Callable[[], Any]) -> tuple[Any, bool]:
    """Perform once for the request's Idempotency-Key; the reference, and whether it was performed now. Raises Problem."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise Problem("idempotency-key-missing", "This call needs an Idempotency-Key header", status=400)
    if len(key) > 255 or not key.isascii() or not key.isprintable():
        raise Problem("idempotency-key-invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters", status=400)
    performed = False

    def performing() -> Any:
        nonlocal performed
        performed = True
        return perform()

    mark = fingerprint(raw_body(request), key=index_keys().newest, purpose=f"{request.method} {request.path}")
    reference = once(client_of(request), key, mark, performing, at=timezone.now())
    return reference, performed


def instant(at: datetime) -> str:
    """An instant as the API writes it."""
    return at.isoformat().replace("+00:00", "Z")
