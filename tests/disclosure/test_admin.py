"""What staff look after of engagements and services, and what they see of disclosures."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from disclosure.contributing import Facts, Item, Offer, decide
from disclosure.gate import Ground
from disclosure.models import DisclosureRequest, Engagement, ServiceKind, ServiceRequest
from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from tests.admin_makers import (
    MAKERS,
    Affair,
    Desk,
    earlier,
    fields_of,
    labels_of,
    text_of,
    what_is_open,
    what_roles_say,
)
from users.models import DataElement, Freeze
from users.roles import Role
from users.services.erasure import erase
from users.services.freezing import freeze
from users.services.items import Channel

pytestmark = pytest.mark.django_db

OURS = labels_of("disclosure")


@pytest.fixture
def administrator() -> Desk:
    return Desk(Role.ADMINISTRATOR)


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("label", OURS)
def test_the_desk_goes_by_exactly_what_each_role_may_do(label: str) -> None:
    assert what_is_open(label) == what_roles_say(label)


@pytest.mark.parametrize("label", OURS)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(label: str) -> None:
    desk = Desk(*Role)
    path = f"{label.replace('.', '/')}/"
    for number in range(2):
        MAKERS[label](number)
    few = desk.queries(path)
    for number in range(2, 8):
        MAKERS[label](number)
    assert desk.queries(path) == few < 16


# -- engagements -----------------------------------------------------------------------------------------


def engagement_of(affair: Affair, *countries: tuple[str, str, str], **instead: Any) -> dict[str, Any]:
    """A new engagement, as it is typed."""
    rows = {
        f"countries-{number}-{name}": value
        for number, row in enumerate(countries or [("CN", "", "")])
        for name, value in zip(("country", "mechanism", "reference"), row, strict=True)
    }
    return {
        "partner": str(affair.partner.pk),
        "role": "third_party",
        "valid_from_0": "2026-01-05",
        "valid_from_1": "09:00:00",
        "purposes": [str(affair.purpose.pk)],
        "fields": ["contact.email"],
        "actions": ["share"],
        "countries-TOTAL_FORMS": str(len(countries) or 1),
        **rows,
        **instead,
    }


ADD = "disclosure/engagement/add/"
GERMANY = ("DE", "standard_contract", "SH-0117")


@pytest.mark.clause("USE-a")
def test_a_partner_is_engaged_with_countries_and_what_makes_each_lawful(administrator: Desk) -> None:
    affair = Affair()
    entry = administrator.writes("engagement.begun", ADD, **engagement_of(affair, ("CN", "", ""), GERMANY))
    engagement = Engagement.objects.get(pk=entry.body["engagement"])
    assert entry.body["countries"] == {"CN": "", "DE": "standard_contract"}
    assert (engagement.partner, engagement.fields, engagement.actions) == (affair.partner, ["contact.email"], ["share"])
    assert engagement.valid_from.isoformat() == "2026-01-05T01:00:00+00:00"  # typed at nine in Shanghai
    assert engagement.countries.get(country="DE").reference == "SH-0117"
    assert LogEntry.objects.get().object_repr == str(engagement.pk)


@pytest.mark.clause("COL-b")
def test_what_a_partner_may_give_is_chosen_apart_from_what_it_may_read(administrator: Desk) -> None:
    affair = Affair()
    entry = administrator.writes("engagement.begun", ADD, **engagement_of(affair, contributes=["contact.address"]))
    engagement = Engagement.objects.get(pk=entry.body["engagement"])
    assert engagement.contributes == entry.body["contributes"] == ["contact.address"]
    page = f"disclosure/engagement/{engagement.pk}/change/"
    entry = administrator.writes("engagement.changed", page, contributes=None)
    assert entry.body["contributes"] == []
    assert entry.body["fields"] == ["contact.email"]


@pytest.mark.clause("COL-b")
def test_nobody_is_let_give_what_is_refused_whoever_gives_it(administrator: Desk) -> None:
    page = administrator.get(ADD).content.decode()
    offered = {
        key for key in DataElement.objects.values_list("pk", flat=True) if f'name="contributes" value="{key}"' in page
    }
    engagement = Engagement(valid_from=timezone.now() - timedelta(days=1), contributes=[*offered])
    elements = DataElement.objects.in_bulk()
    facts = Facts(True, False, False, True, [engagement], elements, 1)
    items = tuple(Item(key, "x", timezone.now() - timedelta(days=1)) for key in elements)
    decision = decide(Offer("id", "", items, Channel("a", "b", "c")), facts, at=timezone.now())
    assert set(decision.accepted) == offered
    assert {"contact.address", "health.allergies"} < offered


@pytest.mark.clause("STO-2")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("DE", "", ""), "Reading from abroad is a transfer"),
        (("DE", "standard_contract", ""), "Say where it is on record"),
        (("CN", "certification", "X-1"), "Within the country nothing is transferred"),
        (("", "", ""), "Name at least one country"),
    ],
)
def test_a_country_without_what_makes_it_lawful_is_explained_beside_it(
    administrator: Desk, row: tuple[str, str, str], words: str
) -> None:
    administrator.is_told(words, ADD, **engagement_of(Affair(), row))


@pytest.mark.clause("USE-a")
@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"valid_until_0": "2026-01-05", "valid_until_1": "09:00:00"}, "This must be later than the beginning."),
        ({"valid_until_0": "soon", "valid_until_1": ""}, "Enter a valid date."),
        ({"fields": None}, "This field is required."),
        ({"actions": None}, "This field is required."),
        ({"purposes": None}, "This field is required."),
        ({"countries-TOTAL_FORMS": "2", "countries-1-country": "CN"}, "Please correct the duplicate"),
    ],
)
def test_what_is_wrong_with_an_engagement_stands_beside_the_field(
    administrator: Desk, instead: dict[str, Any], words: str
) -> None:
    administrator.is_told(words, ADD, **engagement_of(Affair(), **instead))


@pytest.mark.clause("USE-a")
def test_what_is_taken_out_of_an_engagement_is_denied_at_once(administrator: Desk) -> None:
    affair = Affair()
    page = f"disclosure/engagement/{affair.engagement.pk}/change/"
    entry = administrator.writes("engagement.changed", page, fields=["contact.email"])
    assert entry.body["fields"] == ["contact.email"]
    assert affair.denied() == {"field_not_engaged"}
    administrator.writes("engagement.changed", page, fields=["contact.email", "contact.phone"], actions=["sell"])
    assert affair.denied() == {"action_not_engaged"}
    administrator.writes("engagement.changed", page, actions=["share"], purposes=[str(affair.service_purpose.pk)])
    assert affair.denied() == {"purpose_not_engaged"}
    administrator.writes("engagement.changed", page, purposes=[str(affair.purpose.pk)])
    assert affair.denied() == set()


@pytest.mark.clause("STO-2")
def test_a_country_is_taken_out_of_an_engagement_and_another_put_in(administrator: Desk) -> None:
    affair = Affair()
    page = f"disclosure/engagement/{affair.engagement.pk}/change/"
    row = {
        f"countries-1-{name}": value for name, value in zip(("country", "mechanism", "reference"), GERMANY, strict=True)
    }
    typed = {"countries-TOTAL_FORMS": "2", "countries-0-DELETE": "on", **row}
    entry = administrator.writes("engagement.changed", page, **typed)
    assert entry.body["countries"] == {"DE": "standard_contract"}
    assert "abroad_not_consented" in affair.denied()
    administrator.is_told("Name at least one country", page, **{"countries-0-DELETE": "on"})


@pytest.mark.clause("USE-a")
def test_an_engagement_is_ended_with_a_reason_and_is_only_read_from_then_on(administrator: Desk) -> None:
    affair = Affair()
    page = f"disclosure/engagement/{affair.engagement.pk}"
    administrator.is_told("This field is required.", f"{page}/end/", reason="")
    assert affair.denied() == set()
    demanded = ["certificate.demanded"]
    entry = administrator.writes("engagement.ended", f"{page}/end/", also=demanded, reason="The contract ran out.")
    assert "contract" not in str(entry.body)
    assert affair.denied() == {"engagement_ended"}
    shown = administrator.get(f"{page}/change/")
    assert "The contract ran out." in text_of(shown)
    assert "End this engagement" not in text_of(shown)
    assert "fields" not in fields_of(shown)
    administrator.is_too_late(f"{page}/change/", **engagement_of(affair))
    administrator.is_too_late(f"{page}/end/", reason="Once more.")


# -- services -------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-b")
def test_what_a_kind_of_service_no_longer_needs_is_denied_at_once(administrator: Desk) -> None:
    affair = Affair()
    assert affair.denied(Ground.SERVICE_REQUEST) == set()
    page = f"disclosure/servicekind/{affair.kind.pk}/change/"
    entry = administrator.writes("service_kind.changed", page, necessary_fields=["contact.phone"], key="other")
    assert entry.body == {"service_kind": affair.kind.key, "fields": ["contact.phone"]}
    assert affair.denied(Ground.SERVICE_REQUEST) == {"field_not_necessary"}
    assert not ServiceKind.objects.filter(key="other").exists()


def test_a_kind_of_service_is_entered_once(administrator: Desk) -> None:
    typed = {
        "key": "repair",
        "title_en": "Repair",
        "title_zh_hans": "维修",
        "necessary_fields": ["contact.email", "contact.phone"],
    }
    path = "disclosure/servicekind/add/"
    entry = administrator.writes("service_kind.added", path, **typed)
    assert entry.body == {"service_kind": "repair", "fields": ["contact.email", "contact.phone"]}
    administrator.is_told("already exists", path, **typed)
    administrator.is_told("This field is required.", path, **{**typed, "key": "mending", "necessary_fields": None})


@pytest.mark.clause("DIS-b")
def test_a_service_is_a_ground_from_its_opening_to_its_closing(administrator: Desk) -> None:
    affair = Affair()
    administrator.writes("service.closed", f"disclosure/servicerequest/{affair.service.pk}/close/")
    assert affair.denied(Ground.SERVICE_REQUEST) == {"service_ended"}
    administrator.is_too_late(f"disclosure/servicerequest/{affair.service.pk}/close/")
    typed = {"person": str(affair.person.pk), "partner": str(affair.partner.pk), "kind": affair.kind.pk}
    entry = administrator.writes("service.opened", "disclosure/servicerequest/add/", **typed)
    assert entry.pseudonym == affair.person.ledger_pseudonyms.get().pseudonym
    assert affair.denied(Ground.SERVICE_REQUEST) == set()
    opened = ServiceRequest.objects.get(closed_at=None)
    page = f"disclosure/servicerequest/{opened.pk}/change/"
    assert administrator.post(page, {"closed_at_0": "2020-01-01", "closed_at_1": "00:00"}).status_code == 403
    logged = LogEntry.objects.values_list("object_repr", "change_message")
    assert "@" not in str(list(logged))


def test_a_service_for_somebody_erased_or_unknown_is_explained(administrator: Desk) -> None:
    affair = Affair()
    erase(affair.person, **earlier())
    typed = {"partner": str(affair.partner.pk), "kind": affair.kind.pk}
    path = "disclosure/servicerequest/add/"
    administrator.is_told("This person was erased.", path, person=str(affair.person.pk), **typed)
    administrator.is_told("Nobody is known by exactly this id", path, person="person0@lantern.example", **typed)


# -- what was asked and what left --------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
def test_a_reviewer_sees_every_reason_of_a_refusal_also_what_the_partner_is_not_told() -> None:
    reviewer = Desk(Role.REVIEWER)
    affair = Affair()
    freeze(affair.person, cause=Freeze.Cause.LEAK, **earlier())
    request = affair.ask().request
    page = reviewer.get(f"disclosure/disclosurerequest/{request.pk}/change/")
    for words in ("Disclosures of this person are frozen.", "SEC-b", "denied, DIS-a", "contact.email: denied"):
        assert words in text_of(page)
    assert str(affair.person.pk) in text_of(page)
    assert "/users/user/" not in page.content.decode()
    assert f"/en/admin/ledger/entry/{request.entry_id}/change/" in page.content.decode()


@pytest.mark.clause("PRE-2")
def test_a_release_is_shown_with_its_decision_and_the_way_to_what_it_rests_on() -> None:
    officer = Desk(Role.SECURITY_OFFICER)
    release = Affair().read()
    page = officer.get(f"disclosure/release/{release.pk}/change/")
    assert "permitted, DIS-a" in text_of(page)
    for address in (
        f"/en/admin/disclosure/disclosurerequest/{release.request_id}/change/",
        f"/en/admin/users/user/{release.person_id}/change/",
        f"/en/admin/ledger/entry/{release.entry_id}/change/",
    ):
        assert address in page.content.decode()
        assert officer.browser.get(address).status_code == 200
    through = officer.get(f"disclosure/disclosurerequest/{release.request_id}/change/").content.decode()
    assert f"/en/admin/disclosure/release/?request={release.request_id}" in through
    listed = officer.get("disclosure/release/", request=str(release.request_id)).context["cl"].result_list
    assert list(listed) == [release]


def test_requests_are_filtered_by_partner_status_ground_and_date_and_found_by_id() -> None:
    reviewer = Desk(Role.REVIEWER)
    first, second = Affair(0), Affair(1)
    permitted = first.ask().request.pk
    by_service = second.ask(Ground.SERVICE_REQUEST).request.pk
    end(second.engagement, reason="over", by=SYSTEM, at=timezone.now())
    refused = second.ask().request.pk

    def found(**query: str) -> set[Any]:
        page = reviewer.get("disclosure/disclosurerequest/", **query)
        return {row.pk for row in page.context["cl"].result_list}

    assert found(partner__id__exact=str(first.partner.pk)) == {permitted}
    assert found(status__exact="refused") == {refused}
    assert found(ground__exact="service_request") == {by_service}
    assert found(requested_at__gte="2000-01-01 00:00:00+00:00") == {permitted, by_service, refused}
    assert found(requested_at__lt="2000-01-01 00:00:00+00:00") == set()
    assert found(q=str(refused)) == {refused}
    assert found(q=str(second.person.pk)) == {by_service, refused}
    assert DisclosureRequest.objects.count() == 3
