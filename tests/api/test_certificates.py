"""A partner certifies over the API that it deleted what it had read, and sees what becomes of that (USE-a)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from disclosure.models import CertificateDemand, DeletionCertificate
from disclosure.services import certificates
from privacy_app.ledger.actors import SYSTEM
from tests.api.callers import FIELDS, NOBODY, Caller, World, codes, everything, is_problem
from tests.disclosure.ended import DAY, engaged, over

pytestmark = [pytest.mark.django_db, pytest.mark.clause("USE-a")]


@pytest.fixture
def ended(world: World) -> World:
    """Northwind's only engagement is over."""
    over(world.engagement)
    world.northwind.log_in_again()
    return world


def words(**other: Any) -> dict[str, Any]:
    return {
        "certifier": {"name": "Wang Fang", "office": "Data protection officer"},
        "fields": FIELDS,
        "method": "Rows deleted; backups ran out.",
        "deleted_at": timezone.now().isoformat(),
        "statement": "We keep nothing that we read under this engagement.",
        **other,
    }


def certify(world: World, body: Any = None, *, engagement: Any = None, by: Caller | None = None, key: str = "") -> Any:
    path = f"engagements/{engagement or world.engagement.pk}/deletion-certificate"
    return (by or world.northwind).post(path, body or words(), key=key or world.new_key())


def shown(world: World) -> dict[str, Any]:
    """What the partner sees of the certificate of its newest engagement."""
    certificate: dict[str, Any] = world.northwind.get("engagements").json()["engagements"][0]["certificate"]
    return certificate


def test_a_certificate_is_taken_and_both_the_partner_and_we_keep_what_it_says(ended: World) -> None:
    body = words()
    answer = certify(ended, body)
    assert answer.status_code == 201
    made = answer.json()
    row = DeletionCertificate.objects.get()
    assert made["id"] == str(row.pk)
    assert made["engagement"] == str(ended.engagement.pk)
    assert (made["state"], made["return_reason"]) == ("submitted", None)
    assert made["certifier"] == body["certifier"]
    assert (made["fields"], made["method"], made["statement"]) == (FIELDS, body["method"], body["statement"])
    assert (row.certifier_name, row.client) == ("Wang Fang", ended.northwind.client)
    assert row.deleted_at.isoformat() == body["deleted_at"]


def test_the_partner_sees_where_its_certificate_stands_all_along(ended: World) -> None:
    demand = CertificateDemand.objects.get()
    before = shown(ended)
    assert (before["state"], before["overdue"]) == ("demanded", False)
    assert before["due_at"].removesuffix("Z") == demand.due_at.isoformat().removesuffix("+00:00")
    assert (before["submitted_at"], before["return_reason"]) == (None, None)
    certify(ended)
    assert shown(ended)["state"] == "submitted"
    assert shown(ended)["submitted_at"]
    certificates.give_back(ended.engagement, reason="Which backups?", by=SYSTEM, at=timezone.now())
    assert (shown(ended)["state"], shown(ended)["return_reason"]) == ("returned", "Which backups?")
    certify(ended)
    assert (shown(ended)["state"], shown(ended)["return_reason"]) == ("submitted", None)


def test_what_is_overdue_is_told_as_that(ended: World) -> None:
    now = timezone.now()
    CertificateDemand.objects.update(demanded_at=now - 40 * DAY, due_at=now - 10 * DAY)
    assert shown(ended)["overdue"] is True
    assert certify(ended).status_code == 201
    assert shown(ended)["overdue"] is False


def test_engagements_and_events_and_certifying_go_on_until_the_certificate_is_accepted(ended: World) -> None:
    assert certify(ended).status_code == 201
    assert ended.northwind.get("engagements").status_code == 200
    certificates.accept(ended.engagement, by=SYSTEM, at=timezone.now())
    assert ended.northwind.get("engagements").status_code == 401


def test_a_certificate_for_a_live_engagement_is_refused(world: World) -> None:
    before = everything()
    answer = certify(world)
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":engagement-live")
    assert everything() == before


def test_a_foreign_engagement_and_a_missing_one_are_the_same(ended: World) -> None:
    before = everything()
    foreign = certify(ended, by=ended.harbour)
    missing = certify(ended, engagement=NOBODY)
    assert is_problem(foreign, 404)
    assert foreign.json() == missing.json()
    assert certify(ended, engagement=uuid4()).json() == missing.json()
    assert everything() == before


def test_a_second_certificate_waits_for_what_becomes_of_the_first(ended: World) -> None:
    certify(ended)
    before = everything()
    answer = certify(ended)
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":certificate-in-review")
    assert everything() == before


def test_once_one_is_accepted_no_other_is_taken(ended: World) -> None:
    ended.engage(ended.northwind, [ended.updates], at=timezone.now())
    certify(ended)
    certificates.accept(ended.engagement, by=SYSTEM, at=timezone.now())
    answer = certify(ended)
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":certificate-accepted")


def test_an_engagement_that_is_over_by_its_date_can_be_certified_though_no_job_has_run(world: World) -> None:
    now = timezone.now()
    engagement = engaged(world, world.northwind, begins=now - 2 * DAY, until=now - timedelta(seconds=1))
    assert certify(world, engagement=engagement.pk).status_code == 201
    before_the_end = words(deleted_at=(now - DAY).isoformat())
    other = engaged(world, world.northwind, begins=now - 2 * DAY, until=now - timedelta(seconds=1))
    answer = certify(world, before_the_end, engagement=other.pk)
    assert codes(answer) == ["before_the_end"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"deleted_at": "2024-01-01T00:00:00Z"}, "before_the_end", "$.deleted_at"),
        ({"deleted_at": "2999-01-01T00:00:00Z"}, "in_the_future", "$.deleted_at"),
        ({"deleted_at": "2024-01-01T00:00:00"}, "invalid", "$.deleted_at"),
        ({"deleted_at": "soon"}, "invalid", "$.deleted_at"),
        ({"deleted_at": None}, "invalid", "$.deleted_at"),
        ({"fields": ["contact.email", "contact.nothing"]}, "unknown_field", "$.fields[1]"),
        ({"fields": []}, "wrong_length", "$.fields"),
        ({"fields": ["contact.email"] * 101}, "wrong_length", "$.fields"),
        ({"fields": "contact.email"}, "invalid", "$.fields"),
        ({"certifier": "Wang Fang"}, "invalid", "$.certifier"),
        ({"certifier": {"name": "Wang Fang"}}, "missing_member", "$.certifier"),
        ({"certifier": {"name": " ", "office": "Officer"}}, "invalid", "$.certifier.name"),
        ({"certifier": {"name": "Wang\x00Fang", "office": "Officer"}}, "invalid", "$.certifier.name"),
        ({"certifier": {"name": "x" * 201, "office": "Officer"}}, "wrong_length", "$.certifier.name"),
        ({"method": ""}, "wrong_length", "$.method"),
        ({"statement": "\n\t "}, "invalid", "$.statement"),
        ({"statement": "x" * 5001}, "wrong_length", "$.statement"),
        ({"signature": "x"}, "unknown_member", "$"),
    ],
)
def test_a_certificate_that_is_not_whole_is_refused_at_its_place_and_changes_nothing(
    ended: World, change: dict[str, Any], code: str, pointer: str
) -> None:
    before = everything()
    answer = certify(ended, words(**change))
    assert is_problem(answer, 400)
    (reason,) = answer.json()["reasons"]
    assert (reason["code"], reason["pointer"]) == (code, pointer)
    assert "Wang" not in answer.content.decode()
    assert everything() == before


def test_the_same_call_again_submits_once_and_tells_where_it_stands_by_now(ended: World) -> None:
    body = words()
    first = certify(ended, body, key="one")
    certificates.give_back(ended.engagement, reason="Which backups?", by=SYSTEM, at=timezone.now())
    again = certify(ended, body, key="one")
    assert again.status_code == 201
    assert again.json() == {**first.json(), "state": "returned", "return_reason": "Which backups?"}
    assert DeletionCertificate.objects.count() == 1
    assert is_problem(certify(ended, words(method="Otherwise."), key="one"), 422)


def test_an_accepted_certificate_is_told_as_accepted(ended: World) -> None:
    ended.engage(ended.northwind, [ended.updates], at=timezone.now())
    body = words()
    certify(ended, body, key="one")
    certificates.accept(ended.engagement, by=SYSTEM, at=timezone.now())
    assert certify(ended, body, key="one").json()["state"] == "accepted"


def test_without_an_idempotency_key_or_the_scope_nothing_is_taken(ended: World) -> None:
    path = f"engagements/{ended.engagement.pk}/deletion-certificate"
    assert is_problem(ended.northwind.post(path, words()), 400)
    assert codes(certify(ended, by=ended.website)) == ["insufficient_scope"]
    assert not DeletionCertificate.objects.exists()


def test_the_list_costs_the_same_however_many_engagements_have_ended(world: World) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert world.northwind.get("engagements").status_code == 200
        return len(captured)

    def certify_another() -> None:
        another = world.engage(world.northwind, [world.updates], at=timezone.now())
        assert certify(world, engagement=over(another).pk).status_code == 201

    certify_another()
    few = cost()
    for _ in range(4):
        certify_another()
    assert cost() == few < 10
