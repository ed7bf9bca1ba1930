"""Checking the ledger by computing every leaf again."""

from collections.abc import Iterator
from dataclasses import dataclass

from privacy_app.ledger.canonical import leaf_hash
from privacy_app.ledger.models import Entry

NOT_YET_DETECTED = (
    "Not detected until entries are sealed: deletion of entries, and an edit that computes its leaf again, "
    "by someone who holds the database owner's role."
)


@dataclass(frozen=True, slots=True)
class Finding:
    seq: int
    matches: bool


def findings() -> Iterator[Finding]:
    """Each entry in order, and whether its leaf matches its content. Reads in chunks: memory stays flat."""
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        leaf = leaf_hash(
            salt=bytes(entry.salt),
            kind=entry.kind,
            pseudonym=str(entry.pseudonym) if entry.pseudonym else None,
            actor=entry.actor,
            at=entry.at,
            body=entry.body,
        )
        yield Finding(entry.seq, leaf == bytes(entry.leaf))
