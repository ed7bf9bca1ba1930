"""Appending one entry of a usual decision in a transaction of its own, four writers side by side."""

from functools import cache

from django.db import transaction

from benchmarks.against import chain
from benchmarks.around.rounds import Side, take
from benchmarks.around.table import Section, at_least, rate_line
from benchmarks.around.writers import WRITERS, Writers, writers
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import canonical_json
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import append

_ROUNDS = 5
_SECONDS = 1.5
_CHECKED_AND_INDEXED = (
    "an entry is checked, encoded, hashed, and found by three indexes that the plain row does without. An index less "
    "(the one that keeps leaves unique) would be the cheapest way to reach the aim."
)
_PLAIN, _CHAIN = "plain insert", "chain under a lock"


def measure() -> Section:
    chain.create()
    with writers() as processes:
        figures = take(
            {
                "ours": _side(processes, "append_one"),
                _PLAIN: _side(processes, "insert_plainly"),
                _CHAIN: _side(processes, "insert_chained"),
            },
            rounds=_ROUNDS,
        )
    return Section(
        f"Appending to the ledger, {WRITERS} writers, a transaction each",
        [
            rate_line("entries", figures, _PLAIN, at_least(0.8), if_missed=_CHECKED_AND_INDEXED),
            rate_line("entries", figures, _CHAIN),
        ],
    )


def _side(processes: Writers, work: str) -> Side:
    return lambda: processes.rate(f"{__name__}.{work}", seconds=_SECONDS)


@cache
def _usual() -> Entry:
    return Entry.objects.filter(kind="disclosure.decided").latest("seq")


@cache
def _usual_row() -> chain.Row:
    entry = _usual()
    body = canonical_json(entry.body).decode()
    return entry.kind, entry.pseudonym, entry.actor, body, entry.at, bytes(entry.salt), bytes(entry.leaf)


def append_one() -> None:
    entry = _usual()
    with transaction.atomic():
        append(
            kind=entry.kind, pseudonym=entry.pseudonym, actor=Actor("client", "northwind"), body=entry.body, at=entry.at
        )


def insert_plainly() -> None:
    chain.plain_insert(_usual_row())


def insert_chained() -> None:
    chain.chained_insert(_usual_row())
