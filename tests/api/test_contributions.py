"""Giving data over the API: with its channel, within the engagement, beside what is held already."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from disclosure.api.contributions import BasisName
from disclosure.contributing import Refusal
from disclosure.gate import Audience
from disclosure.models import Contribution
from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, NOBODY, World, codes, contributed, everything, is_problem, query
from tests.servers import CHECKOUT
from users.models import ChannelBasis, PersonalDataItem, User
from users.services.erasure import erase
from users.services.freezing import freeze

pytestmark = [pytest.mark.django_db, pytest.mark.clause("COL-b")]
EARLIER = "2024-05-01T08:00:00Z"


@pytest.fixture(autouse=True)
def subject(world: World) -> str:
    """Ada, who consented to Northwind's updates, by the website's name for her."""
    return world.person_consenting()


def give(world: World, body: dict[str, Any] | None = None, **more: Any) -> Any:
    return world.northwind.post("contributions", body or contributed(**more), key=world.new_key())


def item(field: str, value: str, obtained_at: str | None = EARLIER) -> dict[str, Any]:
    return {"field": field, "value": value, **({"obtained_at": obtained_at} if obtained_at else {})}


def channel(**instead: str | None) -> dict[str, Any]:
    return {"channel": {**contributed()["channel"], **instead}}


# -- accepted ------------------------------------------------------------------------------------------


def test_what_is_accepted_is_said_field_by_field_and_read_with_partner_as_its_source(world: World) -> None:
    answer = give(world)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert set(body) == {"id", "subject", "fields", "reasons", "at"}
    assert body["id"] == str(Contribution.objects.get().pk)
    assert body["subject"] == {"id": world.name_of(world.northwind)}
    assert (body["fields"], body["reasons"]) == ({"contact.address": "accepted"}, [])
    handle = world.northwind.post("disclosures", query(fields=["contact.address"]), key="read").json()["id"]
    value = world.northwind.get(f"disclosures/{handle}/data").json()["fields"]["contact.address"]
    assert value == {"value": "8 River Street", "source": "partner", "obtained_at": EARLIER}


def test_what_the_website_or_the_person_told_is_still_what_is_read(world: World, subject: str) -> None:
    told = {"items": [{"field": "contact.address", "value": "1 River Street"}]}
    assert world.website.put(f"people/{subject}/items", told).status_code == 200
    assert give(world).json()["fields"] == {"contact.address": "accepted"}
    handle = world.northwind.post("disclosures", query(fields=["contact.address"]), key="read").json()["id"]
    value = world.northwind.get(f"disclosures/{handle}/data").json()["fields"]["contact.address"]
    assert (value["value"], value["source"]) == ("1 River Street", "platform")


def test_a_part_is_accepted_and_the_rest_refused_with_its_reasons(world: World) -> None:
    items = [
        item("contact.address", "8 River Street"),
        item("location.city", "Shanghai"),
        item("identity.name", "Ada", None),
    ]
    body = give(world, items=items).json()
    assert body["fields"] == {"contact.address": "accepted", "location.city": "refused", "identity.name": "refused"}
    assert body["reasons"] == [
        {
            "code": "no_obtained_at",
            "clause": "COL-b",
            "message": "It is not said when this was obtained.",
            "fields": ["identity.name"],
        },
        {
            "code": "field_not_engaged",
            "clause": "USE-a",
            "message": "No engagement in force lets the partner contribute this field.",
            "fields": ["location.city"],
        },
    ]


@pytest.mark.parametrize("name", ["id", "email", "phone"])
def test_a_person_is_named_in_any_of_three_ways(world: World, name: str) -> None:
    world.bring_in(ADA, phone="+8613800138000")
    names = {"id": world.name_of(world.northwind), "email": f" {ADA.title()}", "phone": "+86 138-0013-8000"}
    assert give(world, subject={name: names[name]}).status_code == 201


@pytest.mark.parametrize("basis", ChannelBasis.values)
def test_every_basis_that_the_law_knows_is_taken(world: World, basis: str) -> None:
    assert give(world, **channel(basis=basis)).status_code == 201
    assert PersonalDataItem.objects.get(source="partner").channel_basis == basis


def test_the_bases_of_the_api_are_those_that_are_kept() -> None:
    assert list(BasisName.__args__) == ChannelBasis.values  # type: ignore[attr-defined]


def test_a_service_that_the_person_asked_for_is_a_relation_also_after_its_end(world: World) -> None:
    other = world.bring_in("ben@lantern.example")
    assert codes(give(world, contributed("ben@lantern.example"))) == ["not_available"]
    service = world.service_for(other)
    assert world.website.patch(f"service-requests/{service}", {"status": "closed"}).status_code == 200
    assert give(world, contributed("ben@lantern.example")).status_code == 201


# -- refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "refusals"),
    [
        ({"channel": None}, [Refusal.NO_CHANNEL, Refusal.NO_BASIS, Refusal.NO_EVIDENCE]),
        ({"channel": {}}, [Refusal.NO_CHANNEL, Refusal.NO_BASIS, Refusal.NO_EVIDENCE]),
        (channel(name=None), [Refusal.NO_CHANNEL]),
        (channel(name="  "), [Refusal.NO_CHANNEL]),
        (channel(basis=None), [Refusal.NO_BASIS]),
        (channel(evidence=None), [Refusal.NO_EVIDENCE]),
        (channel(evidence=" \n"), [Refusal.NO_EVIDENCE]),
        ({"items": [item("contact.address", "x", None)]}, [Refusal.NO_OBTAINED_AT]),
        ({"items": [item("contact.address", "x", "2999-01-01T00:00:00Z")]}, [Refusal.OBTAINED_IN_THE_FUTURE]),
        ({"items": [item("contact.address", "x", "9999-12-31T23:59:59-14:00")]}, [Refusal.OBTAINED_IN_THE_FUTURE]),
        ({"items": [item("contact.address", "x", "1899-12-31T00:00:00Z")]}, [Refusal.OBTAINED_TOO_EARLY]),
        ({"items": [item("contact.address", "x", "0001-01-01T00:00:00+14:00")]}, [Refusal.OBTAINED_TOO_EARLY]),
        ({"items": [item("activity.reviews", "x")]}, [Refusal.EXCLUDED_FIELD, Refusal.FIELD_NOT_ENGAGED]),
        ({"items": [item("enforcement.measures", "x")]}, [Refusal.EXCLUDED_FIELD, Refusal.FIELD_NOT_ENGAGED]),
        ({"items": [item("device.ip_address", "x")]}, [Refusal.RECORDED_FIELD, Refusal.FIELD_NOT_ENGAGED]),
        ({"items": [item("contact.email", "e@e.example")]}, [Refusal.LOGIN_ADDRESS, Refusal.FIELD_NOT_ENGAGED]),
        ({"items": [item("location.city", "x")]}, [Refusal.FIELD_NOT_ENGAGED]),
        ({"subject": {"id": NOBODY}}, [Refusal.NOT_AVAILABLE]),
        ({"subject": {"phone": "+8613800138099"}}, [Refusal.NOT_AVAILABLE]),
    ],
    ids=str,
)
def test_a_refusal_says_why_by_which_clause_and_changes_nothing_but_the_record(
    world: World, more: dict[str, Any], refusals: list[Refusal]
) -> None:
    before = everything()
    answer = give(world, **more)
    assert is_problem(answer, 403)
    assert answer.json()["type"].endswith(":refused")
    told = [(reason["code"], reason["clause"], reason["message"]) for reason in answer.json()["reasons"]]
    assert told == [(refusal.code, refusal.clause, refusal.message) for refusal in refusals]
    changed = {table for table, count in everything().items() if count != before[table]}
    assert changed == {"disclosure_contribution", "ledger_entry", "users_idempotencykey"}
    assert Entry.objects.latest("seq").kind == "contribution.refused"


def test_outside_an_engagement_nothing_is_taken(world: World) -> None:
    end(world.engagement, reason="over", by=SYSTEM, at=timezone.now())
    world.northwind.log_in_again()
    assert codes(give(world)) == ["engagement_ended"]
    world.engage(
        world.northwind, [world.updates], at=timezone.now() + timedelta(days=1), contributes=["contact.address"]
    )
    world.northwind.log_in_again()
    assert codes(give(world)) == ["engagement_not_begun"]
    world.engage(world.northwind, [world.updates], at=timezone.now())
    assert codes(give(world)) == ["field_not_engaged"]


def test_what_another_partner_may_contribute_this_one_may_not(world: World) -> None:
    world.engage(world.harbour, [world.updates], at=timezone.now(), contributes=["location.city"])
    assert codes(give(world, items=[item("location.city", "Shanghai")])) == ["field_not_engaged"]


@pytest.mark.clause("SEC-b")
def test_what_is_held_of_somebody_frozen_is_changed_by_no_partner_and_none_is_told_why(world: World) -> None:
    freeze(User.objects.get(email=ADA), cause="leak", by=SYSTEM, at=timezone.now())  # type: ignore[arg-type]
    before = PersonalDataItem.objects.count()
    assert codes(give(world)) == ["not_available"]
    assert PersonalDataItem.objects.count() == before
    assert Entry.objects.latest("seq").body["reasons"] == [{"code": "person_frozen", "fields": ["contact.address"]}]


# -- not even understood -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ({"items": []}, "wrong_length", "$.items"),
        ({"items": [item("identity.name", "x")] * 101}, "wrong_length", "$.items"),
        ({"items": [item("identity.name", "x"), item("identity.name", "y")]}, "repeated_field", "$.items[1].field"),
        ({"items": [item("identity.shoe_size", "41")]}, "unknown_field", "$.items[0].field"),
        ({"items": [item("contact.phone", "12345")]}, "invalid", "$.items[0].value"),
        ({"items": [item("identity.name", "   ")]}, "invalid", "$.items[0].value"),
        ({"items": [item("identity.name", "x", "2024-05-01T08:00:00")]}, "invalid", "$.items[0].obtained_at"),
        ({"items": [item("identity.name", "x", "yesterday")]}, "invalid", "$.items[0].obtained_at"),
        (channel(basis="because"), "not_allowed", "$.channel.basis"),
        (channel(name=""), "wrong_length", "$.channel.name"),
        (channel(name="n" * 201), "wrong_length", "$.channel.name"),
        (channel(evidence="e" * 501), "wrong_length", "$.channel.evidence"),
        (channel(evidence="a\x00b"), "invalid", "$.channel.evidence"),
        ({"subject": {}}, "one_name", "$.subject"),
        ({"subject": {"email": "nobody at home"}}, "not_an_address", "$.subject.email"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_contribution_is_refused_with_its_place_and_leaves_no_trace(
    world: World, more: dict[str, Any], code: str, place: str
) -> None:
    before = everything()
    answer = give(world, **more)
    assert is_problem(answer, 400)
    [reason] = answer.json()["reasons"]
    assert (reason["code"], reason["pointer"]) == (code, place)
    assert everything() == before


def test_a_hundred_items_cost_as_many_queries_as_one(world: World, django_assert_max_num_queries: Any) -> None:
    give(world, items=[item("contact.phone", "+8613800138002")])
    with django_assert_max_num_queries(60) as one:
        give(world, items=[item("contact.phone", "+8613800138000")])
    with django_assert_max_num_queries(60) as three:
        items = [item("contact.phone", "+8613800138001"), item("contact.address", "x"), item("identity.name", "y")]
        assert give(world, items=items).status_code == 201
    assert len(three.captured_queries) == len(one.captured_queries)


def test_look_ups_by_address_are_counted_and_names_are_not(world: World, settings: Settings) -> None:
    settings.ADDRESS_LOOKUPS_PER_DAY = 1
    assert give(world).status_code == 201
    assert is_problem(give(world), 429)
    assert give(world, subject={"id": world.name_of(world.northwind)}).status_code == 201


# -- once ----------------------------------------------------------------------------------------------


def test_a_refusal_sent_again_is_the_same_refusal_and_stands_once_on_the_record(world: World) -> None:
    body = contributed(channel=None)
    first = world.northwind.post("contributions", body, key="one")
    before = everything()
    again = world.northwind.post("contributions", body, key="one")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert everything() == before


def test_sent_again_after_the_erasure_it_names_nobody_any_more(world: World) -> None:
    first = world.northwind.post("contributions", contributed(), key="one").json()
    erase(User.objects.get(email=ADA), by=SYSTEM, at=timezone.now())
    again = world.northwind.post("contributions", contributed(), key="one")
    assert (again.status_code, again.json()) == (201, {**first, "subject": None})


# -- the guide -----------------------------------------------------------------------------------------


def test_the_partner_guide_explains_every_reason_for_which_a_contribution_is_refused() -> None:
    text = (CHECKOUT / "docs" / "partner-guide.md").read_text(encoding="utf-8")
    section = text.partition("## Contributing")[2].partition("\n## ")[0]
    told = [refusal for refusal in Refusal if refusal.audience is Audience.PARTNER]
    missing = [
        refusal.code
        for refusal in told
        if f"| `{refusal.code}` | {refusal.clause} | {refusal.message} |" not in section
    ]
    assert missing == []
