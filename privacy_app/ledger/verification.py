"""Checking the ledger by computing every leaf again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, DateTimeField, F, TextField, When
from django.db.models.functions import Cast

from privacy_app.ledger.canonical import check, leaf_hash
from privacy_app.ledger.models import Entry

NOT_YET_DETECTED = (
    "Not detected until entries are sealed: entries deleted, added or put in another order, and an edit that computes "
    "its leaf again, by someone who holds the database owner's role."
)
# What PostgreSQL can hold as a time and Python cannot: nothing that we wrote, and no reason to stop reading.
_TIMES = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Finding:
    seq: int
    matches: bool


def findings() -> Iterator[Finding]:
    """Each entry in order, and whether its leaf matches its content. Reads in chunks: memory stays flat."""
    entries = Entry.objects.order_by("seq").annotate(
        text=Cast("body", TextField()),
        known_at=Case(When(at__range=_TIMES, then=F("at")), output_field=DateTimeField()),
    )
    rows = entries.values_list("seq", "kind", "pseudonym", "actor", "text", "known_at", "salt", "leaf")
    for seq, kind, pseudonym, actor, text, at, salt, leaf in rows.iterator(chunk_size=2000):
        name = str(pseudonym) if pseudonym else None
        again = _leaf(salt=bytes(salt), kind=kind, pseudonym=name, actor=actor, at=at, text=text)
        yield Finding(seq, matches=again == bytes(leaf))


def _leaf(*, salt: bytes, kind: str, pseudonym: str | None, actor: str, at: datetime | None, text: str) -> bytes | None:
    """The leaf of these contents; None where they are such as no entry was ever written with."""
    if at is None:
        return None
    try:
        body = json.loads(text)
        check(body)
        return leaf_hash(salt=salt, kind=kind, pseudonym=pseudonym, actor=actor, at=at, body=body)
    except (ValueError, RecursionError):
        return None
