"""Asking, requesting and reading, as partners do it: each on its own merits, and each read decided anew."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import DisclosureRequest, Release
from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, BEN, FIELDS, NOBODY, Caller, World, codes, everything, is_problem, query
from users.models import Freeze, User
from users.services.freezing import freeze

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"
ABROAD = {"CN": ("", ""), "SG": ("standard_contract", "SC-1")}


def parcel(**more: Any) -> dict[str, Any]:
    """A question on the ground of a service that was requested."""
    return query(purpose="parcel", fields=["contact.phone"], ground="service_request", **more)


def asked(caller: Caller, *queries: Mapping[str, Any]) -> list[Any]:
    answer = caller.post("decisions", {"queries": list(queries)})
    assert answer.status_code == 200, answer.content
    decisions: list[Any] = answer.json()["decisions"]
    return decisions


def made(world: World, caller: Caller, body: Mapping[str, Any]) -> Any:
    answer = caller.post("disclosures", body, key=world.new_key())
    assert answer.status_code == 201, answer.content
    return answer.json()


def data_of(caller: Caller, disclosure: Mapping[str, Any]) -> Any:
    return caller.get(f"disclosures/{disclosure['id']}/data")


# -- asking -----------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
def test_asking_answers_in_order_and_releases_nothing(world: World) -> None:
    world.person_consenting(ADA)
    world.bring_in(BEN)
    before = everything()
    answers = asked(world.northwind, query(BEN), query(ADA), query(ADA, action="provide"), query(ADA, evidence=None))
    assert [answer["outcome"] for answer in answers] == ["deny", "permit", "deny", "permit"]
    assert [codes(answer) for answer in answers] == [
        ["not_available"],
        [],
        ["action_not_engaged", "text_not_covering_action"],
        [],
    ]
    after = everything()
    assert after.pop("ledger_entry") == before.pop("ledger_entry") + 1
    assert after == before
    entry = Entry.objects.latest("seq")
    assert (entry.kind, entry.body["count"], entry.body["outcomes"]) == ("decisions.asked", 4, {"deny": 2, "permit": 2})


@pytest.mark.clause("PRE-3")
def test_a_decision_names_its_ground_its_clause_the_policy_in_force_and_what_is_owed(world: World) -> None:
    world.person_consenting()
    (decision,) = asked(world.northwind, query())
    at = datetime.fromisoformat(decision.pop("at"))
    assert abs(at - timezone.now()) < timedelta(minutes=1)
    until = datetime.fromisoformat(decision["obligations"].pop("valid_until"))
    assert timedelta(days=364) < until - at <= timedelta(days=365)
    assert decision == {
        "outcome": "permit",
        "ground": "consent",
        "clause": "DIS-a",
        "reasons": [],
        "fields": {"contact.email": "permit", "contact.phone": "permit"},
        "obligations": {"delete_at_end": True, "transfer_mechanisms": []},
        "policy_version": 1,
    }


@pytest.mark.clause("PRE-1")
def test_each_reason_names_its_clause_its_fields_and_says_it_in_words(world: World) -> None:
    world.person_consenting()
    (decision,) = asked(world.northwind, query(fields=[*FIELDS, "identity.name"]))
    assert decision["outcome"] == "permit"
    assert decision["fields"] == {"contact.email": "permit", "contact.phone": "permit", "identity.name": "deny"}
    assert [(reason["code"], reason["clause"], reason["fields"]) for reason in decision["reasons"]] == [
        ("field_not_engaged", "USE-a", ["identity.name"]),
        ("text_not_covering_field", "DIS-a", ["identity.name"]),
    ]
    assert all(reason["message"].endswith(".") for reason in decision["reasons"])


@pytest.mark.clause("PRE-1")
def test_a_field_asked_for_twice_is_one_field(world: World) -> None:
    world.person_consenting()
    (decision,) = asked(world.northwind, query(fields=["contact.email", "contact.email"]))
    assert decision["fields"] == {"contact.email": "permit"}


@pytest.mark.parametrize(
    ("ground", "clause"),
    [
        ("legal_instrument", "DIS-c"),
        ("violation", "DIS-d"),
        ("ip_complaint", "DIS-e"),
        ("transaction", "DIS-f"),
        ("other_provision", "DIS-g"),
    ],
)
@pytest.mark.clause("PRE-1")
def test_a_ground_that_partners_may_not_claim_is_refused_with_a_reason_of_its_own(
    world: World, ground: str, clause: str
) -> None:
    world.person_consenting()
    (decision,) = asked(world.northwind, query(ground=ground))
    assert (decision["outcome"], decision["clause"], codes(decision)) == ("deny", clause, ["ground_unavailable"])
    assert made(world, world.northwind, query(ground=ground))["status"] == "refused"


@pytest.mark.clause("STO-2")
def test_a_country_narrows_the_engagement_and_never_widens_it(world: World) -> None:
    world.publish("news", countries=("CN", "SG"))
    world.engage(world.northwind, [world.publish("news", countries=("CN", "SG"))], at=timezone.now(), countries=ABROAD)
    subject = world.bring_in()
    assert world.consent(subject, purpose="news", text_version=2).status_code == 201
    everywhere, at_home, abroad, elsewhere = (
        query(purpose="news", country=None),
        query(purpose="news", country="CN"),
        query(purpose="news", country="SG"),
        query(purpose="news", country="US"),
    )
    assert [codes(decision) for decision in asked(world.northwind, everywhere, at_home, abroad, elsewhere)] == [
        ["abroad_not_consented"],
        [],
        ["abroad_not_consented"],
        ["country_not_engaged", "no_transfer_mechanism", "text_not_covering_country", "abroad_not_consented"],
    ]
    assert world.consent(subject, purpose="news", text_version=2, aspect="abroad").status_code == 201
    decisions = asked(world.northwind, everywhere, at_home, abroad)
    assert [decision["outcome"] for decision in decisions] == ["permit"] * 3
    assert [decision["obligations"]["transfer_mechanisms"] for decision in decisions] == [
        ["standard_contract"],
        [],
        ["standard_contract"],
    ]


@pytest.mark.clause("USE-a")
@pytest.mark.parametrize("action", ["provide", "share", "sell", "rent", "trade"])
def test_each_kind_of_action_is_decided_on_its_own(world: World, action: str) -> None:
    kinds = ("provide", "share", "sell", "rent", "trade")
    purpose = world.publish("deals", actions=kinds)
    world.engage(world.northwind, [purpose], at=timezone.now(), actions=kinds)
    subject = world.bring_in()
    assert world.consent(subject, purpose="deals").status_code == 201
    question = query(purpose="deals", action=action)
    separate = action in ("sell", "rent", "trade")
    assert codes(asked(world.northwind, question)[0]) == (["action_not_consented"] if separate else [])
    if separate:
        assert world.consent(subject, purpose="deals", aspect=action).status_code == 201
        others = [query(purpose="deals", action=kind) for kind in ("sell", "rent", "trade") if kind != action]
        assert [decision["outcome"] for decision in asked(world.northwind, question, *others)] == [
            "permit",
            "deny",
            "deny",
        ]


# -- requesting and reading -----------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_what_is_permitted_gives_a_handle_and_what_is_not_a_refusal_with_its_reasons(world: World) -> None:
    subject = world.person_consenting()
    released = made(world, world.northwind, query(country="CN"))
    own_name = world.name_of(world.northwind)
    assert set(released) == {
        "id",
        "status",
        "subject",
        "purpose",
        "fields",
        "action",
        "country",
        "requested_at",
        "decision",
        "data",
    }
    assert (released["status"], released["subject"]) == ("released", {"id": own_name})
    assert (released["purpose"], released["fields"]) == ("updates", FIELDS)
    assert (released["action"], released["country"]) == ("share", "CN")
    assert released["data"] == f"/api/v1/disclosures/{released['id']}/data"
    assert subject not in str(released)
    assert made(world, world.northwind, query(subject={"id": own_name}))["status"] == "released"
    refused = made(world, world.harbour, query())
    assert (refused["status"], refused["subject"], refused["country"]) == ("refused", None, None)
    assert codes(refused["decision"]) == ["not_available"]


@pytest.mark.clause("PRE-1")
def test_partners_know_one_person_by_different_names(world: World) -> None:
    world.person_consenting()
    harbour = str(world.harbour.partner.pk)
    world.consent(world.bring_in(), recipient=harbour)
    ours = made(world, world.northwind, query())["subject"]["id"]
    theirs = made(world, world.harbour, query())["subject"]["id"]
    assert ours != theirs
    assert codes(asked(world.harbour, query(subject={"id": ours}))[0]) == ["not_available"]


@pytest.mark.clause("DIS-a")
def test_a_read_gives_each_permitted_field_with_its_source_and_time_or_null_where_nothing_is_held(world: World) -> None:
    world.person_consenting()
    disclosure = made(world, world.northwind, query(fields=["contact.email", "contact.phone", "identity.name"]))
    assert disclosure["status"] == "released"
    answer = data_of(world.northwind, disclosure)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert set(body) == {"id", "subject", "fields", "decision"}
    assert (body["id"], body["subject"]) == (disclosure["id"], disclosure["subject"])
    assert set(body["fields"]) == {"contact.email", "contact.phone"}
    assert body["fields"]["contact.phone"] is None
    email = body["fields"]["contact.email"]
    assert set(email) == {"value", "source", "obtained_at"}
    assert (email["value"], email["source"]) == (ADA, "platform")
    assert body["decision"]["fields"]["identity.name"] == "deny"
    assert body["decision"]["at"] > disclosure["decision"]["at"]


@pytest.mark.clause("PRE-2")
def test_each_read_is_recorded_as_a_release_after_the_decision_it_rests_on(world: World) -> None:
    world.person_consenting()
    disclosure = made(world, world.northwind, query())
    for _ in range(2):
        assert data_of(world.northwind, disclosure).status_code == 200
    decided = DisclosureRequest.objects.get(pk=disclosure["id"]).entry_id
    reads = list(Release.objects.order_by("at").values_list("entry_id", flat=True))
    assert len(reads) == 2
    assert decided < reads[0] < reads[1]


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(
    ("state", "code"), [("ConsentWithdrawn", "consent_withdrawn"), ("ConsentRevoked", "consent_ended")]
)
def test_a_handle_refuses_once_the_consent_has_ended_and_the_refusal_is_recorded(
    world: World, state: str, code: str
) -> None:
    subject = world.person_consenting()
    disclosure = made(world, world.northwind, query())
    assert data_of(world.northwind, disclosure).status_code == 200
    assert world.consent(subject, state).status_code == 201
    before = everything()
    answer = data_of(world.northwind, disclosure)
    assert is_problem(answer, 403)
    assert answer.json()["type"].endswith(":refused")
    assert [(reason["code"], reason["clause"]) for reason in answer.json()["reasons"]] == [(code, "DIS-a")]
    assert ADA not in answer.content.decode()
    after = everything()
    assert after.pop("ledger_entry") == before.pop("ledger_entry") + 1
    assert after == before
    assert Entry.objects.latest("seq").kind == "disclosure.read_refused"


@pytest.mark.clause("DIS-a")
def test_a_consent_given_again_opens_the_handle_again_since_the_request_was_permitted(world: World) -> None:
    subject = world.person_consenting()
    disclosure = made(world, world.northwind, query())
    world.consent(subject, "ConsentWithdrawn")
    assert data_of(world.northwind, disclosure).status_code == 403
    world.consent(subject, "ConsentGiven")
    assert data_of(world.northwind, disclosure).status_code == 200


@pytest.mark.clause("PRE-2")
def test_a_refused_request_is_never_cured_by_a_later_consent(world: World) -> None:
    subject = world.bring_in()
    world.consent(subject, "ConsentRefused")
    refused = made(world, world.northwind, query())
    assert codes(refused["decision"]) == ["consent_refused"]
    world.consent(subject, "ConsentGiven")
    answer = data_of(world.northwind, refused)
    assert is_problem(answer, 403)
    assert codes(answer) == ["request_refused"]
    assert made(world, world.northwind, query())["status"] == "released"
    assert world.northwind.get(f"disclosures/{refused['id']}").json()["status"] == "refused"


@pytest.mark.clause("SEC-b")
def test_a_freeze_is_never_told_to_a_partner(world: World) -> None:
    world.person_consenting()
    disclosure = made(world, world.northwind, query())
    freeze(User.objects.get(email=ADA), cause=Freeze.Cause.LEAK, by=SYSTEM, at=timezone.now())
    assert codes(data_of(world.northwind, disclosure)) == ["not_available"]
    assert codes(asked(world.northwind, query())[0]) == ["not_available"]


# -- services -----------------------------------------------------------------------------------


@pytest.mark.clause("DIS-b")
def test_an_open_service_permits_what_it_needs_and_nothing_beyond(world: World) -> None:
    service = world.service_for(world.bring_in(ADA, phone=PHONE))
    fields = ["contact.phone", "contact.email", "contact.address"]
    disclosure = made(world, world.northwind, {**parcel(evidence={"service_request": service}), "fields": fields})
    assert disclosure["status"] == "released"
    assert (disclosure["decision"]["ground"], disclosure["decision"]["clause"]) == ("service_request", "DIS-b")
    assert disclosure["decision"]["fields"] == {
        "contact.phone": "permit",
        "contact.email": "deny",
        "contact.address": "permit",
    }
    assert codes(disclosure["decision"]) == ["field_not_necessary"]
    read = data_of(world.northwind, disclosure).json()["fields"]
    assert read["contact.phone"]["value"] == PHONE
    assert read["contact.address"] is None
    assert "contact.email" not in read


@pytest.mark.clause("DIS-b")
def test_a_handle_dies_with_its_service_and_no_later_service_revives_it(world: World) -> None:
    subject = world.bring_in(ADA, phone=PHONE)
    service = world.service_for(subject)
    disclosure = made(world, world.northwind, parcel())
    assert data_of(world.northwind, disclosure).status_code == 200
    assert world.website.patch(f"service-requests/{service}", {"status": "closed"}).status_code == 200
    for _ in range(2):
        answer = data_of(world.northwind, disclosure)
        assert is_problem(answer, 403)
        assert codes(answer) == ["service_ended"]
        world.service_for(subject)
    assert made(world, world.northwind, parcel())["status"] == "released"


@pytest.mark.clause("DIS-b")
def test_only_ones_own_service_is_evidence(world: World) -> None:
    first, second = world.bring_in(ADA), world.bring_in(BEN)
    world.service_for(first)
    others = world.service_for(second)
    for evidence in ({"service_request": others}, {"service_request": NOBODY}):
        (decision,) = asked(world.northwind, parcel(evidence=evidence))
        assert codes(decision) == ["no_service_request"]
    for nothing in ({}, {"service_request": None}, None):
        assert asked(world.northwind, parcel(evidence=nothing))[0]["outcome"] == "permit"
    assert asked(world.harbour, parcel())[0]["outcome"] == "deny"


@pytest.mark.clause("DIS-b")
def test_a_consent_is_no_ground_for_what_rests_on_a_contract_nor_a_service_for_what_rests_on_consent(
    world: World,
) -> None:
    subject = world.person_consenting()
    world.service_for(subject)
    crossed = asked(world.northwind, {**parcel(), "ground": "consent"}, query(ground="service_request"))
    assert all("basis_mismatch" in codes(decision) for decision in crossed)


# -- what is not there, or not theirs -----------------------------------------------------------


@pytest.mark.clause("PRE-1")
def test_a_foreign_handle_and_a_missing_one_are_the_same(world: World) -> None:
    world.person_consenting()
    own = made(world, world.northwind, query())["id"]
    before = everything()
    for path in ("disclosures/{}", "disclosures/{}/data"):
        foreign, missing = (world.harbour.get(path.format(id_)) for id_ in (own, uuid.uuid4()))
        assert is_problem(foreign, 404)
        assert foreign.content == missing.content
        assert foreign.headers == missing.headers
    read = world.harbour.post("disclosures/read", {"ids": [own, NOBODY]}).json()["disclosures"]
    assert read[0] == read[1] == world.harbour.get(f"disclosures/{NOBODY}").json()
    assert everything() == before


@pytest.mark.clause("PRE-1")
def test_two_clients_of_one_partner_share_its_handles(world: World) -> None:
    world.person_consenting()
    disclosure = made(world, world.northwind, query())
    second_client = Caller(world.northwind.partner, ["disclosures"])
    assert data_of(second_client, disclosure).status_code == 200


# -- many at once -------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
def test_many_are_requested_and_read_each_on_its_own_merits_in_order(world: World) -> None:
    world.person_consenting(ADA)
    world.bring_in(BEN)
    batch = world.northwind.post("disclosures/batch", {"requests": [query(ADA), query(BEN), query(ADA)]}, key="one")
    assert batch.status_code == 200
    disclosures = batch.json()["disclosures"]
    assert [disclosure["status"] for disclosure in disclosures] == ["released", "refused", "released"]
    first, refused, last = (disclosure["id"] for disclosure in disclosures)
    answer = world.northwind.post("disclosures/read", {"ids": [last, NOBODY, refused, first, last]})
    assert answer.status_code == 200
    results = answer.json()["disclosures"]
    assert [result.get("id", result.get("status")) for result in results] == [last, 404, 403, first, last]
    assert codes(results[2]) == ["not_available"]
    assert results[0]["fields"]["contact.email"]["value"] == ADA
    assert Release.objects.count() == 3


@pytest.mark.clause("PRE-1")
def test_a_thousand_handles_are_read_in_one_call(world: World) -> None:
    world.person_consenting()
    made_at_once = world.northwind.post("disclosures/batch", {"requests": [query()] * 1000}, key="one").json()
    ids = [disclosure["id"] for disclosure in made_at_once["disclosures"]]
    assert len(set(ids)) == 1000
    results = world.northwind.post("disclosures/read", {"ids": ids}).json()["disclosures"]
    assert [result["id"] for result in results] == ids
    assert all(result["fields"]["contact.email"]["value"] == ADA for result in results)
    assert Release.objects.count() == 1000


# -- the list ------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
def test_the_list_has_ones_own_requests_newest_first_and_each_stands_alone_too(world: World) -> None:
    world.person_consenting()
    mine = [made(world, world.northwind, query(action=action)) for action in ("share", "provide")]
    made(world, world.harbour, query())
    listed = world.northwind.get("disclosures").json()
    assert listed == {"disclosures": mine[::-1], "next": None}
    assert world.northwind.get(f"disclosures/{mine[0]['id']}").json() == mine[0]


@pytest.mark.clause("PRE-1")
def test_pages_follow_each_other_without_gap_or_repetition_while_new_requests_arrive(world: World) -> None:
    world.person_consenting()
    batch = world.northwind.post("disclosures/batch", {"requests": [query()] * 7}, key="one").json()
    ids = {disclosure["id"] for disclosure in batch["disclosures"]}
    seen: list[str] = []
    page = world.northwind.get("disclosures", limit="3").json()
    while True:
        assert len(page["disclosures"]) <= 3
        seen += [disclosure["id"] for disclosure in page["disclosures"]]
        made(world, world.northwind, query())
        if page["next"] is None:
            break
        page = world.northwind.get("disclosures", limit="3", cursor=page["next"]).json()
    assert len(seen) == 7
    assert set(seen) == ids


@pytest.mark.clause("PRE-1")
def test_a_page_that_is_just_full_is_the_last(world: World) -> None:
    world.person_consenting()
    world.northwind.post("disclosures/batch", {"requests": [query()] * 3}, key="one")
    page = world.northwind.get("disclosures", limit="3").json()
    assert (len(page["disclosures"]), page["next"]) == (3, None)
    page = world.northwind.get("disclosures", limit="2").json()
    assert (len(page["disclosures"]), page["next"] is None) == (2, False)


@pytest.mark.clause("PRE-1")
def test_the_list_narrows_by_status_and_purpose(world: World) -> None:
    subject = world.person_consenting()
    world.service_for(subject)
    released, refused, by_service = (
        made(world, world.northwind, body) for body in (query(), query(action="provide"), parcel())
    )

    def listed(**narrowing: str) -> list[str]:
        rows = world.northwind.get("disclosures", **narrowing).json()["disclosures"]
        return [row["id"] for row in rows]

    assert listed(status="released") == [by_service["id"], released["id"]]
    assert listed(status="refused") == [refused["id"]]
    assert listed(status="in_review") == []
    assert listed(purpose="parcel") == [by_service["id"]]
    assert listed(purpose="updates", status="released") == [released["id"]]
    page = world.northwind.get("disclosures", status="released", limit="1").json()
    rest = world.northwind.get("disclosures", status="released", limit="1", cursor=page["next"]).json()
    assert [row["id"] for row in (*page["disclosures"], *rest["disclosures"])] == [by_service["id"], released["id"]]


# -- engagements ----------------------------------------------------------------------------------


@pytest.mark.clause("USE-a")
def test_a_partner_sees_its_own_engagements_also_those_that_ended(world: World) -> None:
    at = timezone.now() + timedelta(seconds=1)
    world.engage(world.northwind, [world.updates], at=at, countries=ABROAD, fields=["contact.email"])
    end(world.engagement, reason="over", by=SYSTEM, at=at)
    newest, oldest = world.northwind.get("engagements").json()["engagements"]
    assert set(newest) == {
        "id",
        "role",
        "valid_from",
        "valid_until",
        "ended_at",
        "purposes",
        "fields",
        "actions",
        "countries",
        "contributes",
        "certificate",
    }
    assert newest["contributes"] == []
    assert newest["certificate"] is None
    assert oldest["certificate"]["state"] == "demanded"
    assert newest["countries"] == {"CN": "", "SG": "standard_contract"}
    assert (newest["purposes"], newest["fields"], newest["actions"]) == (["updates"], ["contact.email"], ["share"])
    assert (newest["role"], newest["ended_at"]) == ("processor", None)
    assert (oldest["id"], oldest["purposes"]) == (str(world.engagement.pk), ["parcel", "updates"])
    assert datetime.fromisoformat(oldest["ended_at"]) == at
    assert [row["purposes"] for row in world.harbour.get("engagements").json()["engagements"]] == [["updates"]]


@pytest.mark.clause("USE-a")
def test_an_engagement_opened_later_does_not_revive_the_handles_of_the_one_that_ended(world: World) -> None:
    world.person_consenting()
    disclosure = made(world, world.northwind, query())
    end(world.engagement, reason="over", by=SYSTEM, at=timezone.now())
    world.engage(world.northwind, [world.updates], at=timezone.now())
    world.northwind.log_in_again()
    answer = data_of(world.northwind, disclosure)
    assert is_problem(answer, 403)
    assert codes(answer) == ["engagement_ended"]
    assert made(world, world.northwind, query())["status"] == "released"
