"""The one order in which locks are taken.

A disclosure *shares* these locks while it reads the facts, decides, records and releases; every write that can turn
a permit into a denial takes the *exclusive* form of the same lock, whichever table it writes. So a withdrawal that
has returned is honoured by all that is decided after it, and the order of the ledger is a possible order of events.

Order: advisory locks on the registry, then on engagements, purposes, partners, evidence (filings and what they rest
on) and people to be changed (by key), then the rows of people (by id).

The registry is the reference data that every decision may read, whoever and whatever it is about: the data elements,
the kinds of service and the policy in force. There is one lock on all of it: which of its rows a decision rests on is
known only once the facts are read, and it changes a few times a year.

PostgreSQL lets those who share a row in past one who waits to change it, without end: a partner that never stops
reading one person would hold up that person's withdrawal for as long as it likes. So a change waits for the row a
second at most; then its transaction starts over behind an exclusive lock on the registry, which no read gets past.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")

_DEADLOCK, _CANCELED = "40P01", "57014"
_ATTEMPTS = 4
_PATIENCE = "1s"

# Whether giving up a wait is of use: there is somebody who runs the transaction again, and has not done so for that.
_may_give_up = ContextVar("may_give_up", default=False)


class Starved(OperationalError):
    """Others who share a person's row kept this change waiting for too long."""


def _keys(kind: str, ids: Iterable[UUID | str]) -> list[int]:
    """64-bit advisory keys for things of one kind."""
    digests = (hashlib.sha256(f"{kind}:{id_}".encode()).digest() for id_ in ids)
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]


_REGISTRY = _keys("registry", [UUID(int=0)])


def _advisory(registry: bool, **kinds: Iterable[UUID]) -> list[int]:
    keys = {key for kind, ids in kinds.items() for key in _keys(kind, ids)}
    return [*(_REGISTRY if registry else ()), *sorted(keys)]


def _hold(function: str, keys: list[int]) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock needs a transaction to live in")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS k(key, n) ORDER BY n", [keys]
        )


def _hold_rows(people: list[UUID], strength: str) -> None:
    """Lock these people's rows."""
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id {strength}", [people])


def _hold_free_rows(people: list[UUID]) -> bool:
    """Lock these people's rows to change them, those that nobody holds; whether that was all that there are.

    Who is not there has no row to wait for: it takes one statement, as for one who is.
    """
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH free AS (SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
            SELECT (SELECT count(*) FROM free) = (SELECT count(*) FROM {table} WHERE id = ANY(%s))
            """,
            [people, people],
        )
        return bool(cursor.fetchone()[0])


def _hold_rows_in_time(people: list[UUID]) -> None:
    """Lock these people's rows to change them. Raises Starved once patience has run out, where that is of use."""
    # Skipping would break the order of several rows.
    if len(people) == 1 and _hold_free_rows(people):
        return
    if not _may_give_up.get():
        _hold_rows(people, "FOR NO KEY UPDATE")
        return
    with connection.cursor() as cursor:
        # A lock_timeout would begin anew with each of those who hold the row.
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_PATIENCE])
        try:
            _hold_rows(people, "FOR NO KEY UPDATE")
        except OperationalError as error:
            if _sqlstate(error) == _CANCELED:
                raise Starved from error
            raise
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def _sqlstate(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def share(
    *,
    engagements: Iterable[UUID] = (),
    purposes: Iterable[UUID] = (),
    partners: Iterable[UUID] = (),
    evidence: Iterable[UUID] = (),
    people: Iterable[UUID] = (),
) -> None:
    """Keep these, and the registry, as they are until the transaction ends. Facts must be read in a *later* statement.

    Both statements run even for nobody: what it costs to ask says nothing about who is known.
    """
    keys = _advisory(True, engagement=engagements, purpose=purposes, partner=partners, evidence=evidence)
    _hold("pg_advisory_xact_lock_shared", keys)
    _hold_rows(sorted(set(people)), "FOR SHARE")


def exclude(
    *,
    registry: bool = False,
    engagements: Iterable[UUID] = (),
    purposes: Iterable[UUID] = (),
    partners: Iterable[UUID] = (),
    evidence: Iterable[UUID] = (),
    people: Iterable[UUID] = (),
) -> None:
    """Wait for all who share these, and keep others out until the transaction ends."""
    people = sorted(set(people))
    # Those who change one person queue up by an advisory lock: at the row, only reads are left to wait for.
    keys = _advisory(
        registry, engagement=engagements, purpose=purposes, partner=partners, evidence=evidence, person=people
    )
    _hold("pg_advisory_xact_lock", keys)
    if people:
        _hold_rows_in_time(people)


def exclude_free(people: Iterable[UUID]) -> set[UUID]:
    """Keep others out from those of these people whom nobody holds; returns those. For work that can wait, and must not."""
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED", [list(people)]
        )
        return {id_ for (id_,) in cursor.fetchall()}


def try_exclude(kind: str, key: str) -> bool:
    """Take an advisory lock on anything else if it is free; never waits, so it cannot take part in a deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", _keys(kind, [key]))
        return bool(cursor.fetchone()[0])


def take_turn(kind: str, key: str) -> None:
    """Wait for an advisory lock on anything else. For transactions that wait for no other lock, before or after."""
    _hold("pg_advisory_xact_lock", _keys(kind, [key]))


def in_transaction(function: Callable[P, T]) -> Callable[P, T]:
    """Run the function in a transaction; the outermost one runs it again after a deadlock or a wait without end."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        starved = False
        for attempt in range(1, _ATTEMPTS + 1):
            token = _may_give_up.set(not starved)
            try:
                with transaction.atomic():
                    if starved:
                        exclude(registry=True)
                    return function(*args, **kwargs)
            except OperationalError as error:
                starved = starved or isinstance(error, Starved)
                if not (isinstance(error, Starved) or _sqlstate(error) == _DEADLOCK) or attempt == _ATTEMPTS:
                    raise
            finally:
                _may_give_up.reset(token)
        raise AssertionError("unreachable")

    return wrapper
