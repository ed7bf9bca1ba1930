"""Batches of 1,000 over HTTP: requests that are decided, recorded and released, and reads through their handles."""

import json
import time
import uuid
from collections.abc import Callable, Sequence

from benchmarks.around.load import Connection, at_once, request
from benchmarks.around.rounds import Figures, take
from benchmarks.around.table import Line, Section, a_second, at_least, rate_line
from benchmarks.around.world import ASKED, BATCH, World

_ROUNDS = 5
# One after the other, each costs the same: fewer of them say as much.
_NAIVE_BATCH = 250
_CERBOS = 12_100
_NAIVE = "naive ORM"
_ROWS = (
    "the rows dominate: PostgreSQL writes an entry with four indexes and a request with ten for each decision, and looks "
    "up seven foreign keys. Fewer indexes on requests, and none of the keys that the client implies, would come nearer."
)


def measure(world: World, connections: Sequence[Connection], token: str) -> tuple[Section, list[str]]:
    """The section, and handles that can be read."""
    recorded = take(
        {
            "ours": lambda: _asked(world, connections, token, "/api/v1/disclosures/batch", BATCH)[0],
            _NAIVE: lambda: _asked(world, connections, token, "/others/batch", _NAIVE_BATCH)[0],
        },
        rounds=_ROUNDS,
    )
    _, handles = _asked(world, connections, token, "/api/v1/disclosures/batch", BATCH)
    read = take(
        {
            "ours": lambda: _read(connections, token, "/api/v1/disclosures/read", handles),
            _NAIVE: lambda: _read(connections, token, "/others/read", [some[:_NAIVE_BATCH] for some in handles]),
        },
        rounds=_ROUNDS,
    )
    section = Section(
        f"Batches of {BATCH:,} over HTTP, {len(connections)} at a time",
        [
            rate_line("decide, record, release", recorded, _NAIVE, at_least(5), if_missed=_ROWS),
            _beside_cerbos(recorded),
            rate_line("read through handles", read, _NAIVE, at_least(5), if_missed=_ROWS),
        ],
        [
            "Cerbos was measured elsewhere, on two cores of this kind, in batches of 200. It neither looks facts up nor "
            "records; its figure is no part of this run."
        ],
    )
    return section, handles[0]


def _beside_cerbos(recorded: Figures) -> Line:
    ours = recorded.of("ours")
    return Line(
        "decide, record, release",
        a_second(ours),
        "Cerbos, decide only",
        a_second(_CERBOS),
        ours / _CERBOS,
        at_least(1),
        if_missed=_ROWS,
    )


def _timed(count: int, work: Callable[[], list[bytes]]) -> tuple[float, list[bytes]]:
    begin = time.perf_counter()
    answers = work()
    return count / (time.perf_counter() - begin), answers


def _asked(
    world: World, connections: Sequence[Connection], token: str, path: str, size: int
) -> tuple[float, list[list[str]]]:
    """Requests a second, and their handles: a batch over each connection, about people of its own."""
    requests = []
    for number in range(len(connections)):
        names = world.names[number * BATCH : number * BATCH + size]
        body = {
            "requests": [
                {"subject": {"id": str(name)}, "purpose": world.purpose.key, "fields": list(ASKED)} for name in names
            ]
        }
        requests.append(request("POST", path, token=token, body=body, key=str(uuid.uuid4())))
    rate, answers = _timed(size * len(connections), lambda: at_once(connections, requests))
    disclosures = [json.loads(answer)["disclosures"] for answer in answers]
    assert all(one["status"] == "released" for some in disclosures for one in some)
    return rate, [[one["id"] for one in some] for some in disclosures]


def _read(connections: Sequence[Connection], token: str, path: str, handles: Sequence[Sequence[str]]) -> float:
    """Reads a second."""
    requests = [request("POST", path, token=token, body={"ids": list(ids)}) for ids in handles]
    rate, answers = _timed(sum(map(len, handles)), lambda: at_once(connections, requests))
    disclosures = [one for answer in answers for one in json.loads(answer)["disclosures"]]
    assert all(one["fields"]["contact.email"]["value"] for one in disclosures)
    return rate
