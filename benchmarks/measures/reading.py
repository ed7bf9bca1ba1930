"""Reads through handles under load, one each, beside plain views of the REST framework that read one row."""

from collections.abc import Sequence

from benchmarks.around.load import Connection, request, sustained
from benchmarks.around.rounds import Side, take
from benchmarks.around.table import Section, at_least, rate_line

_ROUNDS = 5
_SECONDS = 1.5
_PLAIN, _RECORDING = "plain view, one read", "token, one read, one insert"


def measure(connections: Sequence[Connection], token: str, handles: Sequence[str]) -> Section:
    def side(path: str) -> Side:
        requests = [request("GET", path.format(id_), token=token) for id_ in handles]
        return lambda: sustained(connections, requests, seconds=_SECONDS)

    figures = take(
        {
            "ours": side("/api/v1/disclosures/{}/data"),
            _PLAIN: side("/others/one-read/{}"),
            _RECORDING: side("/others/one-record/{}"),
        },
        rounds=_ROUNDS,
    )
    aimed = rate_line(
        "GET …/data",
        figures,
        _PLAIN,
        at_least(0.5),
        if_missed="some fifteen statements stand against one, in a transaction that is on disk before the answer leaves; the "
        "line below shows what knowing the client and one insert alone leave of the plain view. Facts read in one "
        "statement rather than seven would save about a fifth; the aim was set when the plain view made 717/s.",
    )
    return Section(
        f"Reading through one handle over HTTP, {len(connections)} connections",
        [aimed, rate_line("GET …/data", figures, _RECORDING)],
    )
