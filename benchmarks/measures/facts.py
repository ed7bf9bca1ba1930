"""A batch of 1,000 decisions over facts in PostgreSQL, beside one select of the rows of consent they rest on."""

from django.db import connection
from django.utils import timezone

from benchmarks.around.rounds import each, take
from benchmarks.around.table import Section, at_most, cost_line
from benchmarks.around.world import BATCH, World
from disclosure.facts import find_cases, read_facts
from disclosure.gate import Outcome, decide

_ROUNDS = 15
_SELECT = """
SELECT person_id, purpose_id, aspect, state, expires_at, version_id FROM consent_consent
WHERE person_id = ANY(%s) AND recipient_id = %s
"""


def measure(world: World) -> Section:
    queries, people = world.queries[:BATCH], [person.pk for person in world.people[:BATCH]]

    def ours() -> None:
        now = timezone.now()
        sheets = read_facts(world.partner, find_cases(world.partner, queries), at=now)
        decisions = [decide(sheet.facts, at=now) for sheet in sheets]
        assert all(decision.outcome is Outcome.PERMIT for decision in decisions)

    def select() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SELECT, [people, world.partner.pk])
            assert len(cursor.fetchall()) == BATCH

    figures = take({"ours": each(ours, count=BATCH), "one = ANY select": each(select, count=BATCH)}, rounds=_ROUNDS)
    line = cost_line(
        "find, read and decide",
        figures,
        "one = ANY select",
        at_most(3),
        if_missed="ten statements stand against one: besides consents, who is meant and by which names, freezes, texts, "
        "engagements and service requests; then deciding alone takes as long as the select. Facts kept as columns, "
        "with no object for each row and case, would come nearer.",
    )
    return Section(f"A batch of {BATCH:,} over facts in PostgreSQL, each", [line])
