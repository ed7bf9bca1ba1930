"""The one order in which locks are taken.

A disclosure *shares* these locks while it reads the facts, decides, records and releases; every write that can turn
a permit into a denial takes the *exclusive* form of the same lock, whichever table it writes. So a withdrawal that
has returned is honoured by all that is decided after it, and the order of the ledger is a possible order of events.

Order: advisory locks on the registry, engagements, purposes and partners (by key), then the rows of people (by id).

The registry is the reference data that every decision may read, whoever and whatever it is about: the data elements
and the kinds of service. There is one lock on all of it: which of its rows a decision rests on is known only once the
facts are read, and it changes a few times a year.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")

_DEADLOCK = "40P01"
_ATTEMPTS = 4


def _keys(kind: str, ids: Iterable[UUID]) -> list[int]:
    """64-bit advisory keys for things of one kind."""
    digests = (hashlib.sha256(f"{kind}:{id_}".encode()).digest() for id_ in ids)
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]


_REGISTRY = frozenset(_keys("registry", [UUID(int=0)]))


def _advisory(
    registry: bool, engagements: Iterable[UUID], purposes: Iterable[UUID], partners: Iterable[UUID]
) -> list[int]:
    kinds = {"engagement": engagements, "purpose": purposes, "partner": partners}
    keys = {key for kind, ids in kinds.items() for key in _keys(kind, ids)}
    return sorted(keys | _REGISTRY if registry else keys)


def _hold(function: str, keys: list[int], strength: str, people: list[UUID]) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock needs a transaction to live in")
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS k(key, n) ORDER BY n", [keys]
        )
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id {strength}", [people])


def share(
    *,
    engagements: Iterable[UUID] = (),
    purposes: Iterable[UUID] = (),
    partners: Iterable[UUID] = (),
    people: Iterable[UUID] = (),
) -> None:
    """Keep these, and the registry, as they are until the transaction ends. Facts must be read in a *later* statement.

    Both statements run even for nobody: what it costs to ask says nothing about who is known.
    """
    keys = _advisory(True, engagements, purposes, partners)
    _hold("pg_advisory_xact_lock_shared", keys, "FOR SHARE", sorted(set(people)))


def exclude(
    *,
    registry: bool = False,
    engagements: Iterable[UUID] = (),
    purposes: Iterable[UUID] = (),
    partners: Iterable[UUID] = (),
    people: Iterable[UUID] = (),
) -> None:
    """Wait for all who share these, and keep others out until the transaction ends."""
    keys = _advisory(registry, engagements, purposes, partners)
    _hold("pg_advisory_xact_lock", keys, "FOR NO KEY UPDATE", sorted(set(people)))


def try_exclude(kind: str, key: str) -> bool:
    """Take an advisory lock on anything else if it is free; never waits, so it cannot take part in a deadlock."""
    digest = hashlib.sha256(f"{kind}:{key}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])


def in_transaction(function: Callable[P, T]) -> Callable[P, T]:
    """Run the function in a transaction; as the outermost one, run it again when PostgreSQL broke a deadlock."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", None) != _DEADLOCK or attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    return wrapper
