"""How many statements each call sends to the database, beginning and end of transactions apart."""

import json
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.around.table import Line, Section, at_most
from benchmarks.around.world import ASKED, BATCH, HELD, World
from benchmarks.measures.ledger import append_one
from disclosure.facts import find_cases, read_facts
from users.services.chosen import chosen_values

_ENDS = ("BEGIN", "COMMIT", "ROLLBACK")


def measure(world: World, token: str, handles: list[str]) -> Section:
    api = _Api(token)
    queries = [
        {"subject": {"id": str(name)}, "purpose": world.purpose.key, "fields": list(ASKED)}
        for name in world.names[:BATCH]
    ]
    people = [person.pk for person in world.people[:BATCH]]

    calls: dict[str, Callable[[int], object]] = {
        "POST /decisions": lambda count: api.post("decisions", {"queries": queries[:count]}),
        "POST /disclosures/batch": lambda count: api.post("disclosures/batch", {"requests": queries[:count]}),
        "POST /disclosures/read": lambda count: api.post("disclosures/read", {"ids": handles[:count]}),
        "finding cases, reading facts": lambda count: read_facts(
            world.partner, find_cases(world.partner, world.queries[:count]), at=timezone.now()
        ),
        "reading values": lambda count: chosen_values(people[:count], HELD, at=timezone.now()),
    }
    single: dict[str, Callable[[], object]] = {
        "POST /disclosures": lambda: api.post("disclosures", queries[0]),
        "GET …/data": lambda: api.get(f"disclosures/{handles[0]}/data"),
        "appending to the ledger": append_one,
    }
    lines = []
    for name, call in calls.items():
        one, all_ = (_statements(partial(call, count)) for count in (1, BATCH))
        lines.append(Line(name, f"{one}", f"for {BATCH:,}", f"{all_}", all_ / one, at_most(1)))
    lines += [Line(name, f"{_statements(call)}", "", "", None) for name, call in single.items()]
    return Section("Statements sent for one, and for a batch", lines)


def _statements(call: Callable[[], object]) -> int:
    call()
    with CaptureQueriesContext(connection) as captured:
        call()
    return sum(not query["sql"].startswith(_ENDS) for query in captured.captured_queries)


class _Api:
    """The product's API in this process."""

    def __init__(self, token: str) -> None:
        self._http = Client(SERVER_NAME="localhost")
        self._token = token

    def post(self, path: str, body: Any) -> None:
        headers = {"authorization": f"Bearer {self._token}", "idempotency-key": str(uuid.uuid4())}
        answer = self._http.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201), answer.status_code

    def get(self, path: str) -> None:
        answer = self._http.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {self._token}"})
        assert answer.status_code == 200, answer.status_code
