"""Filing requests, and changing them: what was typed is kept, and what is not right is said beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from disclosure.filing_states import State
from disclosure.models import Filing, LegalInstrument
from disclosure.services import filings
from disclosure.services.filings import unsealed
from privacy_app.crypto import blind_index
from privacy_app.keyrings import index_keys
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.admin_makers import fields_of
from tests.disclosure.desk.clerks import (
    Clerk,
    a_demand,
    a_provision,
    approved,
    asked_by_party,
    last_entry,
    officer,
    reviewer,
    says,
    somebody,
    submitted,
)
from tests.disclosure.matters import (
    ADDRESS,
    EMAIL,
    PHONE,
    PHONE_NUMBER,
    court,
    now,
    order_of,
    violation_of,
)
from tests.users.makers import ADA
from users.models import ContactIndex, User
from users.roles import Role
from users.services.erasure import erase
from users.services.violations import find_violation

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def olga() -> Clerk:
    return officer()


@pytest.fixture
def ada() -> User:
    return somebody()


def on_order(clerk: Clerk) -> str:
    return f"filings/new/instrument/{order_of(court(clerk.user), clerk=clerk.user).pk}/"


def made(answer: Any) -> Filing:
    assert answer.status_code == 302, says(answer)
    return Filing.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


# -- DIS-c -----------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_a_request_on_an_instrument_is_filed_as_a_draft_for_its_authority(olga: Clerk, ada: User) -> None:
    address = on_order(olga)
    filing = made(olga.fill(address, person=ADA, elements=[EMAIL]))
    assert (filing.person, filing.fields, filing.state) == (ada, [EMAIL], State.DRAFT)
    assert filing.instrument is not None
    assert filing.authority == filing.instrument.authority
    assert filing.expires_at == filing.instrument.expires_at
    assert (last_entry().kind, last_entry().actor) == ("filing.drafted", olga.actor)
    assert ADA not in str(last_entry().body)


@pytest.mark.clause("DIS-c")
def test_no_more_can_be_asked_than_the_instrument_demands(olga: Clerk, ada: User) -> None:
    address = on_order(olga)
    page = olga.get(address).content.decode()
    assert f'value="{EMAIL}"' in page
    assert f'value="{PHONE}"' in page
    assert f'value="{ADDRESS}"' not in page
    answer = olga.post(address, person=ADA, elements=[EMAIL, ADDRESS])
    assert answer.status_code == 422
    assert not Filing.objects.exists()


@pytest.mark.parametrize("named", [ADA, " Ada@Lantern.Example ", PHONE_NUMBER, "id"])
def test_a_person_is_named_by_exactly_an_address_or_an_id(olga: Clerk, ada: User, named: str) -> None:
    if named == PHONE_NUMBER:
        hmac = blind_index(PHONE_NUMBER, key=index_keys().newest, kind="phone")
        ContactIndex.objects.create(
            person=ada, kind="phone", hmac=hmac, key_id=index_keys().newest.id, verified_at=now()
        )
    filing = made(olga.fill(on_order(olga), person=str(ada.pk) if named == "id" else named, elements=[EMAIL]))
    assert filing.person == ada


@pytest.mark.parametrize(
    "named", ["ada", "nobody@lantern.example", "+8613800138001", "%", "00000000-0000-4000-8000-000000000000"]
)
def test_whoever_is_not_known_by_exactly_this_is_nobody(olga: Clerk, ada: User, named: str) -> None:
    answer = olga.fill(on_order(olga), person=named, elements=[EMAIL], justification="As ordered.")
    assert answer.status_code == 422
    assert "Nobody is known by exactly this id or address." in says(answer)
    kept = fields_of(answer)
    assert (kept["person"], kept["elements"], kept["justification"]) == ([named], [EMAIL], ["As ordered."])
    assert not Filing.objects.exists()


def test_an_address_that_nobody_confirmed_finds_nobody(olga: Clerk) -> None:
    User.objects.create(email="claimed@lantern.example")
    assert olga.fill(on_order(olga), person="claimed@lantern.example", elements=[EMAIL]).status_code == 422


def test_nobody_files_about_somebody_who_was_erased(olga: Clerk, ada: User) -> None:
    address = on_order(olga)
    erase(ada, by=SYSTEM, at=now())
    assert "This person was erased." in says(olga.fill(address, person=str(ada.pk), elements=[EMAIL]))


def test_a_request_for_nothing_is_explained_beside_the_boxes(olga: Clerk, ada: User) -> None:
    answer = olga.post(on_order(olga), person=ADA)
    assert answer.status_code == 422
    assert "Choose at least one field." in says(answer)


def test_the_page_on_which_one_begins_shows_what_a_request_can_rest_on(olga: Clerk, rita: Clerk, ada: User) -> None:
    empty = says(olga.get("filings/new/"))
    assert "None is on record that has not expired." in empty
    assert "None is confirmed." in empty
    address = on_order(olga)
    violation = violation_of(ada, finder=olga.user, decider=rita.user)
    page = olga.get("filings/new/").content.decode()
    assert address in page
    assert f"filings/new/violation/{violation.pk}/" in page


@pytest.mark.clause("DIS-c")
def test_nothing_is_filed_on_an_instrument_that_has_expired(olga: Clerk, ada: User) -> None:
    address = on_order(olga)
    LegalInstrument.objects.update(received_at=now() - timedelta(days=9), expires_at=now() - timedelta(minutes=1))
    for typed in ({}, {"person": ADA, "elements": [EMAIL]}):
        answer = olga.post(address, **typed) if typed else olga.get(address)
        assert answer.status_code == 302
        assert "The instrument has expired." in says(olga.browser.get(answer["Location"]))
    assert not Filing.objects.exists()


# -- DIS-d ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-d")
def test_a_request_on_a_violation_says_why_it_is_required_and_is_about_whoever_broke_the_rule(
    olga: Clerk, rita: Clerk, ada: User
) -> None:
    violation = violation_of(ada, finder=olga.user, decider=rita.user)
    address = f"filings/new/violation/{violation.pk}/"
    authority = court(olga.user)
    assert "person" not in fields_of(olga.get(address))
    answer = olga.fill(address, authority=str(authority.pk), elements=[EMAIL])
    assert answer.status_code == 422
    assert "Why it is required: This field is required." in says(answer)
    filing = made(
        olga.fill(address, authority=str(authority.pk), elements=[EMAIL], justification="To pursue the fraud.")
    )
    assert (filing.person, filing.authority, filing.violation) == (ada, authority, violation)
    assert unsealed(filing, [filing.justification]) == ["To pursue the fraud."]
    assert "To pursue the fraud." not in str(list(Entry.objects.values_list("body", flat=True)))


@pytest.mark.clause("DIS-d")
def test_nothing_is_filed_on_a_violation_that_nobody_confirmed(olga: Clerk, ada: User) -> None:
    found = find_violation(ada, rule="Rule 9", evidence="Photographs", by=olga.user, at=now())
    authority = court(olga.user)
    answer = olga.post(
        f"filings/new/violation/{found.pk}/", authority=str(authority.pk), elements=[EMAIL], justification="Why"
    )
    assert answer.status_code == 302
    assert "not confirmed." in says(olga.browser.get(answer["Location"]))
    assert not Filing.objects.exists()


# -- DIS-g -------------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-g")
def test_a_request_on_a_provision_names_it_and_an_end(olga: Clerk, rita: Clerk, ada: User) -> None:
    provision, authority = a_provision(rita.user), court(olga.user)
    soon = (timezone.localtime() + timedelta(days=9)).date()
    typed: dict[str, Any] = {
        "provision": str(provision.pk),
        "authority": str(authority.pk),
        "person": ADA,
        "elements": [EMAIL],
        "expires_at": soon.isoformat(),
        "justification": "A kettle may burn.",
    }
    for name, wrong in (("provision", ""), ("expires_at", ""), ("expires_at", "2026-01-05"), ("justification", " ")):
        assert olga.fill("filings/new/provision/", **{**typed, name: wrong}).status_code == 422
    filing = made(olga.fill("filings/new/provision/", **typed))
    assert filing.provision == provision
    assert filing.expires_at is not None
    assert timezone.localtime(filing.expires_at).date() == soon


# -- changing --------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_a_change_is_a_new_version_for_which_no_approval_counts(olga: Clerk, rita: Clerk, ada: User) -> None:
    filing = approved(submitted(olga.user), rita.user)
    address = f"filings/{filing.pk}/edit/"
    page = olga.get(address)
    assert "This makes version 2. Whatever was approved of version 1 does not count any more." in says(page)
    assert "person" not in fields_of(page)
    assert fields_of(page)["elements"] == [EMAIL]
    after = made(olga.fill(address, elements=[EMAIL, PHONE]))
    assert (after.version, after.state, after.fields) == (2, State.SUBMITTED, [EMAIL, PHONE])
    assert last_entry().kind == "filing.edited"


def test_what_was_changed_meanwhile_is_not_overwritten_and_what_was_typed_is_kept(olga: Clerk, ada: User) -> None:
    filing = a_demand(olga.user)
    address = f"filings/{filing.pk}/edit/"
    olga.fill(address, elements=[PHONE])
    answer = olga.post(address, version=1, elements=[EMAIL, PHONE], justification="Both after all.")
    assert answer.status_code == 409
    assert "Somebody changed it while you had this page open." in says(answer)
    kept = fields_of(answer)
    assert (kept["version"], kept["elements"], kept["justification"]) == (["2"], [EMAIL, PHONE], ["Both after all."])
    assert Filing.objects.get().fields == [PHONE]


def test_only_whoever_filed_it_changes_it_and_only_while_it_can_be(olga: Clerk, rita: Clerk, ada: User) -> None:
    filing = submitted(olga.user)
    assert rita.get(f"filings/{filing.pk}/edit/").status_code == 403
    filings.refuse(filing, shown=1, reason="No", by=rita.user, at=now())
    answer = olga.get(f"filings/{filing.pk}/edit/")
    assert answer.status_code == 302
    assert "Nothing was changed. It stands at “refused”" in says(olga.browser.get(answer["Location"]))


def test_what_people_file_themselves_is_not_changed_at_the_desk(rita: Clerk) -> None:
    filing, _ = asked_by_party()
    assert rita.get(f"filings/{filing.pk}/edit/").status_code == 403
    party = User.objects.get(pk=filing.filed_by_id)
    member = Clerk(Role.REVIEWER, email="both@lantern.example")
    Filing.objects.filter(pk=filing.pk).update(filed_by=member.user)
    assert member.get(f"filings/{filing.pk}/edit/").status_code == 404
    assert party != member.user


def test_the_change_of_a_violation_or_provision_begins_with_what_was_said(olga: Clerk, rita: Clerk, ada: User) -> None:
    violation = violation_of(ada, finder=olga.user, decider=rita.user)
    authority = court(olga.user)
    filing = made(
        olga.fill(
            f"filings/new/violation/{violation.pk}/",
            authority=str(authority.pk),
            elements=[EMAIL],
            justification="To pursue the fraud.",
        )
    )
    address = f"filings/{filing.pk}/edit/"
    assert fields_of(olga.get(address))["justification"] == ["To pursue the fraud."]
    after = made(olga.fill(address, justification="To pursue the fraud, and warn others."))
    assert unsealed(after, [after.justification]) == ["To pursue the fraud, and warn others."]
    assert after.version == 2
