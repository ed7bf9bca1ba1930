"""Servers and workers that are killed at the worst moment: nothing leaves without its record, and nobody is left untold."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from redis import Redis
from standardwebhooks import Webhook

from consent.services.consents import Subject, change
from consent.states import Event
from disclosure.models import DisclosureRequest, Release
from privacy_app.celery import app
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.verification import findings
from privacy_app.outbox.delivery import CUT_OFF
from privacy_app.outbox.models import Message
from tests.api.callers import ADA, FIELDS, World
from tests.installation import kill, wait_for
from tests.receiver import Receiver
from tests.servers import CHECKOUT, environment, free_port
from tests.wire import At, Wire
from users.models import IdempotencyKey, PartnerEvent, User
from users.services.webhooks import add_endpoint

pytestmark = pytest.mark.process

Process = subprocess.Popen[bytes]


@pytest.fixture
def world(committed_db: str, redis_url_for_processes: str) -> Iterator[World]:
    with Redis.from_url(redis_url_for_processes) as redis:
        redis.flushdb()
    world = World()
    world.person_consenting()
    yield world
    connections.close_all()


@pytest.fixture
def start(
    database_urls_of: Callable[[], dict[str, str]], redis_url_for_processes: str
) -> Iterator[Callable[..., Process]]:
    """Starts a program of the environment on this test's database, or on the one that is named."""
    running: list[Process] = []

    def start(command: str, **more: str) -> Process:
        program, *arguments = command.split()
        urls = {**database_urls_of(), **more}
        process = subprocess.Popen(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=CHECKOUT,
            env=environment(**urls, REDIS_URL=redis_url_for_processes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        kill(process)


# -- the server, between decision and answer ------------------------------------------------------------------


class Server:
    """gunicorn, as often as it is killed, always on the same port."""

    def __init__(self, start: Callable[..., Process], token: str, **more: str) -> None:
        self.port, self._token = free_port(), token
        self._start, self._more = start, more
        self.cut_off = 0

    def start(self) -> None:
        self._process = self._start(
            f"gunicorn privacy_app.wsgi:application --bind 127.0.0.1:{self.port} --worker-class gthread --threads 8"
            " --no-control-socket",
            **self._more,
        )
        wait_for(lambda: self.call("GET", "disclosures"))

    def kill(self) -> None:
        kill(self._process)

    def call(self, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, Any] | None:
        """Status and body; None where no answer came. What has begun to arrive has arrived."""
        headers = {"Authorization": f"Bearer {self._token}", "Host": "localhost"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as caller:
            try:
                caller.connect()
            except OSError:
                return None
            try:
                caller.request(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, headers)
                answer = caller.getresponse()
            except (OSError, http.client.HTTPException):
                self.cut_off += 1
                return None
            content = None
            with suppress(OSError, ValueError, http.client.HTTPException):
                content = json.loads(answer.read())
            return answer.status, content


class Calling:
    """One call that has begun."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.answers: list[Any] = []
        self._thread = threading.Thread(target=lambda: self.answers.append(call()))
        self._thread.start()

    @property
    def answer(self) -> Any:
        self._thread.join(30)
        return self.answers[0]


def query_of(world: World) -> dict[str, Any]:
    return {"subject": {"id": world.name_of(world.northwind)}, "purpose": "updates", "fields": FIELDS}


def released() -> int:
    """How many releases there are: each with an entry of its own, and each such entry with its release."""
    releases = list(Release.objects.values_list("entry_id", flat=True))
    assert sorted(releases) == sorted(Entry.objects.filter(kind="disclosure.read").values_list("seq", flat=True))
    return len(releases)


def requested() -> int:
    """How many requests there are: each with its decision's entry, and each such entry with its request."""
    requests = list(DisclosureRequest.objects.values_list("entry_id", flat=True))
    assert sorted(requests) == sorted(Entry.objects.filter(kind="disclosure.decided").values_list("seq", flat=True))
    return len(requests)


@pytest.fixture
def wire(database_urls_of: Callable[[], dict[str, str]]) -> Iterator[Wire]:
    wire = Wire(database_urls_of()["DATABASE_URL"])
    yield wire
    wire.close()


@pytest.mark.clause("PRE-2")
def test_a_server_killed_at_its_commit_has_recorded_and_released_or_neither(
    world: World, start: Callable[..., Process], wire: Wire
) -> None:
    server = Server(start, world.northwind.token, DATABASE_URL=wire.url)
    query = query_of(world)

    # Killed before the decision is committed, then after; the same key asks on.
    for at, made in ((At.NOT_BEGUN, 0), (At.DONE, 1)):
        server.start()
        wire.hold("disclosure_disclosurerequest", at)
        asking = Calling(lambda: server.call("POST", "disclosures", query, key="one"))
        assert wire.held.wait(30)
        server.kill()
        assert asking.answer is None
        assert requested() == made == IdempotencyKey.objects.filter(key="one").count()
    server.start()
    again = server.call("POST", "disclosures", query, key="one")
    assert again is not None
    status, body = again
    assert (status, body["status"]) == (201, "released")
    assert requested() == 1
    assert str(DisclosureRequest.objects.get().pk) == body["id"]

    # What it reads and never hears of is a release on record all the same.
    wire.hold("disclosure_release", At.DONE)
    reading = Calling(lambda: server.call("GET", f"disclosures/{body['id']}/data"))
    assert wire.held.wait(30)
    server.kill()
    assert reading.answer is None
    assert released() == 1
    server.start()
    read = server.call("GET", f"disclosures/{body['id']}/data")
    assert read is not None
    assert read[1]["fields"]["contact.email"]["value"] == ADA
    assert released() == 2


@pytest.mark.clause("PRE-2")
def test_what_a_killed_server_had_in_hand_is_undone_also_where_its_database_works_on(
    world: World, start: Callable[..., Process]
) -> None:
    """A lock stands between the decision, which is written, and the release: the server dies while it waits for it."""
    server = Server(start, world.northwind.token)
    server.start()
    made = server.call("POST", "disclosures", query_of(world), key="one")
    assert made is not None
    path = f"disclosures/{made[1]['id']}/data"

    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'disclosure_release'::regclass"
            )
            return bool(cursor.fetchone()[0])

    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as owner:
            owner.execute("LOCK TABLE disclosure_release IN SHARE ROW EXCLUSIVE MODE")
        reading = Calling(lambda: server.call("GET", path))
        wait_for(somebody_waits)
        server.kill()
        assert reading.answer is None
        assert released() == 0
    wait_for(lambda: not somebody_waits())
    server.start()
    assert released() == 0
    read = server.call("GET", path)
    assert read is not None
    assert read[0] == 200
    assert released() == 1


class Partner:
    """Asks about one person under ever new keys and reads what it is given, whatever happens to the server."""

    def __init__(self, server: Server, query: dict[str, Any], over: threading.Event) -> None:
        self.server, self.query, self.over = server, query, over
        self.ids: dict[str, set[str]] = {}
        self.arrived: Counter[str] = Counter()

    def run(self) -> None:
        while not self.over.is_set():
            key = str(uuid4())
            self.ids[key] = {self._made_under(key), self._made_under(key)}
            for id_ in self.ids[key]:
                answer = self.server.call("GET", f"disclosures/{id_}/data")
                if answer and answer[0] == 200:
                    self.arrived[id_] += 1

    def _made_under(self, key: str) -> str:
        while True:
            answer = self.server.call("POST", "disclosures", self.query, key=key)
            if answer is None or answer[0] == 409 or answer[1] is None:
                time.sleep(0.05)
                continue
            assert answer[0] == 201, answer
            id_: str = answer[1]["id"]
            return id_


@pytest.mark.clause("PRE-2")
def test_a_server_killed_under_load_releases_nothing_without_its_entry_and_nothing_twice(
    world: World, start: Callable[..., Process]
) -> None:
    server, over, chance = Server(start, world.northwind.token), threading.Event(), random.Random(7)
    partners = [Partner(server, query_of(world), over) for _ in range(6)]
    callers = [Calling(partner.run) for partner in partners]

    def arrived() -> Counter[str]:
        return sum((partner.arrived for partner in partners), Counter[str]())

    for _ in range(3):
        before = arrived().total()
        server.start()
        wait_for(partial(lambda before: arrived().total() > before, before))
        time.sleep(chance.random() / 2)
        server.kill()
    server.start()
    over.set()
    for caller in callers:
        assert caller.answer is None
    server.kill()

    # It was killed in the middle of something, or this has shown nothing.
    assert server.cut_off > 3
    assert all(finding.matches for finding in findings())
    ids = [id_ for partner in partners for made in partner.ids.values() for id_ in made]
    assert all(len(made) == 1 for partner in partners for made in partner.ids.values())
    assert requested() == len(ids) == len(set(ids))
    on_record = Counter(str(id_) for id_ in Release.objects.values_list("request_id", flat=True))
    assert arrived() <= on_record
    assert released() == on_record.total() >= arrived().total() > 4


# -- the worker, in the middle of a call ---------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.mark.clause("DIS-a")
def test_a_worker_killed_while_it_calls_a_partner_is_followed_by_another_with_the_same_event(
    world: World, start: Callable[..., Process], receiver: Receiver, redis_url_for_processes: str
) -> None:
    def start_worker() -> Process:
        return start(
            "celery -A privacy_app worker --concurrency 1 --without-gossip --without-mingle --without-heartbeat"
        )

    def wake() -> bool:
        with app.connection_for_write(redis_url_for_processes) as broker:
            for task in ("users.tasks.give_positions", "privacy_app.outbox.tasks.drain"):
                app.send_task(task, connection=broker)
        time.sleep(0.3)
        return True

    def states() -> list[tuple[str, int, str]]:
        calls = Message.objects.filter(kind__startswith="partner.webhook")
        return list(calls.values_list("state", "attempts", "last_error"))

    partner = world.northwind.partner
    _, secret = add_endpoint(partner, url=receiver.url, by=SYSTEM, at=timezone.now())
    ada = User.objects.get(email=ADA)
    # Of whom a partner has no name for it is told nothing.
    world.name_of(world.northwind)
    change(Subject(ada, world.updates, partner), Event.WITHDRAW, by=SYSTEM, at=timezone.now())
    receiver.may_answer.clear()
    worker = start_worker()
    wait_for(lambda: wake() and receiver.calls)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert states() == [(Message.State.PENDING, 1, CUT_OFF)]
    receiver.may_answer.set()
    start_worker()
    wait_for(lambda: wake() and states() == [(Message.State.DELIVERED, 2, "")])

    (event,) = PartnerEvent.objects.filter(partner=partner)
    withdrawn = Entry.objects.filter(kind="consent.changed", body__after="ConsentWithdrawn")
    assert withdrawn.count() == 1
    assert world.northwind.get("events").json()["events"] == [event.to_json()]
    assert [call.headers["webhook-id"] for call in receiver.calls] == [str(event.pk)] * 2
    for call in receiver.calls:
        assert Webhook(secret).verify(call.body, call.headers) == event.to_json()
