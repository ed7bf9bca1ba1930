"""What the gate costs: every measure of it, in one run, over one world."""

import sys
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from benchmarks.around import load, server, world
from benchmarks.around.run import say
from benchmarks.around.table import Section
from benchmarks.measures import deciding, facts, fields, ledger, queries, reading, recording


def sections() -> Iterator[Section]:
    """Each measure as it is done."""
    say("Making the world")
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0, stdout=sys.stderr)
    made = world.make(server.PROCESSES * world.BATCH, at=timezone.now())
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    say("Measuring")
    yield deciding.measure(made)
    yield facts.measure(made)
    with server.server() as port:
        token = load.token(port, client_id=made.client.client_id, secret=made.secret)
        with load.connections(port, to_each_process=1) as some:
            section, handles = recording.measure(made, some, token)
            yield section
        with load.connections(port, to_each_process=2) as some:
            yield reading.measure(some, token, handles)
    yield fields.measure(made)
    yield ledger.measure()
    yield queries.measure(made, token, handles)
