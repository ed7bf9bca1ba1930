"""A worker that is killed again and again while a notice goes out: everybody is on the list once and hears of it."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from pytest_django import Settings

from consent.mailing_steps import BATCH
from consent.models import Mailing, MailingRecipient, RecipientState
from tests.consent.announcing import tell_everybody
from tests.mail_server import MailServer, mail_server
from users.models import User

CHECKOUT = Path(__file__).resolve().parents[2]
PEOPLE, KILLS = 300, 5


def _people() -> set[str]:
    """Many who confirmed their address; rows alone, for they do nothing but get mail."""
    came = timezone.now() - timedelta(days=1)
    people = User.objects.bulk_create(
        User(email=f"person{number}@lantern.example", password="!", created_at=came) for number in range(PEOPLE)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, primary=True, verified=True) for person in people
    )
    return {str(person.email) for person in people}


def _wait_for(server: MailServer, count: int, worker: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while len(server.took) < count:
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline, "no mail comes"
        time.sleep(0.002)


@pytest.mark.process
@pytest.mark.clause("CHG-b")
def test_a_worker_killed_five_times_misses_nobody_and_repeats_what_was_in_flight_under_the_same_message_id(
    database_urls_of: Callable[[], dict[str, str]], redis_url_for_processes: str, settings: Settings
) -> None:
    settings.MAILS_PER_MINUTE = 1_000_000
    addresses = _people()
    tell_everybody()
    with mail_server(seconds=0.005) as server:
        environment = {
            **os.environ,
            **database_urls_of(),
            "REDIS_URL": redis_url_for_processes,
            "EMAIL_URL": server.url,
        }

        def start() -> "subprocess.Popen[bytes]":
            return subprocess.Popen([sys.executable, "-m", "tests.mailing_process"], cwd=CHECKOUT, env=environment)

        for kill in range(KILLS):
            worker = start()
            # In the middle of a batch, and each time of a later one.
            _wait_for(server, len(server.took) + BATCH + 3 + 2 * kill, worker)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        last = [start(), start()]
        for worker in last:
            assert worker.wait(timeout=120) == 0

    assert Mailing.objects.get().state == "finished"
    rows = MailingRecipient.objects.all()
    assert rows.count() == rows.values("person").distinct().count() == PEOPLE
    assert set(rows.values_list("state", flat=True)) == {RecipientState.SENT}
    assert set(server.addresses) == addresses
    ids_by_address: dict[str, set[str]] = {}
    for address, message in server.took:
        ids_by_address.setdefault(address, set()).add(message["Message-ID"])
    assert all(len(ids) == 1 for ids in ids_by_address.values())
    assert len(set(server.message_ids)) == PEOPLE
    repeated = [count for count in Counter(server.addresses).values() if count > 1]
    # It was killed amid batches indeed, and nobody was written to again who was not in one.
    assert 0 < sum(repeated) - len(repeated) <= KILLS * BATCH
