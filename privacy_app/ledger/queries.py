"""Reads of the ledger that several pages share."""

from django.db import connection

# One index look-up a kind, however long the ledger is: SELECT DISTINCT would read all of it.
_KINDS = """
WITH RECURSIVE kinds(kind) AS (
    (SELECT kind FROM ledger_entry ORDER BY kind LIMIT 1)
    UNION ALL
    SELECT (SELECT e.kind FROM ledger_entry e WHERE e.kind > kinds.kind ORDER BY e.kind LIMIT 1)
    FROM kinds WHERE kinds.kind IS NOT NULL
)
SELECT kind FROM kinds WHERE kind IS NOT NULL
"""


def kinds() -> list[str]:
    """Every kind of entry that there is, in the order of the alphabet."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        return [kind for (kind,) in cursor.fetchall()]
