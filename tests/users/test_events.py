"""What partners are told: what concerns them, once it is committed, in order, and nothing about anybody else."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from redis import Redis

from consent.services import consents
from consent.services.consents import Subject
from consent.states import Event
from disclosure.models import Engagement
from disclosure.services import engagements
from disclosure.services.announcing import announce
from privacy_app.ledger.actors import SYSTEM
from tests.api.callers import ADA, Caller, World, query
from tests.concurrently import Call
from tests.makers import make_partner
from tests.servers import CHECKOUT
from users import tasks
from users.models import EventType, Freeze, PairwiseId, Partner, PartnerEvent, PersonalDataItem, Source, User
from users.queries import events_after
from users.services import items
from users.services.erasure import erase
from users.services.events import forget, tell, wake
from users.services.freezing import freeze, unfreeze
from users.services.items import NewValue
from users.services.positions import give_positions

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
PHONE, OTHER_PHONE = "+8613800138000", "+8613800138001"


def now() -> datetime:
    return timezone.now()


def person_of(email: str = ADA) -> User:
    return User.objects.get(email=email)


def told(caller: Caller) -> list[tuple[str, str | None, dict[str, Any]]]:
    """Type, subject and data of what a partner is told, in the order in which it happened."""
    rows = PartnerEvent.objects.filter(partner=caller.partner).order_by("at", "id")
    return [(row.type, str(row.subject) if row.subject else None, row.data) for row in rows]


def types(caller: Caller) -> list[str]:
    return [type_ for type_, _, _ in told(caller)]


def read(world: World, caller: Caller, **more: Any) -> None:
    """The partner requests a disclosure of Ada's data and reads it."""
    handle = caller.post("disclosures", query(**more), key=world.new_key()).json()["id"]
    assert caller.get(f"disclosures/{handle}/data").status_code == 200


def say(
    world: World, event: Event, caller: Caller | None = None, *, email: str = ADA, at: datetime | None = None
) -> None:
    subject = Subject(person_of(email), world.updates, (caller or world.northwind).partner)
    consents.change(subject, event, by=SYSTEM, at=at or now())


def correct(field: str, value: str, source: Source = Source.PLATFORM) -> None:
    items.store(person_of(), [NewValue(field, value, now())], source=source, by=SYSTEM, at=now())


@pytest.fixture
def ada(world: World) -> User:
    """Somebody who consented to Northwind's updates, and whose data it read."""
    world.consent(world.bring_in(ADA, phone=PHONE))
    read(world, world.northwind)
    return person_of()


# -- consents ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("DIS-a")
def test_a_withdrawal_is_told_to_the_recipient_under_its_own_name_for_the_person(world: World, ada: User) -> None:
    say(world, Event.WITHDRAW)
    data = {
        "purpose": "updates",
        "aspect": "base",
        "text_version": 1,
        "fields": ["contact.address", "contact.email", "contact.phone"],
    }
    assert told(world.northwind) == [("consent.withdrawn", world.name_of(world.northwind), data)]
    assert told(world.harbour) == told(world.website) == []


@pytest.mark.django_db
def test_withdrawing_again_tells_nobody_again(world: World, ada: User) -> None:
    say(world, Event.WITHDRAW)
    say(world, Event.WITHDRAW)
    assert types(world.northwind) == ["consent.withdrawn"]


@pytest.mark.django_db
@pytest.mark.clause("DIS-a")
def test_a_consent_that_the_website_takes_back_is_told(world: World, ada: User) -> None:
    say(world, Event.REVOKE)
    say(world, Event.GIVE)
    say(world, Event.INVALIDATE)
    assert types(world.northwind) == ["consent.revoked", "consent.invalidated"]


@pytest.mark.django_db
@pytest.mark.clause("DIS-a")
def test_a_consent_that_expires_is_told_once(world: World, ada: User) -> None:
    later = now() + timedelta(days=366)
    assert consents.expire_due(at=later) == 1
    assert consents.expire_due(at=later + timedelta(days=1)) == 0
    say(world, Event.WITHDRAW)
    assert types(world.northwind) == ["consent.expired"]


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("before", [[], [Event.REQUEST], [Event.REFUSE], [Event.GIVE, Event.WITHDRAW]])
def test_of_a_consent_that_did_not_hold_nobody_is_told(world: World, before: list[Event]) -> None:
    world.bring_in()
    world.name_of(world.northwind)
    for event in before:
        say(world, event)
    PartnerEvent.objects.all().delete()
    say(world, Event.WITHDRAW)
    assert told(world.northwind) == []


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
def test_a_partner_that_has_no_name_for_the_person_has_nothing_of_theirs_and_is_told_nothing(world: World) -> None:
    world.person_consenting()
    say(world, Event.WITHDRAW)
    assert told(world.northwind) == []
    assert not PairwiseId.objects.filter(partner=world.northwind.partner).exists()


@pytest.mark.django_db
@pytest.mark.clause("SEC-b")
def test_of_a_freeze_no_partner_is_told_and_a_withdrawal_is_told_all_the_same(world: World, ada: User) -> None:
    freeze(ada, cause=Freeze.Cause.LEAK, by=SYSTEM, at=now())
    assert told(world.northwind) == []
    say(world, Event.WITHDRAW)
    correct("contact.phone", OTHER_PHONE)
    unfreeze(ada, cause=Freeze.Cause.LEAK, by=SYSTEM, at=now())
    assert types(world.northwind) == ["consent.withdrawn", "item.corrected"]


# -- corrections ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("COL-b")
def test_a_correction_is_told_to_whoever_read_the_field_and_to_nobody_else(world: World, ada: User) -> None:
    say(world, Event.GIVE, world.harbour)
    read(world, world.harbour, fields=["contact.email"])
    correct("contact.phone", OTHER_PHONE)
    assert told(world.northwind) == [("item.corrected", world.name_of(world.northwind), {"fields": ["contact.phone"]})]
    assert told(world.harbour) == told(world.website) == []


@pytest.mark.django_db
def test_whoever_read_is_told_of_a_correction_also_when_the_permission_is_over(world: World, ada: User) -> None:
    say(world, Event.WITHDRAW)
    engagements.end(world.engagement, reason="Over.", by=SYSTEM, at=now())
    PartnerEvent.objects.all().delete()
    correct("contact.phone", OTHER_PHONE)
    assert types(world.northwind) == ["item.corrected"]


@pytest.mark.django_db
def test_a_handle_under_which_nothing_was_read_counts_while_it_is_alive(world: World) -> None:
    world.consent(world.bring_in(ADA, phone=PHONE))
    world.northwind.post("disclosures", query(), key="one")
    correct("contact.phone", OTHER_PHONE)
    assert types(world.northwind) == ["item.corrected"]
    engagements.end(world.engagement, reason="Over.", by=SYSTEM, at=now())
    correct("contact.phone", PHONE)
    assert types(world.northwind) == ["item.corrected", "engagement.ended"]


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
def test_a_request_that_was_refused_tells_its_partner_nothing_ever(world: World) -> None:
    world.bring_in(ADA, phone=PHONE)
    world.name_of(world.northwind)
    assert world.northwind.post("disclosures", query(), key="one").json()["status"] == "refused"
    correct("contact.phone", OTHER_PHONE)
    erase(person_of(), by=SYSTEM, at=now())
    assert told(world.northwind) == []


@pytest.mark.django_db
def test_the_same_value_again_or_a_first_one_is_no_correction(world: World, ada: User) -> None:
    correct("contact.phone", "+86 138 0013 8000")
    correct("contact.phone", PHONE, Source.PERSON)
    correct("contact.address", "1 Lantern Street")
    assert told(world.northwind) == []


@pytest.mark.django_db
def test_choosing_another_source_is_a_correction(world: World, ada: User) -> None:
    correct("contact.phone", OTHER_PHONE, Source.PERSON)
    other = PersonalDataItem.objects.get(person=ada, element_id="contact.phone", is_chosen=False)
    items.choose(ada, other.pk, by=SYSTEM, at=now())
    items.choose(ada, other.pk, by=SYSTEM, at=now())
    assert types(world.northwind) == ["item.corrected", "item.corrected"]


@pytest.mark.django_db
def test_a_correction_costs_the_same_however_many_have_read(world: World, ada: User) -> None:
    def cost(value: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            correct("contact.phone", value)
        return len(captured)

    few = cost(OTHER_PHONE)
    say(world, Event.GIVE, world.harbour)
    for _ in range(5):
        read(world, world.harbour)
        read(world, world.northwind)
    assert cost(PHONE) == few
    assert types(world.harbour) == ["item.corrected"]


# -- erasure ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_an_erasure_is_told_under_a_name_that_leads_to_nobody_any_more(world: World, ada: User) -> None:
    name = world.name_of(world.northwind)
    correct("contact.phone", OTHER_PHONE)
    erase(ada, by=SYSTEM, at=now())
    assert told(world.northwind) == [
        ("item.corrected", name, {"fields": ["contact.phone"]}),
        ("person.erased", name, {}),
    ]
    assert told(world.harbour) == told(world.website) == []
    assert not PairwiseId.objects.filter(id=UUID(name)).exists()
    assert not PartnerEvent.objects.filter(person__isnull=False).exists()
    erase(ada, by=SYSTEM, at=now())
    assert len(told(world.northwind)) == 2


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
def test_of_the_erasure_of_somebody_a_partner_only_knows_by_name_it_is_told_nothing(world: World) -> None:
    world.person_consenting()
    world.name_of(world.northwind)
    erase(person_of(), by=SYSTEM, at=now())
    assert told(world.northwind) == []


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_nothing_personal_stands_in_what_partners_are_told(world: World, ada: User) -> None:
    correct("contact.phone", OTHER_PHONE)
    say(world, Event.WITHDRAW)
    erase(ada, by=SYSTEM, at=now())
    rows = json.dumps(list(PartnerEvent.objects.values()), default=str)
    assert len(told(world.northwind)) == 3
    assert [text for text in (ADA, PHONE, OTHER_PHONE, str(ada.pk)) if text in rows] == []


# -- engagements ------------------------------------------------------------------------------------------


def until(engagement: Engagement, moment: datetime | None) -> None:
    """Change nothing of the engagement but its last day."""
    engagements.change(
        engagement,
        role=engagement.role,
        valid_from=engagement.valid_from,
        valid_until=moment,
        purposes=list(engagement.purposes.all()),
        fields=engagement.fields,
        actions=engagement.actions,
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=now(),
    )


@pytest.mark.django_db
@pytest.mark.clause("USE-a")
def test_the_end_of_an_engagement_is_told_thirty_days_before_and_when_it_is_there_once_each(world: World) -> None:
    last = now() + timedelta(days=100)
    until(world.engagement, last)
    for days in (0, 69, 70.5, 71, 99, 99.9, 100, 100.1, 300):
        announce(at=world.engagement.valid_from + timedelta(days=days))
    written = last.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert told(world.northwind) == [
        ("engagement.ending", None, {"engagement": str(world.engagement.pk), "valid_until": written}),
        ("engagement.ended", None, {"engagement": str(world.engagement.pk), "ended_at": written}),
    ]
    assert told(world.harbour) == []


@pytest.mark.django_db
def test_how_long_before_is_for_the_operator_to_say(world: World, settings: Settings) -> None:
    until(world.engagement, now() + timedelta(days=10))
    settings.ENGAGEMENT_NOTICE_DAYS = 7
    announce(at=now())
    assert told(world.northwind) == []
    announce(at=now() + timedelta(days=4))
    assert types(world.northwind) == ["engagement.ending"]


@pytest.mark.django_db
def test_an_end_that_is_moved_is_told_anew(world: World) -> None:
    for days in (10, 20, 20):
        until(world.engagement, now() + timedelta(days=days))
        announce(at=now())
        announce(at=now())
    assert types(world.northwind) == ["engagement.ending"] * 3
    until(world.engagement, None)
    announce(at=now() + timedelta(days=400))
    assert types(world.northwind) == ["engagement.ending"] * 3


@pytest.mark.django_db
@pytest.mark.clause("USE-a")
def test_an_engagement_that_is_ended_is_told_at_once_and_not_again_by_its_date(world: World) -> None:
    until(world.engagement, now() + timedelta(days=100))
    at = now()
    engagements.end(world.engagement, reason="Over.", by=SYSTEM, at=at)
    announce(at=now() + timedelta(days=80))
    announce(at=now() + timedelta(days=200))
    ended_at = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert told(world.northwind) == [
        ("engagement.ended", None, {"engagement": str(world.engagement.pk), "ended_at": ended_at})
    ]


@pytest.mark.django_db
def test_an_engagement_that_ended_by_its_date_is_not_told_again_when_its_end_is_entered(world: World) -> None:
    until(world.engagement, now() + timedelta(days=1))
    later = now() + timedelta(days=2)
    announce(at=later)
    engagements.end_by_date(world.engagement, at=later)
    assert types(world.northwind) == ["engagement.ended"]


@pytest.mark.django_db
def test_looking_for_ends_takes_one_look_however_many_were_told(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            announce(at=now() + timedelta(days=50))
        return len(captured)

    for _ in range(5):
        engagement = world.engage(world.northwind, [world.updates], at=now())
        until(engagement, now() + timedelta(days=20))
    assert cost() > 2
    assert cost() == 2
    assert types(world.northwind) == ["engagement.ended"] * 5


def test_two_who_look_at_once_tell_once(committed_db: str) -> None:
    world = World()
    until(world.engagement, now() + timedelta(days=1))
    for call in [Call(lambda: announce(at=now())) for _ in range(3)]:
        call.result()
    assert types(world.northwind) == ["engagement.ending"]
    connections.close_all()


# -- with the change, and in order --------------------------------------------------------------------------


def tell_plainly(partner: Partner, *, at: datetime | None = None) -> None:
    tell(EventType.ENGAGEMENT_ENDING, {partner.pk: {}}, at=at or now())


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_is_told_to_nobody(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    partner = make_partner()
    with django_capture_on_commit_callbacks() as after_commit:
        with suppress(RuntimeError), transaction.atomic():
            tell_plainly(partner)
            raise RuntimeError
        assert not PartnerEvent.objects.exists()
    assert after_commit == []
    with django_capture_on_commit_callbacks() as after_commit:
        tell_plainly(partner)
        tell_plainly(partner)
    assert after_commit == [wake]


def _wake_ups() -> int:
    """How many times a worker was asked to give out positions."""
    with Redis.from_url(configured.REDIS_URL) as redis:
        sent: Any = redis.lrange("celery", 0, -1)
    return sum(json.loads(message)["headers"]["task"] == "users.tasks.give_positions" for message in sent)


def test_waking_asks_a_worker_for_a_task_that_is_there() -> None:
    before = _wake_ups()
    wake()
    assert _wake_ups() > before
    assert tasks.give_positions.name == "users.tasks.give_positions"


@pytest.mark.process
def test_with_the_broker_away_nothing_fails() -> None:
    script = "import django; django.setup(); from users.services.events import wake; wake()"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "privacy_app.settings", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, env=environment, capture_output=True, check=True
    )
    assert b"events.broker_away" in done.stderr


@pytest.mark.django_db
def test_each_partner_reads_in_an_order_of_its_own_without_gaps() -> None:
    one, other = make_partner("One"), make_partner("Other")
    for number in range(6):
        tell_plainly((one, other)[number % 3 == 0], at=NOW + timedelta(seconds=number))
    assert PartnerEvent.objects.filter(position=None).count() == 6
    assert not events_after(one, 0).exists()
    assert give_positions(at=now()) == 6
    assert give_positions(at=now()) == 0
    for partner, count in ((one, 4), (other, 2)):
        rows = list(events_after(partner, 0))
        assert [row.position for row in rows] == list(range(1, count + 1))
        assert [row.at for row in rows] == sorted(row.at for row in rows)
    tell_plainly(other, at=NOW)
    give_positions(at=now())
    assert [row.position for row in events_after(other, 2)] == [3]


class Slow:
    """A transaction that tells a partner something and does not commit yet."""

    def __init__(self, partner: Partner) -> None:
        self._partner = partner
        self._may_commit = False
        self.has_told = False
        self._call = Call(self._run)
        while not self.has_told:
            time.sleep(0.01)

    def _run(self) -> None:
        with transaction.atomic():
            tell_plainly(self._partner)
            self.has_told = True
            while not self._may_commit:
                time.sleep(0.01)

    def commit(self) -> None:
        self._may_commit = True
        self._call.result()


def test_a_reader_misses_nothing_that_committed_late(committed_db: str) -> None:
    partner = make_partner()
    slow = Slow(partner)
    tell_plainly(partner)
    give_positions(at=now())
    (seen,) = events_after(partner, 0)
    assert seen.position == 1
    slow.commit()
    assert not events_after(partner, 1).exists()
    give_positions(at=now())
    (late,) = events_after(partner, 1)
    assert (late.position, late.at < seen.at) == (2, True)
    connections.close_all()


def test_a_round_waits_for_the_one_before_and_takes_what_committed_meanwhile(committed_db: str) -> None:
    partner = make_partner()
    tell_plainly(partner)
    with transaction.atomic():
        assert give_positions(at=now()) == 1
        next_round = Call(lambda: give_positions(at=now()))
        assert next_round.waits()
        Call(lambda: tell_plainly(partner)).result()
        assert not events_after(partner, 1).exists()
    assert next_round.result() == 1
    assert [event.position for event in events_after(partner, 0)] == [1, 2]
    connections.close_all()


def test_however_transactions_rounds_and_readers_fall_each_event_is_read_once_and_in_order(committed_db: str) -> None:
    partner = make_partner()
    writers, each = 6, 12
    chance = random.Random(7)
    pauses = [[chance.random() / 50 for _ in range(each)] for _ in range(writers)]

    def write(pauses_of_one: list[float]) -> Callable[[], None]:
        def run() -> None:
            for pause in pauses_of_one:
                with transaction.atomic():
                    tell_plainly(partner)
                    time.sleep(pause)

        return run

    def drain() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and any(call.goes_on for call in writing):
            give_positions(at=now())

    seen: list[UUID] = []

    def follow() -> list[int]:
        """Read as a partner does, always after the last position."""
        positions = [0]
        deadline = time.monotonic() + 20
        while len(seen) < writers * each and time.monotonic() < deadline:
            for event in events_after(partner, positions[-1])[:5]:
                seen.append(event.pk)
                positions.append(event.position or 0)
        return positions[1:]

    writing = [Call(write(pauses_of_one)) for pauses_of_one in pauses]
    draining = [Call(drain), Call(drain)]
    reader = Call(follow)
    for call in (*writing, *draining):
        call.result()
    give_positions(at=now())
    assert reader.result() == list(range(1, writers * each + 1))
    assert len(set(seen)) == writers * each
    connections.close_all()


def test_an_event_that_an_erasure_holds_is_placed_after_it_and_nobody_deadlocks(committed_db: str) -> None:
    partner = make_partner()
    tell_plainly(partner)
    tell_plainly(partner)
    held = PartnerEvent.objects.latest("at")
    with transaction.atomic():
        PartnerEvent.objects.filter(pk=held.pk).update(person=None)
        assert Call(lambda: give_positions(at=now())).result() == 1
    assert give_positions(at=now()) == 1
    held.refresh_from_db()
    assert held.position == 2
    connections.close_all()


# -- forgetting -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_acknowledged_long_ago_is_forgotten_but_for_what_is_counted_from_and_told_once() -> None:
    partner = make_partner()
    for number in range(4):
        tell_plainly(partner, at=NOW + timedelta(seconds=number))
    tell(EventType.ENGAGEMENT_ENDED, {partner.pk: {}}, at=NOW + timedelta(seconds=9), occasion="once")
    tell_plainly(partner, at=NOW + timedelta(seconds=10))
    give_positions(at=now())
    PartnerEvent.objects.exclude(position=2).update(acknowledged_at=NOW)
    assert forget(before=NOW) == 0
    assert forget(before=NOW + timedelta(days=1)) == 3
    assert [event.position for event in events_after(partner, 0)] == [2, 5, 6]
    tell_plainly(partner)
    tell(EventType.ENGAGEMENT_ENDED, {partner.pk: {}}, at=now(), occasion="once")
    assert give_positions(at=now()) == 1
    assert [event.position for event in events_after(partner, 6)] == [7]
