"""Other ways to write an entry of the ledger: a plain insert of an equal row, and a chain under one lock."""

import hashlib
from typing import Any

from django.db import connection, connections, transaction

_INSERT = "INSERT INTO {table} (kind, pseudonym, actor, body, at, salt, leaf) VALUES (%s, %s, %s, %s, %s, %s, %s)"
_CHAIN_LOCK = 4711
Row = tuple[Any, ...]


def create() -> None:
    """Make tables with the ledger's columns and a primary key, as the owner."""
    with connections["owner"].cursor() as cursor:
        for table in ("benchmarks_plain", "benchmarks_chain"):
            cursor.execute(f"CREATE TABLE {table} (LIKE ledger_entry INCLUDING IDENTITY, PRIMARY KEY (seq))")


def plain_insert(row: Row) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INSERT.format(table="benchmarks_plain"), row)


def chained_insert(row: Row) -> None:
    """Each leaf is over the one before, so writers queue."""
    *content, body, at, salt, leaf = row
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        cursor.execute("SELECT leaf FROM benchmarks_chain ORDER BY seq DESC LIMIT 1")
        last = cursor.fetchone()
        chained = hashlib.sha256((bytes(last[0]) if last else b"") + leaf).digest()
        cursor.execute(_INSERT.format(table="benchmarks_chain"), [*content, body, at, salt, chained])
