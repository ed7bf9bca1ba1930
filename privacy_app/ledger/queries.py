"""Reads of the ledger that several pages share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

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


class Certainty(IntEnum):
    """How much is known of a count."""

    EXACT = 0
    ESTIMATED = 1
    AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """The entries of some kinds: how many, as well as it is known, and the newest."""

    count: int
    certainty: Certainty
    last_seq: int
    last_at: datetime

    def __or__(self, other: "Evidence") -> "Evidence":
        newest = max(self, other, key=lambda one: one.last_seq)
        certainty = max(self.certainty, other.certainty)
        return Evidence(self.count + other.count, certainty, newest.last_seq, newest.last_at)


def evidence_of(kinds: Iterable[str]) -> dict[str, Evidence]:
    """What the ledger holds of each of these kinds, in one query; kinds of which there is nothing are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_EVIDENCE, [sorted(set(kinds)), COUNTED + 1])
        rows = cursor.fetchall()
    return {kind: Evidence(*_counted(n, estimate), seq, at) for kind, n, estimate, seq, at in rows}


def _counted(n: int, estimate: float | None) -> tuple[int, Certainty]:
    """How many there are, where `n` were found before the count stopped. Without statistics there is no estimate yet."""
    if n <= COUNTED:
        return n, Certainty.EXACT
    return (n, Certainty.AT_LEAST) if estimate is None else (max(n, round(estimate)), Certainty.ESTIMATED)
