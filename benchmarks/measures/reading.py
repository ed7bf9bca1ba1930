"""Reads through handles under load, one each, beside a plain view of the REST framework that reads one row."""

from collections.abc import Sequence

from benchmarks.around.load import Connection, request, sustained
from benchmarks.around.rounds import take
from benchmarks.around.table import Section, at_least, rate_line

_ROUNDS = 5
_SECONDS = 1.5


def measure(connections: Sequence[Connection], token: str, handles: Sequence[str]) -> Section:
    ours = [request("GET", f"/api/v1/disclosures/{id_}/data", token=token) for id_ in handles]
    plain = [request("GET", f"/others/one-read/{id_}") for id_ in handles]
    figures = take(
        {
            "ours": lambda: sustained(connections, ours, seconds=_SECONDS),
            "plain view, one read": lambda: sustained(connections, plain, seconds=_SECONDS),
        },
        rounds=_ROUNDS,
    )
    line = rate_line("GET …/data", figures, "plain view, one read", at_least(0.5), if_missed="TODO")
    return Section(f"Reading through one handle over HTTP, {len(connections)} connections", [line])
