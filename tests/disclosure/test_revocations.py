"""Taking one disclosure back: by staff, with a cause, for good, and told to the partner and to the person (PRE-2)."""

import pytest
from django.test import Client
from django.utils import timezone

from consent.services.consents import Subject, change
from consent.states import Event
from disclosure.models import DisclosureRequest, Release, Revocation, Status
from disclosure.records import replay
from disclosure.services.errors import NotReleased
from disclosure.services.revocations import revoke
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.admin_makers import Affair, Desk, text_of
from tests.api.callers import ADA, World, codes, everything, is_problem, query
from tests.disclosure.desk.clerks import section_of
from tests.users.makers import browser_of, held, queries_for, someone
from users.models import EventType, PartnerEvent, User
from users.roles import Role
from users.services.erasure import erase
from users.services.errors import PersonErased
from users.services.positions import give_positions

pytestmark = [pytest.mark.django_db, pytest.mark.clause("PRE-2")]

SHARED = "/en/me/shared/"
SUSPECTED = Revocation.Cause.MISUSE


@pytest.fixture
def world() -> World:
    return World()


def _handle(world: World) -> str:
    made = world.northwind.post("disclosures", query(), key=world.new_key()).json()
    assert made["status"] == "released"
    id_: str = made["id"]
    return id_


def _revoke(handle: str) -> Revocation:
    return revoke(DisclosureRequest.objects.get(pk=handle), cause=SUSPECTED, by=SYSTEM, at=timezone.now())


def test_the_handle_refuses_from_then_on_with_a_reason_of_its_own(world: World) -> None:
    world.person_consenting()
    handle, other = _handle(world), _handle(world)
    assert world.northwind.get(f"disclosures/{handle}/data").status_code == 200
    revocation = _revoke(handle)
    answer = world.northwind.get(f"disclosures/{handle}/data")
    assert is_problem(answer, 403)
    assert codes(answer) == ["disclosure_revoked"]
    assert [reason["clause"] for reason in answer.json()["reasons"]] == ["PRE-2"]
    assert "misus" not in answer.content.decode()
    (read,) = world.northwind.post("disclosures/read", {"ids": [handle]}).json()["disclosures"]
    assert codes(read) == ["disclosure_revoked"]
    assert world.northwind.get(f"disclosures/{other}/data").status_code == 200
    assert Release.objects.count() == 2
    entry = Entry.objects.get(pk=revocation.entry_id)
    assert (entry.kind, entry.body["cause"], entry.body["purpose"]) == ("disclosure.revoked", "misuse", "updates")
    assert entry.body["decided_in"] == DisclosureRequest.objects.get(pk=handle).entry_id
    assert all(replay(entry.body) for entry in Entry.objects.filter(kind__startswith="disclosure.read"))


def test_the_api_shows_that_it_is_revoked_and_finds_it_by_that(world: World) -> None:
    world.person_consenting()
    handle, _other = _handle(world), _handle(world)
    _revoke(handle)
    assert world.northwind.get(f"disclosures/{handle}").json()["status"] == "revoked"
    found = world.northwind.get("disclosures", status="revoked").json()["disclosures"]
    assert [row["id"] for row in found] == [handle]


@pytest.mark.clause("DIS-a")
def test_no_consent_that_is_given_anew_revives_it_and_what_is_asked_anew_is_decided_anew(world: World) -> None:
    subject = world.person_consenting()
    handle = _handle(world)
    _revoke(handle)
    for state in ("ConsentWithdrawn", "ConsentGiven"):
        assert world.consent(subject, state).status_code == 201
    assert codes(world.northwind.get(f"disclosures/{handle}/data")) == ["disclosure_revoked"]
    assert world.northwind.get(f"disclosures/{_handle(world)}/data").status_code == 200


@pytest.mark.clause("USE-a")
def test_its_partner_is_told_which_and_not_why_and_nobody_else_is(world: World) -> None:
    world.person_consenting()
    handle = _handle(world)
    _revoke(handle)
    give_positions(at=timezone.now())
    (event,) = world.northwind.get("events").json()["events"]
    assert event["type"] == "disclosure.revoked"
    assert event["subject"] == {"id": world.name_of(world.northwind)}
    assert event["data"] == {
        "disclosure": handle,
        "purpose": "updates",
        "fields": ["contact.email", "contact.phone"],
    }
    assert PartnerEvent.objects.filter(type=EventType.DISCLOSURE_REVOKED).count() == 1


def test_what_was_refused_was_revoked_already_or_is_about_somebody_erased_is_not_revoked(world: World) -> None:
    world.person_consenting()
    refused = world.northwind.post("disclosures", query(purpose="parcel"), key=world.new_key()).json()["id"]
    unknown = world.northwind.post("disclosures", query("no@lantern.example"), key=world.new_key()).json()["id"]
    revoked, of_erased = _handle(world), _handle(world)
    _revoke(revoked)
    for handle in (refused, unknown, revoked):
        before = everything()
        with pytest.raises(NotReleased):
            _revoke(handle)
        assert everything() == before
    erase(User.objects.get(email=ADA), by=SYSTEM, at=timezone.now())
    with pytest.raises(PersonErased):
        _revoke(of_erased)


# -- the person --------------------------------------------------------------------------------------


@pytest.fixture
def tab(world: World) -> Client:
    """The browser of somebody who allowed Northwind its updates."""
    person = someone()
    held(person, "contact.phone", "+86 138 0013 8000")
    change(Subject(person, world.updates, world.northwind.partner), Event.GIVE, by=SYSTEM, at=timezone.now())
    return browser_of(person)


def test_the_person_sees_what_was_taken_back_from_whom_and_why(world: World, tab: Client) -> None:
    read, unread = _handle(world), _handle(world)
    world.northwind.get(f"disclosures/{read}/data")
    assert "Every release" in text_of(tab.get(SHARED)) and "Taken back by us" not in text_of(tab.get(SHARED))
    for handle in (read, unread):
        _revoke(handle)
    page = text_of(tab.get(SHARED))
    assert "Nothing waits: whatever was permitted has been read." in page
    taken_back = section_of(tab.get(SHARED), "taken-back")
    assert taken_back.count("Northwind Delivery") == 2
    assert "Why The recipient is suspected of misusing it" in taken_back
    assert "We have taken this back since: nothing more is read through it." in page
    assert "We took back what Northwind Delivery was permitted" in text_of(tab.get("/en/me/"))


def test_its_page_takes_as_many_queries_for_many_revocations_as_for_one(world: World, tab: Client) -> None:
    def cost() -> int:
        handle = _handle(world)
        world.northwind.get(f"disclosures/{handle}/data")
        _revoke(handle)
        return queries_for(tab, SHARED)

    assert cost() == cost() == cost()


# -- the desk ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECURITY_OFFICER, Role.ADMINISTRATOR])
def test_staff_revoke_a_disclosure_with_a_cause_once(role: Role) -> None:
    desk, affair = Desk(role), Affair()
    release = affair.read()
    page = f"disclosure/disclosurerequest/{release.request_id}"
    assert "Revoke this disclosure" in text_of(desk.get(f"{page}/change/"))
    desk.is_told("This field is required.", f"{page}/revoke/")
    entry = desk.writes("disclosure.revoked", f"{page}/revoke/", cause="objection")
    assert entry.actor.startswith("staff:")
    assert entry.pseudonym == affair.person.ledger_pseudonyms.get().pseudonym
    shown = text_of(desk.get(f"{page}/change/"))
    assert "an objection to it was right" in shown
    assert "Revoke this disclosure" not in shown
    desk.is_too_late(f"{page}/revoke/", cause="objection")
    assert DisclosureRequest.objects.get(pk=release.request_id).status == Status.REVOKED


def test_a_policy_editor_does_not_revoke_and_a_refused_request_has_no_button() -> None:
    affair = Affair()
    release = affair.read()
    editor = Desk(Role.POLICY_EDITOR)
    path = f"disclosure/disclosurerequest/{release.request_id}/revoke/"
    assert editor.get(path).status_code == editor.post(path, {"cause": "law"}).status_code == 403
    erase(affair.person, by=SYSTEM, at=timezone.now())
    reviewer = Desk(Role.REVIEWER, email="rita@lantern.example")
    reviewer.is_told("This person was erased.", path, cause="law")
