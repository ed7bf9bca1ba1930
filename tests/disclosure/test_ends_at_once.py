"""An end against what goes on at the same time, on real connections to a real PostgreSQL (USE-a)."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connections, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken

from disclosure.models import Engagement, Release
from disclosure.services import certificates
from disclosure.services.engagements import end_by_date
from disclosure.withheld import WITH_THE_LAST
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import World, ask_for_token, query
from tests.concurrently import Call
from tests.disclosure.ended import DAY, certified, engaged, over

pytestmark = pytest.mark.clause("USE-a")


@pytest.fixture
def world(committed_db: str) -> Iterator[World]:
    yield World()
    connections.close_all()


def _tokens(world: World) -> list[str]:
    return list(AccessToken.objects.filter(application=world.northwind.client).values_list("scope", flat=True))


def test_an_end_waits_for_a_token_that_is_being_issued_and_takes_it(world: World) -> None:
    with transaction.atomic():
        issued = ask_for_token(world.northwind.credentials)
        ending = Call(lambda: over(world.engagement))
        assert ending.waits()
    ending.result()
    assert "disclosures" in issued.json()["scope"]
    assert _tokens(world) == []
    world.northwind.token = issued.json()["access_token"]
    assert world.northwind.get("engagements").status_code == 401


def test_a_token_that_waited_for_an_end_opens_nothing_that_ended(world: World) -> None:
    with transaction.atomic():
        over(world.engagement)
        asking = Call(lambda: ask_for_token(world.northwind.credentials))
        assert asking.waits()
    assert asking.result().json()["scope"] == "events"


def test_a_token_that_waited_for_the_last_acceptance_is_not_given(world: World) -> None:
    over(world.engagement)
    certified(world.northwind.client, world.engagement)
    with transaction.atomic():
        certificates.accept(world.engagement, by=SYSTEM, at=timezone.now())
        asking = Call(lambda: ask_for_token(world.northwind.credentials))
        assert asking.waits()
    assert asking.result().json()["error"] == "invalid_scope"
    assert _tokens(world) == []


def test_of_two_ends_at_once_the_second_is_known_for_the_last(world: World) -> None:
    other = world.engage(world.northwind, [world.updates], at=timezone.now())
    with transaction.atomic():
        over(world.engagement)
        ending = Call(lambda: over(other))
        assert ending.waits()
    ending.result()
    withheld = [
        entry.body["withheld_scopes"] for entry in Entry.objects.filter(kind="engagement.ended").order_by("seq")
    ]
    assert withheld == [[], sorted(WITH_THE_LAST)]
    assert _tokens(world) == []


def test_an_end_that_waited_for_a_new_engagement_is_not_the_last(world: World) -> None:
    with transaction.atomic():
        world.engage(world.northwind, [world.updates], at=timezone.now())
        ending = Call(lambda: over(world.engagement))
        assert ending.waits()
    ending.result()
    assert Entry.objects.get(kind="engagement.ended").body["withheld_scopes"] == []
    assert world.northwind.get("disclosures").status_code == 200


def test_two_workers_enter_an_end_by_date_once(world: World) -> None:
    now = timezone.now()
    engagement = engaged(world, world.northwind, begins=now - 2 * DAY, until=now - DAY)
    with transaction.atomic():
        end_by_date(engagement, at=now)
        entering = Call(lambda: end_by_date(Engagement.objects.get(pk=engagement.pk), at=now))
        assert entering.waits()
    entering.result()
    assert Entry.objects.filter(kind="engagement.ended").count() == 1
    assert Entry.objects.filter(kind="certificate.demanded").count() == 1


def test_a_certificate_that_waited_for_the_end_is_taken(world: World) -> None:
    with transaction.atomic():
        over(world.engagement)
        submitting = Call(lambda: certified(world.northwind.client, world.engagement))
        assert submitting.waits()
    assert submitting.result().demand.state == "submitted"


def test_whoever_reads_and_fetches_tokens_without_pause_gets_nothing_once_the_end_has_returned(world: World) -> None:
    world.person_consenting()
    handle = world.northwind.post("disclosures", query(), key="one").json()["id"]
    ended = threading.Event()
    statuses: list[tuple[bool, int]] = []

    def read_on() -> None:
        last_rounds = 3
        while last_rounds:
            after = ended.is_set()
            last_rounds -= after
            token = ask_for_token(world.northwind.credentials).json()["access_token"]
            answer = world.northwind.send("GET", f"disclosures/{handle}/data", authorization=f"Bearer {token}")
            statuses.append((after, answer.status_code))

    readers = [Call(read_on) for _ in range(4)]
    while len(statuses) < 12:
        assert all(reader.goes_on for reader in readers)
    over(world.engagement)
    ended.set()
    for reader in readers:
        reader.result()
    assert {status for after, status in statuses if not after} >= {200}
    assert {status for after, status in statuses if after} == {403}
    assert set(_tokens(world)) == {"events"}
    end = Entry.objects.get(kind="engagement.ended")
    assert all(release.entry_id < end.seq for release in Release.objects.all())
