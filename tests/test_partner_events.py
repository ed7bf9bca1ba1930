"""The partner of docs/partner hears of what happened, by asking and by being called, and deletes what it must."""

import base64
import json
import re
import runpy
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.utils import timezone
from standardwebhooks import Webhook

from consent.services.consents import Subject, change
from consent.states import Event
from disclosure.models import DisclosureRequest, Revocation
from disclosure.services.engagements import end
from disclosure.services.revocations import revoke
from privacy_app.ledger.actors import SYSTEM
from privacy_app.outbox.delivery import deliver_next
from privacy_app.wsgi import application
from tests.api.callers import ADA, BEN, World
from tests.servers import CHECKOUT
from users.models import PartnerEvent, Source, User
from users.services.erasure import erase
from users.services.items import NewValue, store
from users.services.positions import give_positions
from users.services.webhooks import add_endpoint, send_test

pytestmark = pytest.mark.process
CLIENT = CHECKOUT / "docs" / "partner" / "partner.py"
PHONES = {ADA: "+8613800138000", BEN: "+8613800138001"}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class Northwind:
    """The partner, in a process of its own, before an API that answers over HTTP."""

    def __init__(self, world: World, directory: Path) -> None:
        self.world = world
        self.kept = directory / "kept.json"
        self._server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
        self._server.set_app(application)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._demo = directory / "demo.json"
        caller = world.northwind
        self._demo.write_text(
            json.dumps(
                {
                    "url": f"http://127.0.0.1:{self._server.server_port}",
                    "partners": [
                        {
                            "name": "Northwind",
                            "client_id": caller.client.client_id,
                            "client_secret": caller.secret,
                            "subjects": [],
                        }
                    ],
                }
            )
        )
        self._listening: list[subprocess.Popen[str]] = []

    def _command(self, *arguments: str) -> list[str]:
        return [
            sys.executable,
            "-I",
            "-S",
            str(CLIENT),
            "--demo",
            str(self._demo),
            "--keep",
            str(self.kept),
            *arguments,
        ]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, check=True, timeout=120)
        return done.stdout

    def code(self, *arguments: str) -> int:
        return subprocess.run(self._command(*arguments), capture_output=True, timeout=120, check=False).returncode

    def read(self, email: str) -> None:
        self.run("--email", email, "--purpose", "updates", "--fields", "contact.email,contact.phone")

    def listen(self, secret: str) -> str:
        """Begin to listen; the address."""
        process = subprocess.Popen(
            self._command("--listen", "0", "--secret", secret),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listening.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.match(r"Listening on (\S+)", line):
                return found[1]
        raise AssertionError("it does not listen")

    def values(self) -> dict[str, list[str]]:
        """The fields it keeps, by the address of whom they are of."""
        names = {self.world.name_of(self.world.northwind, email): email for email in PHONES}
        rows = json.loads(self.kept.read_text())["rows"]
        return {names.get(row["subject"], row["subject"]): sorted(row["values"]) for row in rows}

    def close(self) -> None:
        for process in self._listening:
            process.kill()
            process.wait()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def northwind(committed_db: str, tmp_path: Path) -> Iterator[Northwind]:
    world = World()
    for email, phone in PHONES.items():
        world.consent(world.bring_in(email, phone=phone))
    northwind = Northwind(world, tmp_path)
    for email in PHONES:
        northwind.read(email)
    yield northwind
    northwind.close()
    connections.close_all()


def person(email: str) -> User:
    return User.objects.get(email=email)


def withdraw(northwind: Northwind, email: str) -> None:
    subject = Subject(person(email), northwind.world.updates, northwind.world.northwind.partner)
    change(subject, Event.WITHDRAW, by=SYSTEM, at=timezone.now())


def correct(email: str, phone: str) -> None:
    now = timezone.now()
    store(person(email), [NewValue("contact.phone", phone, now)], source=Source.PLATFORM, by=SYSTEM, at=now)


def unacknowledged() -> int:
    return PartnerEvent.objects.filter(acknowledged_at=None).count()


BOTH = ["contact.email", "contact.phone"]


@pytest.mark.clause("DIS-a")
def test_by_asking_it_hears_what_to_delete_and_acknowledges_it(northwind: Northwind) -> None:
    assert northwind.values() == {ADA: BOTH, BEN: BOTH}
    assert northwind.kept.stat().st_mode & 0o077 == 0
    correct(BEN, "+8613800138009")
    withdraw(northwind, ADA)
    give_positions(at=timezone.now())
    said = northwind.run("--events")
    assert "item.corrected about" in said
    assert "consent.withdrawn about" in said
    assert "Acknowledged up to 2; 0 left" in said
    assert northwind.values() == {BEN: ["contact.email"]}
    assert unacknowledged() == 0
    assert "values deleted" not in northwind.run("--events")

    name = northwind.world.name_of(northwind.world.northwind, BEN)
    erase(person(BEN), by=SYSTEM, at=timezone.now())
    give_positions(at=timezone.now())
    assert f"person.erased about {name}: 1 values deleted" in northwind.run("--events")
    assert json.loads(northwind.kept.read_text())["rows"] == []


@pytest.mark.clause("PRE-2")
def test_of_a_disclosure_that_was_revoked_it_keeps_nothing_and_keeps_the_others(northwind: Northwind) -> None:
    for request in DisclosureRequest.objects.filter(person=person(ADA)):
        revoke(request, cause=Revocation.Cause.MISTAKE, by=SYSTEM, at=timezone.now())
    give_positions(at=timezone.now())
    assert ": 2 values deleted" in northwind.run("--events")
    assert northwind.values() == {BEN: BOTH}


@pytest.mark.clause("USE-a")
def test_with_the_end_of_its_engagement_it_keeps_nothing(northwind: Northwind) -> None:
    end(northwind.world.engagement, reason="Over.", by=SYSTEM, at=timezone.now())
    give_positions(at=timezone.now())
    assert "engagement.ended: 4 values deleted" in northwind.run("--events")
    assert northwind.values() == {}


def test_what_it_read_well_after_something_had_happened_stays(northwind: Northwind) -> None:
    withdraw(northwind, ADA)
    correct(BEN, "+8613800138009")
    PartnerEvent.objects.update(at=timezone.now() - timedelta(minutes=10))
    give_positions(at=timezone.now())
    assert northwind.run("--events").count(" 0 values deleted") == 2
    assert northwind.values() == {ADA: BOTH, BEN: BOTH}


def test_what_may_not_be_read_any_more_it_drops_by_itself(northwind: Northwind) -> None:
    withdraw(northwind, ADA)
    handle = next(row["handle"] for row in json.loads(northwind.kept.read_text())["rows"])
    assert northwind.code("--handle", handle) == 1
    assert northwind.values() == {BEN: BOTH}


def _partner_file() -> Any:
    return runpy.run_path(str(CLIENT))


def test_it_takes_what_the_library_signs_and_nothing_old_foreign_or_altered() -> None:
    is_genuine = _partner_file()["is_genuine"]
    secret, other = (f"whsec_{base64.b64encode(bytes([number] * 32)).decode()}" for number in (1, 2))
    at = datetime(2026, 5, 3, 12, tzinfo=UTC)
    signed = [Webhook(each).sign("id", at, "{}") for each in (other, secret)]
    headers = {"webhook-id": "id", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": " ".join(signed)}
    moment = at.timestamp()
    for seconds, genuine in ((0, True), (299, True), (-299, True), (301, False), (-301, False)):
        assert is_genuine(headers, b"{}", secret, now=moment + seconds) is genuine
    assert is_genuine(headers, b"{}", other, now=moment)
    altered: list[tuple[dict[str, str], bytes]] = [
        ({}, b"{ }"),
        ({"webhook-id": "other"}, b"{}"),
        ({"webhook-timestamp": str(int(moment) + 1)}, b"{}"),
        ({"webhook-timestamp": "x"}, b"{}"),
        ({"webhook-signature": ""}, b"{}"),
        ({"webhook-signature": signed[1].replace("v1,", "v2,")}, b"{}"),
        ({"webhook-signature": signed[0]}, b"{}"),
    ]
    for change_, body in altered:
        assert not is_genuine({**headers, **change_}, body, secret, now=moment)


def _deliver() -> int:
    count = 0
    while deliver_next(now=timezone.now()):
        count += 1
    return count


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


@pytest.mark.clause("DIS-a")
def test_by_being_called_it_deletes_at_once_and_believes_nobody_else(northwind: Northwind) -> None:
    partner = northwind.world.northwind.partner
    secret = "whsec_bm90aGluZyBidXQgYSBwbGFjZSBmb3IgdGhlIHNlY3JldA=="
    wrong = northwind.listen(secret)
    endpoint, secret = add_endpoint(partner, url=wrong, by=SYSTEM, at=timezone.now())
    correct(BEN, "+8613800138009")
    give_positions(at=timezone.now())
    assert _deliver() == 1
    assert northwind.values()[BEN] == BOTH
    assert unacknowledged() == 1

    right = northwind.listen(secret)
    # What it reads while it listens is kept and deleted like all else.
    northwind.read(ADA)
    type(endpoint).objects.filter(pk=endpoint.pk).update(url=right)
    send_test(endpoint, by=SYSTEM, at=timezone.now())
    withdraw(northwind, ADA)
    give_positions(at=timezone.now())
    assert _deliver() == 2
    assert northwind.values() == {BEN: BOTH}
    _wait_for(lambda: unacknowledged() == 1)

    body = json.dumps({"id": "1", "type": "engagement.ended", "subject": None, "data": {}}).encode()
    for headers in (
        {},
        {"webhook-id": "1", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"},
    ):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(urllib.request.Request(right, data=body, headers=headers), timeout=10)
    assert northwind.values() == {BEN: BOTH}
