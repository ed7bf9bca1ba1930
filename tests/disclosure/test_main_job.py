"""The main job over the API: a consent, a decision, a read through a handle, a withdrawal, a refused read."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from consent.services import consents
from consent.states import Event
from disclosure.records import replay
from disclosure.services import engagements
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.verification import findings
from tests.api.callers import ADA, NOBODY, World, query
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.clause("DIS-a")
def test_a_handle_reads_while_the_consent_lives_and_refuses_after_its_withdrawal(world: World) -> None:
    world.person_consenting()
    made = world.northwind.post("disclosures", query(), key="one").json()
    assert made["status"] == "released"
    data = world.northwind.get(f"disclosures/{made['id']}/data").json()
    assert data["fields"]["contact.email"]["value"] == ADA
    assert data["fields"]["contact.phone"] is None
    person = User.objects.get(email=ADA)
    consents.change(
        consents.Subject(person, world.updates, world.northwind.partner), Event.WITHDRAW, by=SYSTEM, at=timezone.now()
    )
    refused = world.northwind.get(f"disclosures/{made['id']}/data")
    assert refused.status_code == 403
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["consent_withdrawn"]
    assert all(finding.matches for finding in findings())
    assert all(replay(entry.body) for entry in Entry.objects.filter(kind__startswith="disclosure."))


@pytest.mark.clause("USE-a")
def test_the_end_of_an_engagement_kills_its_handles(world: World) -> None:
    world.person_consenting()
    made = world.northwind.post("disclosures", query(), key="one").json()
    engagements.end(world.engagement, reason="over", by=SYSTEM, at=timezone.now())
    assert world.northwind.get(f"disclosures/{made['id']}/data").status_code == 401
    world.northwind.log_in_again()
    refused = world.northwind.get(f"disclosures/{made['id']}/data")
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["engagement_ended"]


@pytest.mark.clause("PRE-1")
def test_without_a_relation_the_only_reason_is_that_nothing_is_available(world: World) -> None:
    world.bring_in()
    known = world.name_of(world.northwind)
    queries: list[dict[str, Any]] = [query(subject={"id": name}) for name in (known, NOBODY)]
    answers = world.northwind.post("decisions", {"queries": queries}).json()["decisions"]
    assert answers[0] == {**answers[1], "at": answers[0]["at"]}
    assert [reason["code"] for reason in answers[0]["reasons"]] == ["not_available"]


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET kind = 'a.b'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_the_apps_own_role_cannot_rewrite_the_ledger(world: World, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
