"""Pages by cursor: an opaque mark of the last row, so that rows which arrive meanwhile shift nothing."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from privacy_app.api.problems import invalid

M = TypeVar("M", bound=Model)
DEFAULT_SIZE, MAX_SIZE = 50, 200


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    next: str | None


def page_of(queryset: "QuerySet[M]", request: Request, *, by: str) -> Page[M]:
    """One page, newest first by the instant `by` and then by id, as `?limit=` and `?cursor=` ask. Raises Problem."""
    size = page_size(request.query_params.get("limit"))
    cursor = request.query_params.get("cursor")
    if cursor is not None:
        at, id_ = _parsed(cursor)
        queryset = queryset.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": id_}))
    rows = list(queryset.order_by(f"-{by}", "-pk")[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    return Page(rows[:size], _cursor(getattr(last, by), last.pk) if last is not None else None)


def page_size(text: str | None) -> int:
    """How many rows `?limit=` asks for. Raises Problem."""
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_SIZE):
        raise invalid("limit", "invalid", f"Expected a whole number from 1 to {MAX_SIZE}.")
    return int(text)


def _cursor(at: datetime, id_: Any) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id_}".encode()).decode()


def _parsed(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, id_ = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError
        return instant, UUID(id_)
    except (ValueError, UnicodeError, binascii.Error):
        raise invalid("cursor", "invalid", "This cursor was not given out here.") from None
