"""Reads of the ledger that several pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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


# So many entries of a kind are counted; of more, PostgreSQL's statistics say about how many there are.
COUNTED = 200
# For each kind two short walks along the index by kind, however long the ledger is. `kind >= …`, in the index's order:
# of `kind = …` PostgreSQL may think that it comes sooner without the index, and read the whole ledger for what is rare.
_EVIDENCE = """
SELECT asked.kind, counted.n, shares.share * ledger.rows, newest.seq, newest.at
FROM unnest(%s::text[]) AS asked(kind)
JOIN LATERAL (
    SELECT e.kind, e.seq, e.at FROM ledger_entry e WHERE e.kind >= asked.kind ORDER BY e.kind, e.seq DESC LIMIT 1
) AS newest ON newest.kind = asked.kind
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE bounded.kind = asked.kind) AS n
    FROM (
        SELECT e.kind FROM ledger_entry e WHERE e.kind >= asked.kind ORDER BY e.kind, e.seq DESC LIMIT %s
    ) AS bounded
) AS counted
CROSS JOIN (SELECT reltuples AS rows FROM pg_class WHERE oid = 'ledger_entry'::regclass) AS ledger
LEFT JOIN (
    SELECT common.kind, common.share
    FROM pg_stats, unnest(most_common_vals::text::text[], most_common_freqs) AS common(kind, share)
    WHERE schemaname = current_schema() AND tablename = 'ledger_entry' AND attname = 'kind'
) AS shares ON shares.kind = asked.kind
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The entries of some kinds: how many, and the newest. Where it is not exact, `count` is about how many."""

    count: int
    is_exact: bool
    last_seq: int
    last_at: datetime

    def __or__(self, other: "Evidence") -> "Evidence":
        newest = max(self, other, key=lambda one: one.last_seq)
        return Evidence(self.count + other.count, self.is_exact and other.is_exact, newest.last_seq, newest.last_at)


def evidence_of(kinds: Iterable[str]) -> dict[str, Evidence]:
    """What the ledger holds of each of these kinds, in one query; kinds of which there is nothing are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_EVIDENCE, [sorted(set(kinds)), COUNTED + 1])
        return {
            kind: Evidence(n, True, seq, at) if n <= COUNTED else Evidence(max(n, round(estimate or 0)), False, seq, at)
            for kind, n, estimate, seq, at in cursor.fetchall()
        }
