"""Nobody is found out by asking: whoever a partner has nothing to do with, the answer is the same and costs the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.queries import agreement_in_force
from consent.services.sign_up import sign_up
from privacy_app.ledger.actors import SYSTEM
from tests.api.callers import FIELDS, NOBODY, Caller, World, codes, contributed
from users.models import Freeze, PersonalDataItem, User
from users.services.erasure import erase
from users.services.freezing import freeze

pytestmark = pytest.mark.django_db

KINDS = ("id", "email", "phone")
GROUNDS = {
    "consent": {"purpose": "updates", "fields": FIELDS},
    "service_request": {"purpose": "parcel", "fields": ["contact.phone"], "ground": "service_request"},
}


@dataclass(frozen=True)
class Named:
    """Somebody, or nobody, by the three names a partner may use."""

    id: str
    email: str
    phone: str

    def by(self, kind: str) -> dict[str, str]:
        return {kind: str(getattr(self, kind))}


def brought_in(world: World, number: int, *, related: bool = False) -> tuple[Named, User]:
    name = Named("", f"person-{number}@lantern.example", f"+86138001380{number:02}")
    subject = world.bring_in(name.email, phone=name.phone)
    if related:
        assert world.consent(subject).status_code == 201
        world.service_for(subject)
    person = User.objects.get(email=name.email)
    return Named(world.name_of(world.northwind, name.email), name.email, name.phone), person


def frozen(person: User) -> None:
    freeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=timezone.now())


def erased(person: User) -> None:
    erase(person, by=SYSTEM, at=timezone.now())


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def strangers(world: World) -> dict[str, Named]:
    """Everybody of whom Northwind may hear nothing."""
    people = {
        "without relation": brought_in(world, 10),
        "frozen, without relation": brought_in(world, 11),
        "erased, without relation": brought_in(world, 12),
        "frozen, with relation": brought_in(world, 13, related=True),
        "erased, with relation": brought_in(world, 14, related=True),
    }
    for what, (_, person) in people.items():
        if "frozen" in what:
            frozen(person)
        elif "erased" in what:
            erased(person)
    unconfirmed = User.objects.create(email="person-15@lantern.example")
    agreement = agreement_in_force(at=timezone.now())
    assert agreement is not None
    sign_up(unconfirmed, agreement, language="en", at=timezone.now())
    return {
        "unknown": Named(NOBODY, "person-16@lantern.example", "+8613800138016"),
        "signed up, address not confirmed": Named(str(uuid4()), "person-15@lantern.example", "+8613800138015"),
        **{what: name for what, (name, _) in people.items()},
    }


def told(answer: Any) -> tuple[Any, ...]:
    """All that can be seen of an answer but ids and times."""
    headers = {name: value for name, value in answer.headers.items() if name != "Date"}
    return answer.status_code, headers, _blank(answer.json())


def _blank(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _blank(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_blank(item) for item in value]
    # Of ids and times, the form and the length stay.
    return len(value) if name in ("id", "data", "at", "requested_at") else value


def asked(ask: Callable[..., Any], *arguments: Any) -> tuple[Any, int]:
    """What is told, and the number of queries."""
    with CaptureQueriesContext(connection) as captured:
        answer = ask(*arguments)
    return told(answer), len(captured)


def assert_all_alike(answers: dict[str, tuple[Any, int]]) -> None:
    """One line for each who differs from somebody unknown."""
    expected = answers["unknown"]
    assert {who: answer for who, answer in answers.items() if answer != expected} == {}


Asking = Callable[[World, dict[str, Any]], Any]


def decision(world: World, query: dict[str, Any]) -> Any:
    return world.northwind.post("decisions", {"queries": [query]})


def disclosure(world: World, query: dict[str, Any]) -> Any:
    return world.northwind.post("disclosures", query, key=world.new_key())


def batch(world: World, query: dict[str, Any]) -> Any:
    return world.northwind.post("disclosures/batch", {"requests": [query, query]}, key=world.new_key())


def contribution(world: World, body: dict[str, Any]) -> Any:
    return world.northwind.post("contributions", body, key=world.new_key())


def ways_to_read(caller: Caller) -> list[Callable[[str], Any]]:
    return [
        lambda handle: caller.get(f"disclosures/{handle}/data"),
        lambda handle: caller.post("disclosures/read", {"ids": [handle]}),
        lambda handle: caller.get(f"disclosures/{handle}"),
    ]


def one_handle(world: World, query: dict[str, Any]) -> str:
    id_: str = disclosure(world, query).json()["id"]
    return id_


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ask", [decision, disclosure, batch])
def test_whoever_is_asked_about_the_answer_and_its_cost_are_the_same(
    world: World, strangers: dict[str, Named], ask: Asking, ground: str, kind: str
) -> None:
    queries = {who: {"subject": name.by(kind), **GROUNDS[ground]} for who, name in strangers.items()}
    ask(world, queries["unknown"])  # what is set up once a process
    answers = {who: asked(ask, world, query) for who, query in queries.items()}
    assert_all_alike(answers)
    (status, _, body), _ = answers["unknown"]
    assert status in (200, 201)
    for answer in body.get("disclosures") or body.get("decisions") or [body]:
        of_partner = answer.get("decision", answer)
        assert codes(of_partner) == ["not_available"]
        assert set(of_partner["fields"].values()) == {"deny"}
        assert answer.get("subject") is None


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("more", "also"),
    [({}, []), ({"channel": None}, ["no_channel", "no_basis", "no_evidence"])],
    ids=["all", "no channel"],
)
def test_whoever_data_is_given_about_the_answer_and_its_cost_are_the_same(
    world: World, strangers: dict[str, Named], kind: str, more: dict[str, Any], also: list[str]
) -> None:
    bodies = {who: contributed(subject=name.by(kind), **more) for who, name in strangers.items()}
    contribution(world, bodies["unknown"])  # what is set up once a process
    held = PersonalDataItem.objects.count()
    answers = {who: asked(contribution, world, body) for who, body in bodies.items()}
    assert_all_alike(answers)
    (status, _, body), _ = answers["unknown"]
    assert (status, codes(body)) == (403, ["not_available", *also])
    assert PersonalDataItem.objects.count() == held


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_whoever_a_refused_handle_is_about_its_reads_and_their_cost_are_the_same(
    world: World, strangers: dict[str, Named], ground: str, kind: str
) -> None:
    northwind = world.northwind
    handles = {who: one_handle(world, {"subject": name.by(kind), **GROUNDS[ground]}) for who, name in strangers.items()}
    northwind.get(f"disclosures/{handles['unknown']}/data")
    for ask in ways_to_read(northwind):
        answers = {who: asked(ask, handle) for who, handle in handles.items()}
        assert_all_alike(answers)
    refused = northwind.get(f"disclosures/{handles['frozen, with relation']}/data")
    assert refused.status_code == 403
    assert codes(refused) == ["not_available"]


@pytest.mark.clause("SEC-b")
def test_a_handle_that_was_good_says_no_more_of_a_freeze_than_of_an_erasure(world: World) -> None:
    handles = {}
    for number, (what, happens) in enumerate({"frozen": frozen, "erased": erased}.items()):
        name, person = brought_in(world, 20 + number, related=True)
        handles[what] = one_handle(world, {"subject": name.by("id"), **GROUNDS["consent"]})
        assert world.northwind.get(f"disclosures/{handles[what]}/data").status_code == 200
        happens(person)
    frozen_answer, erased_answer = (
        asked(world.northwind.get, f"disclosures/{handle}/data") for handle in handles.values()
    )
    assert frozen_answer == erased_answer
    status, _, body = frozen_answer[0]
    assert status == 403
    assert codes(body) == ["not_available"]


@pytest.mark.clause("PRE-1")
def test_somebody_elses_handle_is_as_missing_as_one_that_never_was(world: World) -> None:
    name, _ = brought_in(world, 30, related=True)
    handles = {
        "foreign": one_handle(world, {"subject": name.by("id"), **GROUNDS["consent"]}),
        "missing": str(uuid4()),
    }
    harbour = world.harbour
    harbour.get(f"disclosures/{NOBODY}/data")
    for ask in ways_to_read(harbour):
        answers = [asked(ask, handle) for handle in handles.values()]
        assert answers[0] == answers[1]
    assert harbour.get(f"disclosures/{handles['foreign']}/data").status_code == 404
    assert harbour.get("disclosures").json()["disclosures"] == []
