"""What follows a change follows it surely: after the commit, once a message, whatever dies in between."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import get_connection
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from redis import Redis

from privacy_app.outbox.delivery import CUT_OFF, MAX_ATTEMPTS, deliver_next, prune
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue, enqueue_all, retry, wake
from tests.concurrently import Call
from tests.outbox_process import NOTE
from tests.servers import CHECKOUT, free_port
from tests.users.makers import ADA, someone
from users.mail import enqueue_mail

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
FAILING, BREAKING = "test.failing", "test.breaking"
NEVER = "redis://127.0.0.1:1/0"

State = Message.State


@handles(FAILING)
def fail(message: Message) -> None:
    raise ValueError(f"{ADA} is not known there")


@handles(BREAKING)
def break_the_transaction(message: Message) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def only() -> Message:
    return Message.objects.get()


# -- with the change that causes it, or not at all --------------------------------------------------------


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_tells_nobody(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as after_commit:
        with suppress(RuntimeError), transaction.atomic():
            enqueue(NOTE, {}, at=NOW)
            raise RuntimeError
        assert not Message.objects.exists()
    assert after_commit == []


@pytest.mark.django_db
def test_a_commit_wakes_the_workers_once_however_many_messages_it_brings(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as after_commit:
        enqueue(NOTE, {}, at=NOW)
        with transaction.atomic():
            enqueue(NOTE, {}, at=NOW)
        enqueue_all(NOTE, [{}, {}], at=NOW)
        retry([], at=NOW)
    assert after_commit == [wake]
    assert Message.objects.count() == 4


@pytest.mark.django_db
def test_a_part_that_is_rolled_back_takes_no_wake_up_with_it(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as after_commit:
        with suppress(RuntimeError), transaction.atomic():
            enqueue(NOTE, {}, at=NOW)
            with transaction.atomic():
                enqueue(NOTE, {}, at=NOW)
            raise RuntimeError
        enqueue(NOTE, {}, at=NOW)
    assert after_commit == [wake]
    assert Message.objects.count() == 1


# -- a handler that fails ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_is_tried_again_after_longer_and_longer_waits_and_then_left_to_people(tmp_path: Path) -> None:
    enqueue(FAILING, {}, at=NOW)
    now, waits = NOW, []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert deliver_next(now=now)
        message = only()
        assert (message.attempts, message.last_error) == (attempt, "ValueError")
        if attempt < MAX_ATTEMPTS:
            assert message.state == State.PENDING
            waits.append(message.due_at - now)
            assert not deliver_next(now=message.due_at - timedelta(seconds=1))
            now = message.due_at
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert timedelta(days=1) < now - NOW < timedelta(days=3)
    assert (message.state, message.settled_at) == (State.DEAD, now)
    assert not deliver_next(now=now + timedelta(days=30))


@pytest.mark.django_db
def test_a_dead_letter_that_somebody_looked_at_can_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    dead = Message.objects.create(
        kind=NOTE,
        payload={"path": str(path)},
        state=State.DEAD,
        attempts=MAX_ATTEMPTS,
        last_error="ValueError",
        created_at=NOW,
        due_at=NOW,
        settled_at=NOW,
    )
    waiting = enqueue(NOTE, {"path": str(path)}, at=NOW, due_at=NOW + timedelta(days=1))
    assert retry([dead.pk, waiting.pk], at=NOW) == 1
    assert deliver_next(now=NOW)
    assert not deliver_next(now=NOW)
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.last_error, dead.settled_at) == (State.DELIVERED, 1, "", NOW)
    assert path.read_text() == f"{dead.pk}\n"


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_what_is_kept_of_a_failure_names_no_person(caplog: pytest.LogCaptureFixture) -> None:
    enqueue(FAILING, {}, at=NOW)
    deliver_next(now=NOW)
    assert only().last_error == "ValueError"
    assert "outbox.failed" in caplog.text
    assert ADA not in caplog.text + json.dumps(list(Message.objects.values()), default=str)


@pytest.mark.django_db
def test_a_handler_that_breaks_its_transaction_still_leaves_its_attempt_behind() -> None:
    enqueue(BREAKING, {}, at=NOW)
    assert deliver_next(now=NOW)
    message = only()
    assert (message.state, message.attempts, message.last_error) == (State.PENDING, 1, "DataError")


@pytest.mark.django_db
def test_a_kind_that_nothing_handles_yet_waits_for_the_version_that_does(tmp_path: Path) -> None:
    message = enqueue("test.of-tomorrow", {}, at=NOW)
    assert deliver_next(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.PENDING, "LookupError")
    noted: list[UUID] = []
    handles("test.of-tomorrow")(lambda message: noted.append(message.pk))
    assert deliver_next(now=message.due_at)
    assert noted == [message.pk]


@pytest.mark.django_db
def test_one_kind_has_one_handler() -> None:
    with pytest.raises(ValueError, match=f"kind {NOTE} are handled already"):
        handles(NOTE)(fail)


@pytest.mark.django_db
def test_only_what_was_delivered_long_ago_is_forgotten() -> None:
    old, new = NOW - timedelta(days=8), NOW
    for state in State:
        for at in (old, new):
            settled_at = None if state == State.PENDING else at
            Message.objects.create(kind=NOTE, payload={}, state=state, created_at=at, due_at=at, settled_at=settled_at)
    assert prune(before=NOW - timedelta(days=7)) == 1
    assert Counter(Message.objects.values_list("state", flat=True)) == {"pending": 2, "delivered": 1, "dead": 2}


# -- mail -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_a_mail_that_is_sent_again_has_the_same_message_id_and_its_row_holds_no_address(
    settings: Settings,
) -> None:
    address = EmailAddress.objects.get(user=someone())
    Message.objects.all().delete()
    enqueue_mail("account/email/password_reset_key", address, at=NOW)
    assert ADA not in json.dumps(only().payload)

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert deliver_next(now=NOW)
    assert (only().state, only().last_error) == (State.PENDING, "ConnectionRefusedError")

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_next(now=only().due_at)
    (sent,) = mail.outbox
    assert sent.to == [ADA]
    assert sent.extra_headers["Message-ID"].startswith(f"<{only().pk}@")


@pytest.mark.django_db
def test_a_mail_whose_address_is_gone_by_then_is_not_sent() -> None:
    address = EmailAddress.objects.get(user=someone())
    Message.objects.all().delete()
    enqueue_mail("account/email/password_reset_key", address, at=NOW)
    address.delete()
    assert deliver_next(now=NOW)
    assert only().state == State.DELIVERED
    assert mail.outbox == []


# -- processes that die, and servers that are away ------------------------------------------------------------


class Processes:
    """Processes that work on this test's database with a Redis database of their own."""

    def __init__(self, database_urls: dict[str, str], redis_url: str, directory: Path) -> None:
        self.redis_url = redis_url
        self._environment = {**os.environ, **database_urls}
        self.notes = directory / "notes"
        self._running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, redis_url: str | None = None) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.outbox_process", *arguments],
            cwd=CHECKOUT,
            env={**self._environment, "REDIS_URL": redis_url or self.redis_url},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return process

    def enqueue(self, count: int, *, redis_url: str | None = None) -> float:
        """How many seconds it took to write so many messages in one transaction, the wake-up included."""
        return float(self.said(self.start("enqueue", str(self.notes), str(count), redis_url=redis_url)))

    def drain(self, *, ahead: int = 0) -> "subprocess.Popen[str]":
        return self.start("drain", str(ahead))

    def said(self, process: "subprocess.Popen[str]") -> str:
        said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return said.strip()

    @property
    def noted(self) -> list[str]:
        return self.notes.read_text().split() if self.notes.exists() else []

    @property
    def begun(self) -> list[str]:
        """The messages at which a worker has come upon an obstacle."""
        return [path.stem for path in self.notes.parent.glob("*.begun")]

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


@pytest.fixture
def processes(
    database_urls_of: Callable[[], dict[str, str]], redis_url_for_processes: str, tmp_path: Path
) -> Iterator[Processes]:
    with Redis.from_url(redis_url_for_processes) as redis:
        redis.flushdb()
    processes = Processes(database_urls_of(), redis_url_for_processes, tmp_path)
    yield processes
    processes.end()


def wait_for(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)


@pytest.mark.process
def test_a_worker_killed_in_the_middle_leaves_its_message_to_another_under_the_same_id(
    processes: Processes, tmp_path: Path
) -> None:
    obstacle = tmp_path / "obstacle"
    obstacle.touch()
    message = enqueue(NOTE, {"path": str(processes.notes), "while": str(obstacle)}, at=timezone.now())
    worker = processes.drain()
    wait_for(lambda: processes.begun)
    # However long a handler takes, the message is its own.
    assert processes.said(processes.drain(ahead=3600)) == "0"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.PENDING, 1, CUT_OFF)
    obstacle.unlink()
    wait_for(lambda: processes.said(processes.drain(ahead=10)) == "1")
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (State.DELIVERED, 2, "")
    assert processes.noted == [str(message.pk)]


@pytest.mark.django_db
def test_a_message_that_kills_every_worker_keeps_no_other_waiting_and_is_a_dead_letter_in_the_end() -> None:
    deadly = enqueue(NOTE, {}, at=NOW)
    Message.objects.filter(pk=deadly.pk).update(attempts=MAX_ATTEMPTS, last_error=CUT_OFF)
    assert deliver_next(now=NOW)
    deadly.refresh_from_db()
    assert (deadly.state, deadly.attempts, deadly.last_error) == (State.DEAD, MAX_ATTEMPTS, CUT_OFF)


@pytest.mark.process
def test_two_workers_at_once_deliver_each_message_once(processes: Processes, tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.touch()
    enqueue_all(NOTE, [{"path": str(processes.notes), "while": str(start)}] * 100, at=timezone.now())
    both = [processes.drain(), processes.drain()]
    wait_for(lambda: len(processes.begun) == 2)
    start.unlink()
    assert sum(int(processes.said(worker)) for worker in both) == 100
    ids = {str(id_) for id_ in Message.objects.filter(state=State.DELIVERED).values_list("id", flat=True)}
    assert len(ids) == 100
    assert Counter(processes.noted) == Counter(ids)


@pytest.mark.process
def test_a_commit_sends_one_wake_up_to_redis(processes: Processes) -> None:
    processes.enqueue(5)
    with Redis.from_url(processes.redis_url) as redis:
        (sent,) = redis.lrange("celery", 0, -1)
    assert json.loads(sent)["headers"]["task"] == "privacy_app.outbox.tasks.drain"


@pytest.mark.process
def test_with_redis_away_a_change_goes_through_without_delay_and_is_followed_up_later(processes: Processes) -> None:
    assert processes.enqueue(5, redis_url=NEVER) < 15
    assert Message.objects.filter(state=State.PENDING).count() == 5
    assert processes.said(processes.drain()) == "5"
    assert len(processes.noted) == 5


@pytest.mark.process
def test_a_redis_that_hangs_holds_up_a_change_for_a_moment_only(processes: Processes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        seconds = processes.enqueue(5, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
    assert seconds < 4
    assert Message.objects.filter(state=State.PENDING).count() == 5


def test_what_one_worker_has_begun_another_passes_over(committed_db: str) -> None:
    first, second = (enqueue(FAILING, {}, at=NOW + timedelta(seconds=second)) for second in (0, 1))
    with transaction.atomic():
        assert deliver_next(now=NOW + timedelta(minutes=1))
        assert Call(lambda: deliver_next(now=NOW + timedelta(minutes=1))).result()
        assert not Call(lambda: deliver_next(now=NOW + timedelta(minutes=1))).result()
    for message in (first, second):
        message.refresh_from_db()
        assert message.attempts == 1


def test_without_a_mail_server_each_mail_is_a_file_of_its_own_however_many_go_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    connection = get_connection("privacy_app.outbox.mail.ConsoleAndFileBackend")
    connection.send_messages([mail.EmailMessage("Hello", "Words.", to=[f"{number}@x.example"]) for number in range(30)])
    files = list(tmp_path.glob("*.log"))
    assert len(files) == 30
    assert all(path.read_text().count("Subject: Hello") == 1 for path in files)
