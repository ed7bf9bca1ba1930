"""What the website reports: people, what it holds of them, what they said, and which services they requested."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from consent.models import Consent, ConsentChange
from disclosure.models import ServiceRequest
from privacy_app.crypto import associated_data, unseal
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, BEN, NOBODY, Caller, World, codes, everything, is_problem, partner_named, query
from users.models import PersonalDataItem, User
from users.services.data_keys import open_data_keys
from users.services.erasure import erase
from users.services.items import read

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"


def _held(person: User) -> dict[str, str | None]:
    readings = read(PersonalDataItem.objects.filter(person=person), at=timezone.now())
    return {reading.item.element_id: reading.value for reading in readings}


def _is_new(model: type[Model], before: dict[str, int], count: int = 1) -> bool:
    return everything()[model._meta.db_table] == before[model._meta.db_table] + count


# -- people and what is held of them -------------------------------------------------------------


@pytest.mark.clause("PRE-4")
def test_a_person_is_brought_in_with_what_the_website_knows_and_without_any_consent(world: World) -> None:
    before = everything()
    answer = world.website.post(
        "people",
        {
            "email": " Ada@Lantern.example",
            "phone": "+86 138 0013 8000",
            "locale": "zh-hans",
            "items": [{"field": "identity.name", "value": " Ada ", "obtained_at": "2024-02-01T08:00:00+08:00"}],
        },
        key="one",
    )
    assert answer.status_code == 201
    assert set(answer.json()) == {"id"}
    assert _is_new(User, before)
    assert not Consent.objects.exists()
    person = User.objects.get(email=ADA)
    assert (person.locale, person.has_usable_password()) == ("zh-hans", False)
    assert _held(person) == {"contact.email": ADA, "contact.phone": PHONE, "identity.name": "Ada"}
    name = PersonalDataItem.objects.get(person=person, element_id="identity.name")
    assert (name.source, name.obtained_at.isoformat()) == ("platform", "2024-02-01T00:00:00+00:00")
    assert answer.json()["id"] != str(person.pk)


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("again", [{"email": ADA.upper()}, {"phone": PHONE}, {"email": ADA, "phone": PHONE}])
def test_who_is_there_already_is_found_by_either_address(world: World, again: dict[str, str]) -> None:
    first = world.bring_in(ADA, phone=PHONE)
    before = everything()
    answer = world.website.post("people", again, key="again")
    assert (answer.status_code, answer.json()["id"]) == (201, first)
    assert _is_new(User, before, 0)


@pytest.mark.clause("PRE-1")
def test_addresses_of_two_different_people_are_refused(world: World) -> None:
    world.bring_in(ADA)
    world.bring_in(BEN, phone=PHONE)
    before = everything()
    answer = world.website.post("people", {"email": ADA, "phone": PHONE}, key="one")
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":ambiguous-contact")
    assert everything() == before


@pytest.mark.clause("COL-b")
def test_what_the_website_holds_of_a_person_is_replaced_by_what_it_gives_anew(world: World) -> None:
    subject = world.bring_in(ADA)
    first = {"items": [{"field": "identity.name", "value": "Ada"}, {"field": "identity.gender", "value": "f"}]}
    answer = world.website.put(f"people/{subject}/items", first)
    assert answer.status_code == 200
    assert answer.json() == {"id": subject, "fields": ["identity.gender", "identity.name"]}
    second = {"items": [{"field": "identity.name", "value": "Ada Lu"}]}
    answer = world.website.put(f"people/{subject}/items", second)
    assert answer.json() == {"id": subject, "fields": ["identity.name"]}
    person = User.objects.get(email=ADA)
    assert _held(person) == {"contact.email": ADA, "identity.name": "Ada Lu", "identity.gender": "f"}


@pytest.mark.clause("PRE-1")
def test_another_website_knows_the_same_person_by_another_name_and_cannot_use_the_first(world: World) -> None:
    first = world.bring_in(ADA)
    other = Caller(partner_named("Second Website"), ["platform"])
    second = other.post("people", {"email": ADA}, key="one").json()["id"]
    assert second != first
    assert User.objects.filter(email=ADA).count() == 1
    items = {"items": [{"field": "identity.name", "value": "Eve"}]}
    before = everything()
    answer = other.put(f"people/{first}/items", items)
    assert is_problem(answer, 404)
    assert everything() == before
    assert other.put(f"people/{second}/items", items).status_code == 200


@pytest.mark.clause("PRE-1")
def test_two_clients_of_one_website_know_a_person_by_one_name(world: World) -> None:
    first = world.bring_in(ADA)
    second_client = Caller(world.website.partner, ["platform"])
    assert second_client.post("people", {"email": ADA}, key="one").json()["id"] == first


@pytest.mark.clause("PRE-1")
def test_whoever_is_not_known_by_that_name_is_found_nowhere_whatever_the_reason(world: World) -> None:
    world.bring_in(ADA)
    erased = world.bring_in(BEN)
    person = User.objects.get(email=BEN)
    erase(person, by=SYSTEM, at=timezone.now())
    names: list[dict[str, str]] = [
        {"id": NOBODY},
        {"id": world.name_of(world.northwind)},
        {"id": str(User.objects.get(email=ADA).pk)},
        {"id": erased},
        {"email": "nobody@lantern.example"},
        {"email": BEN},
        {"phone": PHONE},
    ]
    before = everything()
    answers = []
    for number, name in enumerate(names):
        consent = {**world.consent_of(NOBODY), "subject": name}
        service = {"subject": name, "partner": str(world.northwind.partner.pk), "kind": "parcel-delivery"}
        answers.append(world.website.post("consents", consent, key=f"consent-{number}"))
        answers.append(world.website.post("service-requests", service, key=f"service-{number}"))
        if "id" in name:
            items = {"items": [{"field": "identity.name", "value": "Eve"}]}
            answers.append(world.website.put(f"people/{name['id']}/items", items))
    assert all(is_problem(answer, 404) for answer in answers)
    assert len({answer.content for answer in answers}) == 1
    assert everything() == before


# -- what they said --------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_a_consent_given_elsewhere_is_recorded_with_its_evidence_and_opens_the_gate(world: World) -> None:
    subject = world.bring_in(ADA)
    said = timezone.now() - timedelta(days=30)
    answer = world.consent(subject, at=said.isoformat(), evidence="Counter form 17, signed", language="zh-hans")
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {
        "id",
        "purpose",
        "recipient",
        "aspect",
        "state",
        "text_version",
        "language",
        "changed_at",
        "expires_at",
    }
    assert (body["purpose"], body["aspect"], body["state"]) == ("updates", "base", "ConsentGiven")
    assert (body["recipient"], body["language"]) == (str(world.northwind.partner.pk), "zh-hans")
    assert datetime.fromisoformat(body["expires_at"]) == said + timedelta(days=365)
    entry = Entry.objects.filter(kind="consent.changed").latest("seq")
    assert datetime.fromisoformat(entry.body["said_at"]) == said
    assert entry.body["origin"] == "platform"
    assert entry.actor == f"client:{world.website.client.client_id}"
    assert "Counter" not in str(entry.body)
    decided = world.northwind.post("decisions", {"queries": [query()]}).json()["decisions"][0]
    assert decided["outcome"] == "permit"


@pytest.mark.clause("SEC-a")
def test_the_evidence_of_a_consent_is_sealed_under_the_persons_key(world: World) -> None:
    subject = world.bring_in(ADA)
    consent = Consent.objects.get(pk=world.consent(subject, evidence="Ada signed form 17").json()["id"])
    sealed = bytes(ConsentChange.objects.get(consent=consent).evidence or b"")
    assert sealed
    assert b"Ada" not in sealed
    key = open_data_keys([consent.person_id])[consent.person_id]
    assert (
        unseal(sealed, key=key, context=associated_data("consent-evidence", str(consent.pk))) == b"Ada signed form 17"
    )


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(
    ("name", "value"), [("id", None), ("email", f" {ADA.title()}"), ("phone", "+86 138-0013-8000")], ids=str
)
def test_the_website_names_a_person_in_any_of_three_ways(world: World, name: str, value: str | None) -> None:
    subject = world.bring_in(ADA, phone=PHONE)
    assert world.consent(subject, subject={name: value or subject}).status_code == 201


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(
    ("states", "codes_after"),
    [
        (["ConsentRequested", "ConsentGiven"], []),
        (["ConsentRequested", "ConsentRequestDeferred", "ConsentGiven", "RenewedConsentGiven"], []),
        (["ConsentRefused"], ["consent_refused"]),
        (["ConsentRefused", "ConsentGiven"], []),
        (["ConsentGiven", "ConsentWithdrawn"], ["consent_withdrawn"]),
        (["ConsentGiven", "ConsentRevoked"], ["consent_ended"]),
        (["ConsentGiven", "ConsentWithdrawn", "ConsentGiven"], []),
        (["ConsentRequested"], ["consent_missing"]),
        (["ConsentWithdrawn"], ["consent_withdrawn"]),
    ],
    ids=lambda value: "-".join(value),
)
def test_what_a_person_said_in_turn_is_recorded_and_the_gate_follows(
    world: World, states: list[str], codes_after: list[str]
) -> None:
    subject = world.bring_in(ADA)
    for state in states:
        answer = world.consent(subject, state)
        assert answer.status_code == 201, answer.content
        assert answer.json()["state"] == state
    assert ConsentChange.objects.count() == len(states)
    decision = world.northwind.post("decisions", {"queries": [query()]}).json()["decisions"][0]
    assert codes(decision) == codes_after


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(
    ("before", "state"),
    [
        ([], "ConsentRevoked"),
        (["ConsentGiven"], "ConsentRefused"),
        (["ConsentGiven"], "ConsentRequested"),
        (["ConsentWithdrawn"], "ConsentRequestDeferred"),
    ],
    ids=str,
)
def test_what_does_not_follow_from_where_a_consent_stands_is_refused(
    world: World, before: list[str], state: str
) -> None:
    subject = world.bring_in(ADA)
    for earlier in before:
        assert world.consent(subject, earlier).status_code == 201
    counts = everything()
    answer = world.consent(subject, state)
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":transition-refused")
    assert everything() == counts


@pytest.mark.clause("DIS-a")
def test_withdrawing_twice_is_withdrawing_once(world: World) -> None:
    subject = world.person_consenting()
    first, second = (world.consent(subject, "ConsentWithdrawn") for _ in range(2))
    assert first.json() == second.json()
    assert ConsentChange.objects.count() == 2


@pytest.mark.clause("CHG-b")
def test_a_consent_is_given_to_the_text_in_force_and_withdrawn_from_any(world: World) -> None:
    subject = world.person_consenting()
    other = world.bring_in(BEN)
    world.publish("updates")
    before = everything()
    answer = world.consent(other, text_version=1)
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":text-not-shown")
    assert everything() == before
    assert world.consent(other, text_version=2).status_code == 201
    assert world.consent(subject, "ConsentWithdrawn", text_version=1).status_code == 201


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("change", ["recipient", "no recipient", "aspect"])
def test_a_consent_that_the_text_does_not_ask_for_is_refused(world: World, change: str) -> None:
    subject = world.bring_in(ADA)
    changes: dict[str, dict[str, Any]] = {
        "recipient": {"recipient": str(world.website.partner.pk)},
        "no recipient": {"recipient": None},
        "aspect": {"aspect": "sell"},
    }
    before = everything()
    answer = world.consent(subject, **changes[change])
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":text-not-shown")
    assert everything() == before


@pytest.mark.clause("DIS-a")
def test_each_recipient_is_consented_to_on_its_own(world: World) -> None:
    world.person_consenting()
    decision = world.harbour.post("decisions", {"queries": [query()]}).json()["decisions"][0]
    assert codes(decision) == ["not_available"]


# -- services they requested ---------------------------------------------------------------


@pytest.mark.clause("DIS-b")
def test_a_service_is_opened_and_closed_once(world: World) -> None:
    subject = world.bring_in(ADA)
    opened = world.website.post(
        "service-requests",
        {
            "subject": {"email": ADA},
            "partner": str(world.northwind.partner.pk),
            "kind": "parcel-delivery",
            "status": "open",
        },
        key="one",
    )
    assert opened.status_code == 201
    body = opened.json()
    assert set(body) == {"id", "subject", "partner", "kind", "status", "opened_at", "closed_at"}
    assert (body["subject"], body["status"], body["closed_at"]) == ({"id": subject}, "open", None)
    closed = world.website.patch(f"service-requests/{body['id']}", {"status": "closed"})
    assert closed.status_code == 200
    assert closed.json() == {**body, "status": "closed", "closed_at": closed.json()["closed_at"]}
    assert closed.json()["closed_at"] >= body["opened_at"]
    before = everything()
    again = world.website.patch(f"service-requests/{body['id']}", {"status": "closed"})
    assert is_problem(again, 409)
    assert again.json()["type"].endswith(":already-ended")
    assert everything() == before
    assert list(Entry.objects.filter(kind__startswith="service.").order_by("seq").values_list("kind", flat=True)) == [
        "service.opened",
        "service.closed",
    ]


@pytest.mark.clause("DIS-b")
def test_a_service_that_ended_is_not_opened_again(world: World) -> None:
    id_ = world.service_for(world.bring_in(ADA))
    world.website.patch(f"service-requests/{id_}", {"status": "closed"})
    assert is_problem(world.website.patch(f"service-requests/{id_}", {"status": "open"}), 400)
    assert ServiceRequest.objects.get(pk=id_).closed_at is not None


@pytest.mark.clause("PRE-1")
def test_a_service_that_there_is_not_is_found_nowhere(world: World) -> None:
    assert is_problem(world.website.patch(f"service-requests/{NOBODY}", {"status": "closed"}), 404)
