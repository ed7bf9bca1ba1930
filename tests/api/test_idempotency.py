"""The same call under the same Idempotency-Key is done once, however often it is sent."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from privacy_app import keyrings, locks
from privacy_app.crypto import fingerprint
from tests.api.callers import ADA, BEN, Caller, World, contributed, everything, is_problem, query
from users.models import IdempotencyKey, User
from users.tasks import prune_idempotency_keys

pytestmark = pytest.mark.clause("PRE-1")

CREATING: dict[str, Callable[[World], tuple[Caller, str, dict[str, Any]]]] = {
    "people": lambda world: (world.website, "people", {"email": BEN}),
    "consents": lambda world: (world.website, "consents", world.consent_of(world.bring_in(ADA))),
    "service-requests": lambda world: (
        world.website,
        "service-requests",
        {
            "subject": {"id": world.bring_in(ADA)},
            "partner": str(world.northwind.partner.pk),
            "kind": "parcel-delivery",
        },
    ),
    "disclosures": lambda world: (world.northwind, "disclosures", query()),
    "contributions": lambda world: (world.northwind, "contributions", contributed()),
    "batch": lambda world: (
        world.northwind,
        "disclosures/batch",
        {"requests": [query(), query(purpose="none"), query(BEN)]},
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("call", CREATING)
def test_sent_again_it_gives_the_same_result_and_has_one_effect(world: World, call: str) -> None:
    world.person_consenting(ADA)
    caller, path, body = CREATING[call](world)
    content = json.dumps(body)
    first = caller.send("POST", path, content, key="one")
    assert first.status_code in (200, 201)
    before = everything()
    for _ in range(3):
        again = caller.send("POST", path, content, key="one")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert everything() == before


@pytest.mark.django_db
def test_under_another_key_it_is_another_request(world: World) -> None:
    world.person_consenting()
    first, second = (world.northwind.post("disclosures", query(), key=key).json()["id"] for key in ("one", "two"))
    assert first != second


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["body", "whitespace", "path"])
def test_under_a_used_key_nothing_else_is_done(world: World, change: str) -> None:
    world.person_consenting()
    content = json.dumps(query())
    world.northwind.send("POST", "disclosures", content, key="one")
    before = everything()
    if change == "path":
        answer = world.northwind.post("disclosures/batch", {"requests": [query()]}, key="one")
    else:
        other = json.dumps(query(country="CN")) if change == "body" else content + " "
        answer = world.northwind.send("POST", "disclosures", other, key="one")
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":idempotency-key-reused")
    assert everything() == before


@pytest.mark.django_db
def test_what_is_recognised_is_the_method_the_address_and_every_byte_of_the_body(world: World) -> None:
    world.person_consenting()
    content = json.dumps(query())
    world.northwind.send("POST", "disclosures", content, key="one")
    mark = bytes(IdempotencyKey.objects.get(key="one").fingerprint)
    key = keyrings.index_keys().newest
    assert mark == fingerprint(content.encode(), key=key, purpose="POST /api/v1/disclosures")
    assert mark != fingerprint(content.encode(), key=key, purpose="POST /api/v1/people")
    assert mark != fingerprint(content.encode(), key=key, purpose="PUT /api/v1/disclosures")


@pytest.mark.django_db
def test_keys_of_different_clients_have_nothing_to_do_with_each_other(world: World) -> None:
    world.person_consenting()
    colleague = Caller(world.northwind.partner, ["disclosures"])
    callers = (world.northwind, world.harbour, colleague)
    ids = {caller.post("disclosures", query(), key="one").json()["id"] for caller in callers}
    assert len(ids) == 3


@pytest.mark.django_db
def test_what_failed_leaves_the_key_free(world: World) -> None:
    subject = world.bring_in(ADA)
    refused = world.website.post("consents", {**world.consent_of(subject), "state": "ConsentRevoked"}, key="one")
    assert is_problem(refused, 422)
    assert not IdempotencyKey.objects.filter(key="one").exists()
    given = world.website.post("consents", world.consent_of(subject), key="one")
    assert given.status_code == 201


@pytest.mark.django_db
def test_what_is_kept_is_a_mark_and_a_reference_and_nothing_that_was_sent_or_answered(world: World) -> None:
    world.person_consenting()
    disclosure = world.northwind.post("disclosures", query(), key="one").json()
    row = IdempotencyKey.objects.get(key="one")
    assert len(bytes(row.fingerprint)) == 32
    assert row.result == [disclosure["id"]]
    assert ADA not in str(IdempotencyKey.objects.values_list("result", flat=True))


@pytest.mark.django_db
@pytest.mark.clause("DIS-a")
def test_a_consent_sent_again_after_its_withdrawal_is_not_given_again(world: World) -> None:
    content = json.dumps(world.consent_of(world.bring_in(ADA)))
    assert world.website.send("POST", "consents", content, key="one").json()["state"] == "ConsentGiven"
    assert world.consent(world.bring_in(ADA), "ConsentWithdrawn").status_code == 201
    again = world.website.send("POST", "consents", content, key="one")
    assert again.json()["state"] == "ConsentWithdrawn"
    assert world.northwind.post("disclosures", query(), key="two").json()["status"] == "refused"


@pytest.mark.django_db
def test_a_result_shows_what_it_refers_to_as_it_stands_now(world: World) -> None:
    _, path, body = CREATING["service-requests"](world)
    opened = world.website.post(path, body, key="one").json()
    world.website.patch(f"service-requests/{opened['id']}", {"status": "closed"})
    again = world.website.post(path, body, key="one").json()
    assert (again["id"], again["status"]) == (opened["id"], "closed")


@pytest.mark.django_db
def test_a_key_is_remembered_for_a_day_and_then_forgotten(world: World) -> None:
    world.person_consenting()
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        first = world.northwind.post("disclosures", query(), key="one").json()["id"]
    with time_machine.travel(now + timedelta(hours=24), tick=False):
        prune_idempotency_keys()
        world.northwind.token = world.northwind.fresh_token()
        assert world.northwind.post("disclosures", query(), key="one").json()["id"] == first
    with time_machine.travel(now + timedelta(hours=24, seconds=1), tick=False):
        prune_idempotency_keys()
        assert world.northwind.post("disclosures", query(), key="one").json()["id"] != first


@pytest.mark.django_db
def test_a_request_is_recognised_after_the_keys_were_rotated(world: World, settings: Settings) -> None:
    content = json.dumps(query(subject={"id": world.name_of(world.northwind)})) if world.person_consenting() else ""
    first = world.northwind.send("POST", "disclosures", content, key="one").json()["id"]
    settings.INDEX_KEYS = "new:" + "A" * 43 + "=," + settings.INDEX_KEYS
    keyrings.index_keys.cache_clear()
    try:
        assert world.northwind.send("POST", "disclosures", content, key="one").json()["id"] == first
        assert is_problem(world.northwind.send("POST", "disclosures", content + " ", key="one"), 422)
    finally:
        keyrings.index_keys.cache_clear()


# -- at the same time ---------------------------------------------------------------------------


def test_while_the_first_is_in_flight_the_second_is_told_so(world: World) -> None:
    subject = world.bring_in(ADA)
    held, done = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert locks.try_exclude("idempotency", f"{world.website.client.pk}:one")
                held.set()
                done.wait(20)
        finally:
            connection.close()

    holder = Thread(target=hold)
    holder.start()
    assert held.wait(20)
    before = everything()
    answer = world.website.post("consents", world.consent_of(subject), key="one")
    unchanged = everything() == before
    done.set()
    holder.join()
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":in-flight")
    assert unchanged
    assert world.website.post("consents", world.consent_of(subject), key="one").status_code == 201


def test_sent_many_times_at_once_it_has_one_effect(world: World) -> None:
    content = json.dumps({"email": BEN})

    def send(_: int) -> Any:
        try:
            return world.website.send("POST", "people", content, key="one")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert User.objects.filter(email=BEN).count() == 1
    assert IdempotencyKey.objects.filter(key="one").count() == 1
