"""What a call costs does not grow with what it is about: a batch of 1,000 takes as many queries as one of a single member."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.callers import FIELDS, Caller, World

pytestmark = pytest.mark.django_db

PEOPLE = 20


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def names(world: World) -> list[str]:
    """People, half of them with a consent and an open service, by Northwind's names for them."""
    names = []
    for number in range(PEOPLE):
        email = f"person-{number}@lantern.example"
        subject = world.bring_in(email)
        if number % 2:
            world.consent(subject)
            world.service_for(subject)
        names.append(world.name_of(world.northwind, email))
    return names


def questions(names: list[str], count: int) -> list[dict[str, Any]]:
    """As many questions as wanted, on both grounds, in turn about everybody."""
    on_consent = {"purpose": "updates", "fields": FIELDS}
    on_service = {"purpose": "parcel", "fields": ["contact.phone"], "ground": "service_request"}
    return [
        {"subject": {"id": names[number % len(names)]}, **(on_service if number % 3 == 2 else on_consent)}
        for number in range(count)
    ]


def cost(ask: Callable[..., Any], *arguments: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = ask(*arguments)
    assert answer.status_code == 200, answer.content
    return len(captured)


def read(caller: Caller, handles: list[str]) -> Any:
    return caller.post("disclosures/read", {"ids": handles})


@pytest.mark.clause("PRE-2")
def test_decisions_cost_the_same_however_many_are_asked(world: World, names: list[str]) -> None:
    def ask(count: int) -> int:
        return cost(lambda: world.northwind.post("decisions", {"queries": questions(names, count)}))

    ask(1)
    assert ask(3) == ask(50) == ask(1000) <= 20


@pytest.mark.clause("PRE-2")
def test_disclosures_cost_the_same_however_many_are_requested_and_read(world: World, names: list[str]) -> None:
    def request(count: int) -> tuple[int, list[str]]:
        answers: list[Any] = []

        def ask() -> Any:
            body = {"requests": questions(names, count)}
            answers.append(world.northwind.post("disclosures/batch", body, key=world.new_key()))
            return answers[0]

        queries = cost(ask)
        made = answers[0].json()["disclosures"]
        assert {disclosure["status"] for disclosure in made} == {"released", "refused"}
        return queries, [disclosure["id"] for disclosure in made]

    request(3)
    few, many, most = request(3), request(50), request(1000)
    assert few[0] == many[0] == most[0] <= 40
    reads = [cost(read, world.northwind, ids) for _, ids in (few, many, most)]
    assert reads[0] == reads[1] == reads[2] <= 30


@pytest.mark.clause("PRE-2")
def test_a_page_of_ones_own_requests_costs_the_same_however_long_it_is(world: World, names: list[str]) -> None:
    world.northwind.post("disclosures/batch", {"requests": questions(names, 250)}, key=world.new_key())

    def page(limit: int) -> int:
        return cost(lambda: world.northwind.get("disclosures", limit=str(limit)))

    page(1)
    assert page(2) == page(50) == page(200) <= 10
