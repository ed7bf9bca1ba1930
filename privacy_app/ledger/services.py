"""Writing to the ledger, always inside the caller's transaction: no effect without its entry, no entry without its effect."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import canonical_json, check, leaf_hash

_INSERT = """
INSERT INTO ledger_entry (kind, pseudonym, actor, body, at, salt, leaf)
SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::jsonb[], %s::timestamptz[], %s::bytea[], %s::bytea[])
RETURNING seq
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be written: `kind` like `consent.given`, a body of canonical JSON values, an aware instant."""

    kind: str
    pseudonym: UUID | None
    actor: Actor
    body: dict[str, Any]
    at: datetime


def append_all(drafts: Iterable[Draft]) -> list[int]:
    """Append entries in order, in one statement; returns their sequence numbers.

    Raises NotCanonical, and TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("the ledger is written in its caller's transaction")
    columns: list[list[Any]] = [[] for _ in range(7)]
    for draft in drafts:
        check(draft.body)
        salt, actor = os.urandom(16), str(draft.actor)
        pseudonym = str(draft.pseudonym) if draft.pseudonym else None
        leaf = leaf_hash(salt=salt, kind=draft.kind, pseudonym=pseudonym, actor=actor, at=draft.at, body=draft.body)
        body = canonical_json(draft.body).decode()
        for column, value in zip(columns, (draft.kind, pseudonym, actor, body, draft.at, salt, leaf), strict=True):
            column.append(value)
    if not columns[0]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)
        return [seq for (seq,) in cursor.fetchall()]


def append(*, kind: str, pseudonym: UUID | None, actor: Actor, body: dict[str, Any], at: datetime) -> int:
    """Append one entry; returns its sequence number. As `append_all`."""
    return append_all([Draft(kind, pseudonym, actor, body, at)])[0]
