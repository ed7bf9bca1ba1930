"""Scopes that a partner's clients were granted and may not use at present. The apps above register when that is so."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Withholding = Callable[[UUID, datetime], frozenset[str]]
_withholding: list[Withholding] = []


def withholds_scopes(function: Withholding) -> Withholding:
    """Register the decorated function: it is given a partner's id and a time, and returns scopes."""
    _withholding.append(function)
    return function


def withheld_from(partner_id: UUID, *, at: datetime) -> frozenset[str]:
    """The scopes that no client of this partner may use at this moment."""
    return frozenset().union(*(function(partner_id, at) for function in _withholding))
