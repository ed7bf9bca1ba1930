"""Deciding in process, with the facts in hand, beside the least a decision can be: looking it up."""

from django.utils import timezone

from benchmarks.against import engines
from benchmarks.around.rounds import each, take
from benchmarks.around.table import Section, at_most, cost_line
from benchmarks.around.world import World
from disclosure.facts import find_cases, read_facts
from disclosure.gate import Outcome, decide

_ROUNDS = 15
_PEERS_REPEAT = 200


def measure(world: World) -> Section:
    now = timezone.now()
    all_facts = [sheet.facts for sheet in read_facts(world.partner, find_cases(world.partner, world.queries), at=now)]
    assert all(decide(facts, at=now).outcome is Outcome.PERMIT for facts in all_facts)
    keys = [(name, world.purpose.key) for name in world.names]
    decided = dict.fromkeys(keys, Outcome.PERMIT)

    def ours() -> None:
        for facts in all_facts:
            decide(facts, at=now)

    def look_up() -> None:
        for key in keys:
            decided[key]

    peers = {name: each(peer, count=1, repeat=_PEERS_REPEAT) for name, peer in engines.installed().items()}
    figures = take(
        {
            "ours": each(ours, count=len(all_facts)),
            "dict look-up": each(look_up, count=len(keys), repeat=10),
            **peers,
        },
        rounds=_ROUNDS,
    )
    aimed = cost_line(
        "one decision",
        figures,
        "dict look-up",
        at_most(5, "µs"),
        judged=figures.of("ours") * 1e6,
        if_missed="each of the gate's rules is a function of its own, so that each can be read and tested alone; most of "
        "the time is their calls. All of them in one function would be faster, and so is a newer Python.",
    )
    notes = [] if len(peers) == 2 else ["Other engines: the dependency group `bench` is not installed."]
    return Section(
        "Deciding, facts in hand", [aimed, *(cost_line("one decision", figures, name) for name in peers)], notes
    )
