"""Slices of long lists: by the mark of a row rather than by counting, so that the last page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a slice begins or ends: the time that the list goes by, and the row's id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parsed(cls, text: str | None) -> "Mark | None":
        """The mark that was written so; None for whatever else, which is the beginning of the list."""
        at, _, id_ = (text or "").partition("~")
        try:
            instant, row = datetime.fromisoformat(at), UUID(id_)
        except ValueError:
            return None
        return cls(instant, row) if instant.tzinfo else None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Rows in the order of their list. `before` and `after` are the marks of what adjoins; empty where nothing does."""

    rows: Sequence[T]
    before: str = ""
    after: str = ""


def slice_of(
    queryset: "QuerySet[M]",
    *,
    by: str,
    newest_first: bool,
    size: int,
    after: Mark | None = None,
    before: Mark | None = None,
) -> Slice[M]:
    """The rows after or before a mark, in the order of the instant `by` and of their ids; one query.

    What lies on the other side of the mark is not looked for: there is at least the row that the mark was taken from.
    """
    mark, backwards = (after, False) if after else (before, before is not None)
    ascending = newest_first == backwards
    if mark:
        queryset = queryset.filter(_beyond(mark, by, ascending))
    sign = "" if ascending else "-"
    found = list(queryset.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    return Slice(
        rows,
        before=_mark_of(rows[0], by) if rows and (more if backwards else mark) else "",
        after=_mark_of(rows[-1], by) if rows and (mark if backwards else more) else "",
    )


def _beyond(mark: Mark, by: str, ascending: bool) -> Q:
    """What comes after the mark. The first condition is there for the index."""
    side = "gt" if ascending else "lt"
    return Q(**{f"{by}__{side}e": mark.at}) & (Q(**{f"{by}__{side}": mark.at}) | Q(**{f"pk__{side}": mark.id}))


def _mark_of(row: Any, by: str) -> str:
    return str(Mark(getattr(row, by), row.pk))
