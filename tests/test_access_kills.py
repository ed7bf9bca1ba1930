"""Servers that are killed while they answer: each answered request is on record, exactly once."""

import http.client
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from tests.installation import kill, wait_for
from tests.servers import CHECKOUT, environment, free_port
from tests.users.access import files, records
from users.access.drain import drain

pytestmark = [pytest.mark.process, pytest.mark.clause("COL-a")]
_AT_ONCE, _ROUNDS, _ENOUGH = 6, 2, 60


@pytest.fixture
def spool(committed_db: str, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.ACCESS_SPOOL_DIR = tmp_path / "spool"
    yield settings.ACCESS_SPOOL_DIR
    connections.close_all()


class Server:
    """gunicorn with two processes, writing to this spool."""

    def __init__(self, spool: Path, urls: dict[str, str]) -> None:
        self.port = free_port()
        command = f"gunicorn privacy_app.wsgi:application --bind 127.0.0.1:{self.port} --workers 2 --no-control-socket"
        program, *arguments = (command + " --worker-class gthread --threads 4").split()
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=CHECKOUT,
            env=environment(**urls, ACCESS_SPOOL_DIR=str(spool), REDIS_URL=os.environ["REDIS_URL"]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(lambda: self.get("/en/nothing/") == 404)

    def get(self, path: str, **headers: str) -> int | None:
        """The status; None where no answer came. One that has begun to arrive has arrived."""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            caller.request("GET", path, headers={"Host": "localhost", **headers})
            return caller.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            caller.close()

    def kill(self) -> None:
        kill(self._process)


def _drain_all(spool: Path) -> None:
    """A process that was killed lets go of its files a moment later."""

    def drained() -> bool:
        drain(spool, at=timezone.now())
        return not files()

    wait_for(drained)


def test_a_server_killed_under_load_loses_no_record_of_an_answered_request(
    spool: Path, database_urls_of: Callable[[], dict[str, str]]
) -> None:
    answered: list[int] = []

    def ask_until_it_is_gone(server: Server, first: int) -> None:
        number = first
        while server.get(f"/en/account/login/?page={number}") is not None:
            answered.append(number)
            number += _AT_ONCE

    for round_ in range(_ROUNDS):
        server = Server(spool, database_urls_of())
        before = len(answered)
        firsts = range(round_ * 100_000 + 1, round_ * 100_000 + 1 + _AT_ONCE)
        callers = [threading.Thread(target=ask_until_it_is_gone, args=(server, first)) for first in firsts]
        for caller in callers:
            caller.start()
        wait_for(lambda least=before + _ENOUGH: len(answered) >= least)  # type: ignore[misc]
        server.kill()
        for caller in callers:
            caller.join(timeout=60)

    left = {path: path.read_bytes() for path in files()}
    assert len(left) >= _ROUNDS
    _drain_all(spool)
    # Somebody who drained was killed between the commit and the removal: everything is there once more.
    for path, content in left.items():
        path.write_bytes(content)
    _drain_all(spool)
    queries = [(record.content or {}).get("query", "") for record in records()]
    recorded = Counter(int(query.removeprefix("page=")) for query in queries if query)
    assert set(answered) <= recorded.keys()
    # At most one for each caller was recorded whose answer was cut off.
    assert len(recorded) <= len(answered) + _ROUNDS * _AT_ONCE
    assert set(recorded.values()) == {1}


def test_a_header_of_a_megabyte_is_refused_in_words_and_the_next_request_is_recorded(
    spool: Path, database_urls_of: Callable[[], dict[str, str]]
) -> None:
    server = Server(spool, database_urls_of())
    try:
        # gunicorn may close the connection before all of it is sent: then the words are lost on the way.
        assert server.get("/en/policy/", **{"X-Long": "x" * 1_000_000}) in (400, 431, None)
        assert server.get("/en/account/login/?page=7", **{"User-Agent": "x" * 8000}) == 200
        assert server.get("/en/%ff%fe/") == 404
    finally:
        server.kill()
    _drain_all(spool)
    queries = [(record.content or {}).get("query") for record in records()]
    assert queries.count("page=7") == 1
