"""Writing to the ledger, always inside the caller's transaction: no effect without its entry, no entry without its effect."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from msgspec import Raw

from privacy_app.copying import copy_in
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import canonical_json, check, leaf_hash

_COLUMNS = ("kind", "pseudonym", "actor", "body", "at", "salt", "leaf")
_NUMBERS = "SELECT nextval('ledger_entry_seq_seq') FROM generate_series(1, %s)"
_INSERT = f"INSERT INTO ledger_entry ({', '.join(_COLUMNS)}) VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING seq"


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be written: `kind` like `consent.given`, a body of canonical JSON values, an aware instant."""

    kind: str
    pseudonym: UUID | None
    actor: Actor
    body: dict[str, Any]
    at: datetime


def append_all(drafts: Iterable[Draft]) -> list[int]:
    """Append entries in order, in two statements however many there are; returns their sequence numbers.

    Raises NotCanonical, and TransactionManagementError outside a transaction.
    """
    _demand_transaction()
    rows = [_row(draft) for draft in drafts]
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [len(rows)])
        numbers = [number for (number,) in cursor.fetchall()]
    numbered = [(number, *row) for number, row in zip(numbers, rows, strict=True)]
    copy_in("ledger_entry", ("seq", *_COLUMNS), numbered)
    return numbers


def _row(draft: Draft) -> tuple[Any, ...]:
    """An entry's columns but its number. The body is encoded once, for the column and for the leaf."""
    check(draft.body)
    body = canonical_json(draft.body)
    salt, actor = os.urandom(16), str(draft.actor)
    pseudonym = str(draft.pseudonym) if draft.pseudonym else None
    leaf = leaf_hash(salt=salt, kind=draft.kind, pseudonym=pseudonym, actor=actor, at=draft.at, body=Raw(body))
    return draft.kind, pseudonym, actor, body.decode(), draft.at, salt, leaf


def append(*, kind: str, pseudonym: UUID | None, actor: Actor, body: dict[str, Any], at: datetime) -> int:
    """Append one entry, in one statement; returns its sequence number. Raises as `append_all`."""
    _demand_transaction()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, _row(Draft(kind, pseudonym, actor, body, at)))
        return int(cursor.fetchone()[0])


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written in its caller's transaction")
