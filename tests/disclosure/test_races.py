"""Reads against everything that forbids them, on real connections to a real PostgreSQL.

Why the order of the ledger is a possible order of events. `seq` comes from a sequence, and the order in which a
sequence hands out numbers is not the order in which transactions commit. It is for any two transactions that conflict:
a read shares the locks of what it rests on, a change that forbids it excludes them, each appends to the ledger after
it has the lock and keeps the lock until it has committed. So whichever of the two gets the lock second asks the sequence
for its number only after the first has got its own and has committed. The sequence hands out ever larger numbers (no
session keeps a stock of them: `cache` is 1); hence a read that commits before a withdrawal has the lower `seq`, always,
and a read with the higher one has seen the withdrawal and refuses. Two reads may come in either order: neither changes
what the other rests on.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone

from consent.services import consents
from consent.services.policies import publish
from consent.services.purposes import Marking
from consent.states import Event
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import DisclosureRequest, Engagement, Release, Revocation, ServiceKind
from disclosure.records import replay
from disclosure.services import engagements
from disclosure.services.disclosures import Disclosure, read_disclosures, request_disclosures
from disclosure.services.revocations import revoke
from disclosure.services.service_kinds import change_kind
from disclosure.services.service_requests import close_service, open_service
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.append_only import app_role
from privacy_app.ledger.models import Entry
from privacy_app.ledger.verification import findings
from tests.api.callers import ADA, BEN, FIELDS, World, everything, query
from tests.concurrently import Call, on_own_connection
from tests.users.makers import browser_of, someone
from users.models import DataElement, Freeze, IdempotencyKey, User
from users.services.actors import pseudonym_of
from users.services.elements import change_element
from users.services.erasure import erase
from users.services.freezing import freeze
from users.services.people import bring_in, pairwise_ids_of

FORBIDDING = ("consent.changed", "person.frozen", "engagement.ended")


@pytest.fixture
def world(committed_db: str) -> Iterator[World]:
    yield World()
    connections.close_all()


def now() -> datetime:
    return timezone.now()


def person_of(email: str) -> User:
    return User.objects.get(email=email)


def consenting(world: World, email: str) -> User:
    person = bring_in(email=email, phone=None, locale="en", items=[], by=SYSTEM, at=now())
    consents.change(subject(world, person), Event.GIVE, by=SYSTEM, at=now())
    return person


def subject(world: World, person: User) -> consents.Subject:
    return consents.Subject(person, world.updates, world.northwind.partner)


def withdraw(world: World, person: User) -> None:
    consents.change(subject(world, person), Event.WITHDRAW, by=SYSTEM, at=now())


def handles(world: World, people: Sequence[User], **more: Any) -> list[UUID]:
    names = pairwise_ids_of(world.northwind.partner, [person.pk for person in people], at=now())
    asked = {"purpose": "updates", "fields": tuple(FIELDS), "ground": Ground.CONSENT, "action": "share", **more}
    queries = [Query("id", str(names[person.pk]), **asked) for person in people]
    answers = request_disclosures(world.northwind.client, queries, clock=now)
    return [answer.request.pk for answer in answers]


def read(world: World, *ids: UUID) -> list[Disclosure]:
    return [found for found in read_disclosures(world.northwind.client, ids, clock=now) if found]


def codes_of(disclosure: Disclosure) -> list[str]:
    return [reason["code"] for reason in disclosure.decision["reasons"]]


# -- many at once -------------------------------------------------------------------------------------


class Race:
    """200 people under 20 engagements: 90 withdraw, 90 are frozen, and all engagements end. Each is read while that goes on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: dict[UUID, User] = {}
        self.engagement_of: dict[UUID, Engagement] = {}
        self.returned: dict[UUID, datetime] = {}
        begun = now()
        for number in range(20):
            # The newest engagement is the one under which the next handles are given.
            engagement = world.engage(world.northwind, [world.updates], at=begun + timedelta(microseconds=number + 1))
            people = [consenting(world, f"person-{number}-{place}@lantern.example") for place in range(10)]
            for id_, person in zip(handles(world, people), people, strict=True):
                self.people[id_], self.engagement_of[id_] = person, engagement

    def forbidden_in_turn(self) -> list[Callable[[], None]]:
        ids = list(self.people)
        acts = [self._act_on(id_, number) for number, id_ in enumerate(ids)]
        random.Random(2).shuffle(acts)
        return acts

    def _act_on(self, id_: UUID, number: int) -> Callable[[], None]:
        if number % 10 == 9:
            return partial(self._end, self.engagement_of[id_])
        return partial(self._withdraw if number % 2 else self._freeze, self.people[id_])

    def _end(self, engagement: Engagement) -> None:
        engagements.end(engagement, reason="over", by=SYSTEM, at=now())
        self.returned[engagement.pk] = now()

    def _withdraw(self, person: User) -> None:
        withdraw(self.world, person)
        self.returned[person.pk] = now()

    def _freeze(self, person: User) -> None:
        freeze(person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=now())
        self.returned[person.pk] = now()

    def read(self, ids: tuple[UUID, ...]) -> None:
        read(self.world, *ids)

    def reads_in_turn(self) -> list[tuple[UUID, ...]]:
        """150 of one handle, 50 of five at once."""
        pick = random.Random(3)
        ids = list(self.people)
        return [tuple(pick.sample(ids, 5 if number % 4 == 3 else 1)) for number in range(200)]


@pytest.mark.clause("PRE-2")
@pytest.mark.clause("USE-a")
@pytest.mark.clause("SEC-b")
def test_of_200_reads_none_stands_in_the_ledger_after_what_forbids_it(world: World) -> None:
    race = Race(world)
    reads = race.reads_in_turn()
    began = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        calls: list[Future[None]] = []
        for act, ids in zip(race.forbidden_in_turn(), reads, strict=True):
            calls.append(pool.submit(on_own_connection, act))
            calls.append(pool.submit(on_own_connection, partial(race.read, ids)))
        for call in calls:
            call.result()
    assert time.monotonic() - began < 120

    forbidden: dict[UUID | str, int] = {}
    for entry in Entry.objects.filter(kind__in=FORBIDDING):
        if entry.kind == "engagement.ended":
            forbidden[entry.body["engagement"]] = entry.seq
        elif entry.kind == "person.frozen" or entry.body["after"] == "ConsentWithdrawn":
            assert entry.pseudonym is not None
            forbidden[entry.pseudonym] = entry.seq
    assert len(forbidden) == len(race.returned) == 200

    permitted = Release.objects.select_related("request", "person")
    for release in permitted:
        pseudonym = pseudonym_of(release.person)
        assert pseudonym is not None
        for key, own in (
            (pseudonym, release.person_id),
            (str(release.request.engagement_id), release.request.engagement_id),
        ):
            assert own is not None
            assert key not in forbidden or release.entry_id < forbidden[key]
            assert own not in race.returned or release.at < race.returned[own]

    # Nothing is lost: an entry for each read, and for each release.
    kinds = ("disclosure.read", "disclosure.read_refused")
    assert Entry.objects.filter(kind__in=kinds).count() == sum(map(len, reads))
    assert {release.entry_id for release in permitted} == set(
        Entry.objects.filter(kind="disclosure.read").values_list("seq", flat=True)
    )
    # Some came before and some after, or the race has shown nothing.
    assert 20 < len(permitted) < sum(map(len, reads)) - 20
    assert all(finding.matches for finding in findings())
    assert all(replay(entry.body) for entry in Entry.objects.filter(kind__in=kinds))
    assert not any(disclosure.is_permitted for disclosure in read(world, *race.people))


@pytest.mark.clause("PRE-2")
def test_no_session_keeps_a_stock_of_sequence_numbers(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seqcache, seqincrement, seqcycle FROM pg_sequence"
            " WHERE seqrelid = pg_get_serial_sequence('ledger_entry', 'seq')::regclass"
        )
        assert cursor.fetchone() == (1, 1, False)


# -- one behind the other -----------------------------------------------------------------------------

Forbid = Callable[[World, User], None]


def end_engagement(world: World, person: User) -> None:
    engagements.end(world.engagement, reason="over", by=SYSTEM, at=now())


def narrow_engagement(world: World, person: User) -> None:
    engagements.change(
        world.engagement,
        role="processor",
        valid_from=world.engagement.valid_from,
        valid_until=None,
        purposes=[world.updates, world.parcel],
        fields=["contact.address"],
        actions=["share"],
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=now(),
    )


def freeze_person(world: World, person: User) -> None:
    freeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=now())


def erase_person(world: World, person: User) -> None:
    erase(person, by=SYSTEM, at=now())


def rest_the_purpose_on_a_contract(world: World, person: User) -> None:
    world.publish("updates", basis="contract")


def change_the_meaning(world: World, person: User) -> None:
    world.publish("updates", marking=Marking(meaning_changed=True))


def name_nobody(world: World, person: User) -> None:
    world.publish("updates", recipients=[])


def exclude_the_fields(world: World, person: User) -> None:
    for element in DataElement.objects.filter(key__in=FIELDS):
        change_element(
            element,
            title_en=element.title_en,
            title_zh_hans=element.title_zh_hans,
            dpv_term=element.dpv_term,
            format=element.format,
            is_sensitive=False,
            excluded_by="EXC-b",
            retention_days=None,
            by=SYSTEM,
            at=now(),
        )


ON_CONSENT: list[tuple[Forbid, str]] = [
    (withdraw, "consent_withdrawn"),
    (freeze_person, "person_frozen"),
    (erase_person, "person_erased"),
    (end_engagement, "engagement_ended"),
    (narrow_engagement, "field_not_engaged"),
    (rest_the_purpose_on_a_contract, "basis_mismatch"),
    (change_the_meaning, "consent_ended"),
    (name_nobody, "text_not_covering_field"),
    (exclude_the_fields, "excluded_field"),
]


def revoke_disclosures(world: World, person: User) -> None:
    for request in person.disclosure_requests.all():
        revoke(request, cause=Revocation.Cause.OBJECTION, by=SYSTEM, at=now())


def close_services(world: World, person: User) -> None:
    for request in person.service_requests.all():
        close_service(request, by=SYSTEM, at=now())


def need_less(world: World, person: User) -> None:
    kind = ServiceKind.objects.get()
    change_kind(
        kind,
        title_en=kind.title_en,
        title_zh_hans=kind.title_zh_hans,
        necessary_fields=["contact.address"],
        by=SYSTEM,
        at=now(),
    )


ON_SERVICE: list[tuple[Forbid, str]] = [(close_services, "service_ended"), (need_less, "field_not_necessary")]

EVERY_WAY = [
    *[pytest.param(Ground.CONSENT, forbid, code, id=forbid.__name__) for forbid, code in ON_CONSENT],
    *[pytest.param(Ground.SERVICE_REQUEST, forbid, code, id=forbid.__name__) for forbid, code in ON_SERVICE],
    pytest.param(Ground.CONSENT, revoke_disclosures, "disclosure_revoked", id="revoke_disclosures"),
]


def permitted_handle(world: World, ground: Ground) -> tuple[User, UUID]:
    person = consenting(world, ADA)
    if ground is Ground.CONSENT:
        return person, handles(world, [person])[0]
    open_service(person=person, partner=world.northwind.partner, kind=ServiceKind.objects.get(), by=SYSTEM, at=now())
    more = {"purpose": "parcel", "ground": ground, "fields": ("contact.phone",)}
    return person, handles(world, [person], **more)[0]


def last_entry() -> int:
    return int(Entry.objects.latest("seq").seq)


@pytest.mark.clause("PRE-2")
@pytest.mark.parametrize(("ground", "forbid", "code"), EVERY_WAY)
def test_a_read_that_had_to_wait_sees_what_it_waited_for(
    world: World, ground: Ground, forbid: Forbid, code: str
) -> None:
    """The trap: rows joined to the locked one, or read before it, would be those of before the wait."""
    person, handle = permitted_handle(world, ground)
    with transaction.atomic():
        forbid(world, person)
        written = last_entry()
        reading = Call(lambda: read(world, handle))
        assert reading.waits()
        about_to_commit = now()
    (disclosure,) = reading.result()
    assert code in codes_of(disclosure)
    assert not disclosure.is_permitted
    assert not Release.objects.exists()
    assert last_entry() > written
    assert datetime.fromisoformat(disclosure.decision["decided_at"]) > about_to_commit


@pytest.mark.clause("PRE-2")
def test_a_server_whose_default_is_one_snapshot_a_transaction_changes_nothing(world: World, committed_db: str) -> None:
    _, handle = permitted_handle(world, Ground.CONSENT)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER DATABASE \"{committed_db}\" SET default_transaction_isolation TO 'repeatable read'")
    pool: Any = connection
    connection.close()
    pool.close_pool()
    with transaction.atomic():
        end_engagement(world, person_of(ADA))
        reading = Call(lambda: read(world, handle))
        assert reading.waits()
    assert codes_of(reading.result()[0]) == ["engagement_ended"]


@pytest.mark.clause("PRE-2")
@pytest.mark.parametrize(("ground", "forbid", "code"), EVERY_WAY)
def test_what_forbids_a_read_waits_until_that_read_is_over(
    world: World, ground: Ground, forbid: Forbid, code: str
) -> None:
    person, handle = permitted_handle(world, ground)
    with transaction.atomic():
        (disclosure,) = read(world, handle)
        written = last_entry()
        forbidding = Call(lambda: forbid(world, person))
        assert forbidding.waits()
    forbidding.result()
    assert disclosure.is_permitted
    assert Release.objects.get().entry_id == written < last_entry()
    assert code in codes_of(read(world, handle)[0])


@pytest.mark.clause("PRE-3")
def test_a_read_that_waited_for_a_publication_cites_the_new_policy(world: World) -> None:
    _, handle = permitted_handle(world, Ground.CONSENT)
    with transaction.atomic():
        texts = {"en": "# New", "zh-hans": "# 新"}
        agreement = publish(policy_texts=texts, agreement_texts=texts, prevailing_language="en", by=SYSTEM, at=now())
        reading = Call(lambda: read(world, handle))
        assert reading.waits()
    (disclosure,) = reading.result()
    assert disclosure.decision["policy_version"] == agreement.policy.version > 1


@pytest.mark.clause("USE-a")
def test_an_engagement_ended_by_a_clock_that_is_ahead_has_ended(world: World) -> None:
    _, handle = permitted_handle(world, Ground.CONSENT)
    engagements.end(world.engagement, reason="over", by=SYSTEM, at=now() + timedelta(minutes=5))
    (disclosure,) = read(world, handle)
    assert codes_of(disclosure) == ["engagement_ended"]


# -- nobody waits without end ---------------------------------------------------------------------------


class Relay:
    """Two who share one person's row in turn, the next always before the last lets go: there is no gap for a change."""

    def __init__(self, person: User) -> None:
        self.person = person
        self.over = threading.Event()
        self.takes = 0
        self._taken_by_other = (threading.Semaphore(0), threading.Semaphore(0))

    def first(self) -> None:
        while not self.over.is_set():
            self._take_until_other(0)

    def second(self) -> None:
        self._taken_by_other[1].acquire()
        while not self.over.is_set():
            self._take_until_other(1)

    def _take_until_other(self, me: int) -> None:
        with transaction.atomic():
            locks.share(people=[self.person.pk])
            self.takes += 1
            self._taken_by_other[1 - me].release()
            # The other may have to wait, too, once the change has got ahead of it.
            self._taken_by_other[me].acquire(timeout=2)


@pytest.mark.clause("DIS-a")
def test_a_partner_that_never_stops_reading_does_not_hold_up_a_withdrawal(world: World) -> None:
    person, handle = permitted_handle(world, Ground.CONSENT)
    relay = Relay(person)
    readers = [Call(relay.first), Call(relay.second)]
    try:
        while relay.takes < 2:
            time.sleep(0.01)
        withdrawing = Call(lambda: withdraw(world, person))
        assert withdrawing.waits()
        began = time.monotonic()
        withdrawing.result()
        assert time.monotonic() - began < 30
        assert all(reader.goes_on for reader in readers)
    finally:
        relay.over.set()
    for reader in readers:
        reader.result()
    assert relay.takes > 20
    assert codes_of(read(world, handle)[0]) == ["consent_withdrawn"]


@pytest.mark.clause("DIS-a")
def test_what_expires_waits_for_no_read_and_holds_up_nobody(world: World) -> None:
    read_now, other = consenting(world, ADA), consenting(world, BEN)
    then = now() + timedelta(days=366)
    with transaction.atomic():
        locks.share(people=[read_now.pk])
        expiring = Call(lambda: consents.expire_due(at=then))
        assert not expiring.waits()
    assert expiring.result() == 1
    assert other.consents.get().state == "ConsentExpired"
    assert consents.expire_due(at=then) == 1


@pytest.mark.clause("SEC-a")
def test_a_read_in_progress_keeps_nobody_from_logging_in(world: World) -> None:
    person = someone()
    with transaction.atomic():
        locks.share(people=[person.pk])
        logging_in = Call(lambda: browser_of(person, agent="Firefox"))
        assert not logging_in.waits()
    assert logging_in.result().get("/en/me/").status_code == 200
    person.refresh_from_db()
    assert person.last_login is None
    browser_of(person, agent="Firefox")
    person.refresh_from_db()
    assert person.last_login is not None


@pytest.mark.clause("DIS-a")
def test_a_deadlock_is_tried_again(world: World) -> None:
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    @locks.in_transaction
    def take(first: UUID, second: UUID) -> None:
        tries.append(1)
        locks.exclude(partners=[first])
        with suppress(threading.BrokenBarrierError):
            both_hold_one.wait(5 if len(tries) <= 2 else 0)
        locks.exclude(partners=[second])

    one, two = world.northwind.partner.pk, world.harbour.partner.pk
    calls = [Call(lambda: take(one, two)), Call(lambda: take(two, one))]
    for call in calls:
        call.result()
    assert len(tries) == 3


# -- no release without its record ------------------------------------------------------------------------


@pytest.fixture
def ledger_closed(world: World) -> Callable[[], None]:
    def close() -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'REVOKE INSERT ON ledger_entry FROM "{app_role()}"')

    return close


@pytest.mark.clause("PRE-2")
def test_nothing_is_released_or_changed_where_the_ledger_cannot_be_written(
    world: World, ledger_closed: Callable[[], None]
) -> None:
    world.person_consenting()
    handle = world.northwind.post("disclosures", query(), key="before").json()["id"]
    before = everything()
    ledger_closed()
    answers = [
        world.northwind.get(f"disclosures/{handle}/data"),
        world.northwind.post("disclosures/read", {"ids": [handle]}),
        world.northwind.post("disclosures", query(), key="after"),
        world.northwind.post("disclosures/batch", {"requests": [query()]}, key="after"),
        world.northwind.post("decisions", {"queries": [query()]}),
    ]
    for answer in answers:
        assert answer.status_code == 500
        assert answer["Content-Type"] == "application/problem+json"
        assert ADA.encode() not in answer.content
    with pytest.raises(ProgrammingError, match="permission denied"):
        withdraw(world, person_of(ADA))
    assert everything() == before


# -- the same key at the same time -----------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_a_request_under_a_key_that_is_in_flight_is_refused(world: World) -> None:
    world.person_consenting()
    with transaction.atomic():
        first = world.northwind.post("disclosures", query(), key="one")
        second = Call(lambda: world.northwind.post("disclosures", query(), key="one")).result()
    assert first.status_code == 201
    assert second.status_code == 409
    assert second.json()["type"] == "urn:privacy-app:problem:in-flight"
    assert world.northwind.post("disclosures", query(), key="one").json() == first.json()


@pytest.mark.clause("PRE-2")
def test_of_many_requests_under_one_key_at_once_one_takes_effect(world: World) -> None:
    world.person_consenting()
    calls = [Call(lambda: world.northwind.post("disclosures", query(), key="one")) for _ in range(8)]
    answers = [call.result() for call in calls]
    assert {answer.status_code for answer in answers} <= {201, 409}
    (request,) = DisclosureRequest.objects.all()
    made = [answer for answer in answers if answer.status_code == 201]
    assert made
    assert {answer.json()["id"] for answer in made} == {str(request.pk)}
    assert Entry.objects.filter(kind="disclosure.decided").count() == 1
    assert IdempotencyKey.objects.filter(client=world.northwind.client, key="one").count() == 1
