"""The main job over the API: a consent, a decision, a read through a handle, a withdrawal, a refused read."""

import json
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from consent.models import Purpose
from consent.services import consents, purposes
from consent.states import Event
from disclosure.records import replay
from disclosure.services import engagements
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.verification import findings
from users.models import ApiClient, Partner, User

pytestmark = pytest.mark.django_db
FIELDS = ["contact.email", "contact.phone"]


class Caller:
    """A partner's client on the API, over HTTP as Django serves it."""

    def __init__(self) -> None:
        now = timezone.now()
        self.partner = Partner.objects.create(
            legal_name="Northwind", contact_email="dpo@northwind.example", country="CN", privacy_url="https://n.example"
        )
        secret = "a-secret-of-the-test"
        ApiClient.objects.create(
            client_id="northwind",
            client_secret=secret,
            partner=self.partner,
            name="Northwind",
            client_type="confidential",
            authorization_grant_type="client-credentials",
            scopes=["decisions", "disclosures", "platform"],
        )
        self.purpose = Purpose.objects.create(key="updates", dpv_term="dpv:CommunicationManagement")
        wording = purposes.Wording("Updates", "News of a parcel.", "Why", "How", "A year")
        purposes.publish_version(
            self.purpose,
            basis="consent",
            fields=FIELDS,
            actions=["share"],
            countries=["CN"],
            recipients=[self.partner],
            wordings={"en": wording, "zh-hans": wording},
            valid_days=365,
            by=SYSTEM,
            at=now,
        )
        self.engagement = engagements.engage(
            partner=self.partner,
            role="third_party",
            valid_from=now,
            valid_until=None,
            purposes=[self.purpose],
            fields=FIELDS,
            actions=["share"],
            countries={"CN": ("", "")},
            by=SYSTEM,
            at=now,
        )
        self.http = Client(SERVER_NAME="localhost")
        answer = self.http.post(
            "/oauth/token",
            {"grant_type": "client_credentials", "client_id": "northwind", "client_secret": secret},
        )
        self.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        headers = {**self.headers, **({"idempotency-key": key} if key else {})}
        return self.http.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.http.get(f"/api/v1/{path}", headers=self.headers)

    def brought_in_and_consenting(self) -> str:
        subject: str = self.post("people", {"email": "ada@lantern.example"}, key="person").json()["id"]
        answer = self.post(
            "consents",
            {
                "subject": {"id": subject},
                "purpose": "updates",
                "recipient": str(self.partner.pk),
                "state": "ConsentGiven",
                "text_version": 1,
                "language": "en",
                "at": timezone.now().isoformat(),
                "evidence": "Form 1",
            },
            key="consent",
        )
        assert answer.status_code == 201
        return subject

    def query(self, subject: str) -> dict[str, Any]:
        return {"subject": {"id": subject}, "purpose": "updates", "fields": FIELDS}


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.mark.clause("DIS-a")
def test_a_handle_reads_while_the_consent_lives_and_refuses_after_its_withdrawal(caller: Caller) -> None:
    subject = caller.brought_in_and_consenting()
    made = caller.post("disclosures", caller.query(subject), key="one").json()
    assert made["status"] == "released"
    data = caller.get(f"disclosures/{made['id']}/data").json()
    assert data["fields"]["contact.email"]["value"] == "ada@lantern.example"
    assert data["fields"]["contact.phone"] is None
    person = User.objects.get(email="ada@lantern.example")
    consents.change(
        consents.Subject(person, caller.purpose, caller.partner), Event.WITHDRAW, by=SYSTEM, at=timezone.now()
    )
    refused = caller.get(f"disclosures/{made['id']}/data")
    assert refused.status_code == 403
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["consent_withdrawn"]
    assert all(finding.matches for finding in findings())
    assert all(replay(entry.body) for entry in Entry.objects.filter(kind__startswith="disclosure."))


@pytest.mark.clause("USE-a")
def test_the_end_of_an_engagement_kills_its_handles(caller: Caller) -> None:
    made = caller.post("disclosures", caller.query(caller.brought_in_and_consenting()), key="one").json()
    engagements.end(caller.engagement, reason="over", by=SYSTEM, at=timezone.now())
    refused = caller.get(f"disclosures/{made['id']}/data")
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["engagement_ended"]


@pytest.mark.clause("PRE-1")
def test_without_a_relation_the_only_reason_is_that_nothing_is_available(caller: Caller) -> None:
    known = caller.post("people", {"email": "ada@lantern.example"}, key="person").json()["id"]
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = caller.post("decisions", {"queries": [caller.query(known), caller.query(unknown)]}).json()["decisions"]
    assert answers[0] == {**answers[1], "at": answers[0]["at"]}
    assert [reason["code"] for reason in answers[0]["reasons"]] == ["not_available"]


@pytest.mark.clause("PRE-1")
def test_the_same_key_makes_one_disclosure_and_another_body_under_it_is_refused(caller: Caller) -> None:
    query = caller.query(caller.brought_in_and_consenting())
    first, second = (caller.post("disclosures", query, key="one").json()["id"] for _ in range(2))
    assert first == second
    assert caller.post("disclosures", {**query, "country": "CN"}, key="one").status_code == 422
    assert caller.post("disclosures", query).status_code == 400


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(
    "change", [{"zip": 1}, {"fields": ["no.such"]}, {"purpose": "none"}, {"fields": []}, {"subject": {}}, {"action": 3}]
)
def test_bad_input_is_a_problem_and_changes_nothing(caller: Caller, change: dict[str, Any]) -> None:
    query = caller.query(caller.brought_in_and_consenting())
    before = Entry.objects.count()
    answer = caller.post("disclosures", {**query, **change}, key="bad")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert Entry.objects.count() == before


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET kind = 'a.b'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_the_apps_own_role_cannot_rewrite_the_ledger(caller: Caller, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
