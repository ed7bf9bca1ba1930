"""What requests rest on, entered and looked after at the desk: authorities, instruments, violations, complaints, transactions, provisions."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import Authority, Complaint, Document, LegalInstrument, Performance, Provision, Transaction
from disclosure.services.complaints import qualify
from disclosure.services.documents import MAX_BYTES
from disclosure.services.errors import OwnMatter
from privacy_app.ledger.models import Entry
from tests.admin_makers import fields_of
from tests.disclosure.desk.clerks import (
    Clerk,
    a_file,
    a_provision,
    asked_by_party,
    asked_by_respondent,
    last_entry,
    officer,
    on_violation,
    reviewer,
    says,
    somebody,
    submitted,
)
from tests.disclosure.matters import EMAIL, PDF, PHONE, complaint_about, court, order_of, transaction_of
from tests.users.makers import ADA, BEN
from users.models import Violation
from users.roles import Role
from users.services.violations import OwnViolation, decide_violation, find_violation

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 20 + b"\xff\xd9"
AUTHORITY = {"name": "Harbour Court", "kind": "court", "country": "CN", "contact_email": "clerk@court.example"}


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def sam() -> Clerk:
    return reviewer(1)


def moment(days: float) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def an_order(**instead: Any) -> dict[str, Any]:
    """A court order, as it is typed."""
    return {
        "kind": "court_order",
        "number": "2026-17",
        "legal_basis": "Civil Procedure Law 70",
        "issued_on": moment(-3)[:10],
        "received_at": moment(-1),
        "expires_at": moment(30),
        "elements": [EMAIL, PHONE],
        "document": a_file(),
        **instead,
    }


def is_told(answer: Any, words: str, status: int = 422) -> None:
    assert (answer.status_code, words in says(answer)) == (status, True), says(answer)


# -- authorities -----------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_an_authority_is_entered_verified_and_doubted_with_who_did_it_and_how(rita: Clerk) -> None:
    assert "None has been entered so far." in says(rita.get("authorities/"))
    answer = rita.fill("authorities/new/", **AUTHORITY)
    authority = Authority.objects.get()
    assert answer["Location"] == f"/en/desk/authorities/{authority.pk}/"
    assert (last_entry().kind, last_entry().actor) == ("authority.added", rita.actor)
    assert "Not verified" in says(rita.get("authorities/"))
    page = f"authorities/{authority.pk}/"
    is_told(rita.post(f"{page}doubt/"), "It is not verified, so there is nothing to doubt.", 409)
    is_told(rita.post(f"{page}verify/", how=""), "This field is required.")
    assert rita.post(f"{page}verify/", how="Rang the number of its website").status_code == 302
    authority.refresh_from_db()
    assert (authority.verified_by, authority.verified_how) == (rita.user, "Rang the number of its website")
    assert "Rang the number of its website" in says(rita.get(page))
    assert rita.post(f"{page}doubt/").status_code == 302
    authority.refresh_from_db()
    assert authority.verified_at is None


def test_the_same_authority_is_not_entered_twice_and_what_was_typed_is_kept(rita: Clerk) -> None:
    rita.fill("authorities/new/", **AUTHORITY)
    answer = rita.fill("authorities/new/", **{**AUTHORITY, "kind": "police"})
    is_told(answer, "This is on record already.", 409)
    assert fields_of(answer)["kind"] == ["police"]


@pytest.mark.parametrize(
    ("field", "wrong"), [("name", ""), ("kind", "x"), ("country", "XX"), ("country", ""), ("contact_email", "court")]
)
def test_what_is_wrong_with_an_authority_is_said_beside_it(rita: Clerk, field: str, wrong: str) -> None:
    answer = rita.fill("authorities/new/", **{**AUTHORITY, field: wrong})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Authority.objects.exists()


# -- instruments and their documents ---------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_an_instrument_is_entered_with_the_document_itself_sealed(rita: Clerk, content: bytes, kind: str) -> None:
    authority = court(rita.user)
    answer = rita.post(f"authorities/{authority.pk}/instruments/new/", **an_order(document=a_file(content, "x.exe")))
    assert answer.status_code == 302, says(answer)
    instrument = LegalInstrument.objects.get()
    document = Document.objects.get()
    assert (document.content_type, instrument.document) == (kind, document)
    assert content not in bytes(document.content)
    assert instrument.fields == [EMAIL, PHONE]
    kinds = Entry.objects.order_by("-seq").values_list("kind", flat=True)[:2]
    assert list(kinds) == ["instrument.entered", "document.added"]
    page = says(rita.get(f"instruments/{instrument.pk}/"))
    assert document.sha256 in page
    assert "x.exe" not in page


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00", "order.pdf", "This is not a whole PDF, PNG or JPEG file"),
        (b"<html>%PDF-1.4 %%EOF</html>", "order.pdf", "This is not a whole PDF, PNG or JPEG file"),
        (b"%PDF-1.4\ntruncated", "order.pdf", "This is not a whole PDF, PNG or JPEG file"),
        (PNG[:-4], "order.png", "This is not a whole PDF, PNG or JPEG file"),
        (b"", "order.pdf", "The file is empty or larger than 10 MB."),
        (b"%PDF-" + b"0" * MAX_BYTES + b"%%EOF", "order.pdf", "The file is empty or larger than 10 MB."),
    ],
    ids=["another kind", "another kind around one", "cut off", "a picture cut off", "empty", "too large"],
)
def test_a_file_that_is_no_document_is_refused_and_nothing_is_written(
    rita: Clerk, content: bytes, name: str, words: str
) -> None:
    authority = court(rita.user)
    before = last_entry().seq
    answer = rita.post(
        f"authorities/{authority.pk}/instruments/new/", **an_order(document=a_file(content, name), number="77")
    )
    is_told(answer, words)
    assert fields_of(answer)["number"] == ["77"]
    assert "choose the file again" in says(answer)
    assert (last_entry().seq, Document.objects.count()) == (before, 0)


def test_a_document_of_exactly_the_largest_size_is_taken(rita: Clerk) -> None:
    content = b"%PDF-" + b"0" * (MAX_BYTES - 10) + b"%%EOF"
    assert len(content) == MAX_BYTES
    authority = court(rita.user)
    answer = rita.post(f"authorities/{authority.pk}/instruments/new/", **an_order(document=a_file(content)))
    assert answer.status_code == 302


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"document": ""}, "Choose the file."),
        ({"expires_at": moment(-0.5)}, "The instrument has expired."),
        ({"received_at": moment(2), "expires_at": moment(1)}, "This must be later than its receipt."),
        ({"received_at": moment(1)}, "This moment is yet to come."),
        ({"received_at": moment(-5)}, "This is before the day it was issued on."),
        ({"issued_on": moment(2)[:10]}, "This day is yet to come."),
        ({"legal_basis": " "}, "This field is required."),
        ({"elements": []}, "Choose at least one field."),
        ({"elements": ["contact.pigeon"]}, "Select a valid choice."),
        ({"expires_at": "soon"}, "Write the day and the time"),
        ({"expires_at": "9999-12-31T23:59"}, "Write the day and the time"),
        ({"issued_on": "0001-01-01"}, "Ensure this value is greater than"),
    ],
)
def test_what_is_wrong_with_an_instrument_is_said_beside_it(rita: Clerk, instead: dict[str, Any], words: str) -> None:
    authority = court(rita.user)
    is_told(rita.post(f"authorities/{authority.pk}/instruments/new/", **an_order(**instead)), words)
    assert not LegalInstrument.objects.exists()
    assert not Document.objects.exists()


def test_the_same_instrument_is_not_entered_twice_nor_its_document_kept(rita: Clerk) -> None:
    authority = court(rita.user)
    order_of(authority, clerk=rita.user)
    before = Document.objects.count()
    answer = rita.post(f"authorities/{authority.pk}/instruments/new/", **an_order())
    is_told(answer, "This is on record already.", 409)
    assert Document.objects.count() == before


@pytest.mark.clause("DIS-c")
def test_a_foreign_authoritys_demand_is_approved_at_home_with_reference_and_date(rita: Clerk) -> None:
    at_home = order_of(court(rita.user), clerk=rita.user)
    is_told(
        rita.post(f"instruments/{at_home.pk}/approve-at-home/", reference="SH-1", approved_on="2026-01-05"),
        "The authority is one of this country: no approval is needed.",
        409,
    )
    rita.fill("authorities/new/", **{**AUTHORITY, "name": "Marrow District Court", "country": "US"})
    foreign = order_of(Authority.objects.get(country="US"), clerk=rita.user)
    page = f"instruments/{foreign.pk}/"
    assert "Approval at home none on record" in says(rita.get(page))
    is_told(
        rita.post(f"{page}approve-at-home/", reference="SH-1", approved_on=moment(2)[:10]), "This day is yet to come."
    )
    assert rita.post(f"{page}approve-at-home/", reference="SH-1", approved_on="2026-01-05").status_code == 302
    assert "Approval at home SH-1, 5 January 2026" in says(rita.get(page))
    assert last_entry().kind == "instrument.approved_at_home"


# -- violations ----------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-d")
def test_a_violation_is_recorded_by_one_and_confirmed_by_another(rita: Clerk, sam: Clerk) -> None:
    ada = somebody()
    answer = rita.fill("violations/new/", person=ADA, rule="Rule 9: no counterfeits", evidence="Photographs")
    violation = Violation.objects.get()
    assert answer["Location"] == f"/en/desk/violations/{violation.pk}/"
    assert (violation.person, violation.found_by) == (ada, rita.user)
    page = f"violations/{violation.pk}/"
    is_told(rita.post(f"{page}confirm/"), "You found it: a colleague decides.", 409)
    assert "Photographs" not in sam.get(page).content.decode()
    assert "Photographs" in says(sam.post(f"{page}evidence/"))
    assert (last_entry().kind, last_entry().actor) == ("violation.looked_at", sam.actor)
    assert sam.post(f"{page}confirm/").status_code == 302
    violation.refresh_from_db()
    assert (violation.state, violation.decided_by) == (Violation.State.CONFIRMED, sam.user)
    is_told(sam.post(f"{page}dismiss/"), "It stands at “confirmed”, where this is not possible.", 409)
    assert "File a request on it" in says(sam.get(page))


@pytest.mark.clause("DIS-d")
@pytest.mark.parametrize("deed", ["confirm", "dismiss"])
def test_nobody_decides_on_a_violation_of_their_own(rita: Clerk, sam: Clerk, deed: str) -> None:
    found = find_violation(sam.user, rule="Rule 4", evidence="A listing", by=rita.user, at=timezone.now())
    is_told(sam.post(f"violations/{found.pk}/{deed}/"), "It is said to be yours: a colleague decides.", 409)
    with pytest.raises(OwnViolation):
        decide_violation(found, confirm=deed == "confirm", by=sam.user, at=timezone.now())
    found.refresh_from_db()
    assert found.state == Violation.State.FOUND


def test_a_dismissed_violation_is_no_ground(rita: Clerk, sam: Clerk) -> None:
    found = find_violation(somebody(), rule="Rule 4", evidence="None", by=rita.user, at=timezone.now())
    assert sam.post(f"violations/{found.pk}/dismiss/").status_code == 302
    assert "File a request on it" not in says(sam.get(f"violations/{found.pk}/"))
    assert str(found.pk) not in sam.get("filings/new/").content.decode()


def test_violations_that_wait_come_first_and_the_list_takes_the_same_queries(rita: Clerk, sam: Clerk) -> None:
    now = timezone.now()
    for number in range(3):
        found = find_violation(
            somebody(), rule=f"Rule {number}", evidence="x", by=rita.user, at=now - timedelta(hours=number)
        )
    sam.get("violations/")
    few = sam.queries("violations/")
    assert sam.post(f"violations/{found.pk}/confirm/").status_code == 302
    for number in range(3, 40):
        find_violation(somebody(), rule=f"Rule {number}", evidence="x", by=rita.user, at=now - timedelta(days=number))
    rows = [violation.rule for violation, _ in sam.get("violations/").context["rows"]]
    assert rows[:2] == ["Rule 0", "Rule 1"]
    assert rows[-1] == "Rule 2"
    assert sam.queries("violations/") == few


# -- complaints ------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-e")
def test_a_complaint_is_entered_with_its_proof_qualified_and_closed(rita: Clerk) -> None:
    ada, ben = somebody(ADA), somebody(BEN)
    typed: dict[str, Any] = {
        "complainant": ADA,
        "respondent": BEN,
        "right": "trademark",
        "subject_matter": "Moon Kiln",
        "elements": [EMAIL],
    }
    answer = rita.post("complaints/new/", **typed, proof=a_file())
    assert answer.status_code == 302, says(answer)
    complaint = Complaint.objects.get()
    assert (complaint.complainant, complaint.respondent, complaint.fields) == (ada, ben, [EMAIL])
    page = f"complaints/{complaint.pk}/"
    assert "Qualification not qualified" in says(rita.get(page))
    assert rita.post(f"{page}qualify/", how="Saw the register").status_code == 302
    assert "Saw the register" in says(rita.get(page))
    assert rita.post(f"{page}close/").status_code == 302
    is_told(rita.post(f"{page}qualify/", how="Again"), "It is closed; an end is not taken back.", 409)


@pytest.mark.clause("DIS-e")
def test_nobody_qualifies_a_complainant_in_a_matter_of_their_own(rita: Clerk, sam: Clerk) -> None:
    complaint = complaint_about(sam.user, rita.user, clerk=somebody(ADA))
    for party in (rita, sam):
        answer = party.post(f"complaints/{complaint.pk}/qualify/", how="I know it")
        is_told(answer, "You are a party to it yourself. A colleague has to do this.", 409)
        with pytest.raises(OwnMatter):
            qualify(complaint, how="I know it", by=party.user, at=timezone.now())
    complaint.refresh_from_db()
    assert complaint.qualified_how == "Saw the register"


@pytest.mark.clause("DIS-e")
def test_nobody_complains_of_themselves(rita: Clerk) -> None:
    somebody(ADA)
    answer = rita.post(
        "complaints/new/",
        complainant=ADA,
        respondent=ADA,
        right="patent",
        subject_matter="A kettle",
        elements=[EMAIL],
        proof=a_file(),
    )
    is_told(answer, "Two different people are needed", 409)
    assert (Complaint.objects.count(), Document.objects.count()) == (0, 0)
    assert fields_of(answer)["subject_matter"] == ["A kettle"]


# -- transactions ------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-f")
def test_a_transaction_is_entered_performed_warned_of_and_closed(rita: Clerk) -> None:
    ada, ben = somebody(ADA), somebody(BEN)
    typed = {"reference": "Order 7", "first": ADA, "second": BEN}
    assert rita.fill("transactions/new/", **typed).status_code == 302
    is_told(rita.fill("transactions/new/", **typed), "There is a transaction of this reference already.", 409)
    is_told(rita.fill("transactions/new/", **{**typed, "second": ADA}), "Two different people are needed", 409)
    transaction = Transaction.objects.get()
    page = f"transactions/{transaction.pk}/"
    assert rita.post(f"{page}perform/", party=str(ben.pk), performance="full").status_code == 302
    is_told(
        rita.post(f"{page}perform/", party=str(ben.pk), performance="partial"),
        "What a party has performed never goes backwards.",
        409,
    )
    is_told(rita.post(f"{page}perform/", party=str(rita.user.pk), performance="full"), "Select a valid choice.")
    transaction.refresh_from_db()
    assert (transaction.first, transaction.second_performance) == (ada, Performance.FULL)
    assert transaction.first_performance == Performance.NONE
    assert rita.post(f"{page}warn/").status_code == 302
    is_told(rita.post(f"{page}warn/"), "Both were warned already.", 409)
    assert rita.post(f"{page}close/").status_code == 302
    is_told(
        rita.post(f"{page}perform/", party=str(ada.pk), performance="full"),
        "It is closed; an end is not taken back.",
        409,
    )


@pytest.mark.clause("DIS-f")
def test_no_party_records_as_staff_what_their_own_request_would_rest_on(rita: Clerk) -> None:
    transaction = transaction_of(rita.user, somebody(ADA), ready=False)
    page = f"transactions/{transaction.pk}/"
    for deed, typed in (("perform", {"party": str(rita.user.pk), "performance": "full"}), ("warn", {})):
        is_told(rita.post(f"{page}{deed}/", **typed), "You are a party to it yourself.", 409)
    transaction.refresh_from_db()
    assert (transaction.first_performance, transaction.warned_at) == (Performance.NONE, None)


# -- provisions ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-g")
def test_the_policy_editor_keeps_the_register_of_provisions() -> None:
    editor = Clerk(Role.POLICY_EDITOR, email="edith@lantern.example")
    assert "so nothing can be disclosed on this ground" in says(editor.get("provisions/"))
    typed = {
        "kind": "law",
        "title_en": "Emergency law",
        "title_zh_hans": "突发事件应对法",
        "citation": "Article 12",
        "in_force_from": "2026-01-05",
    }
    assert editor.fill("provisions/new/", **typed).status_code == 302
    is_told(editor.fill("provisions/new/", **typed), "This is on record already.", 409)
    provision = Provision.objects.get()
    assert "突发事件应对法" in says(editor.browser.get("/zh-hans/desk/provisions/"))
    assert editor.post(f"provisions/{provision.pk}/repeal/").status_code == 302
    provision.refresh_from_db()
    assert provision.repealed_at is not None
    is_told(editor.post(f"provisions/{provision.pk}/repeal/"), "It is repealed already.", 409)
    assert "Not in force" in says(editor.get("provisions/"))


def test_reviewers_see_the_register_and_cannot_change_it(rita: Clerk) -> None:
    provision = a_provision(rita.user)
    page = rita.get("provisions/").content.decode()
    assert "Rules for recalls" in page
    assert "repeal/" not in page
    assert rita.post(f"provisions/{provision.pk}/repeal/").status_code == 403


# -- all of them ---------------------------------------------------------------------------------------------------


def test_each_page_shows_the_requests_that_rest_on_it(rita: Clerk) -> None:
    filings = [
        submitted(officer().user),
        on_violation(rita.user, reviewer(2).user),
        asked_by_respondent(rita.user),
        asked_by_party()[0],
    ]
    for filing in filings:
        for place, pk in (
            ("instruments", filing.instrument_id),
            ("authorities", filing.authority_id),
            ("violations", filing.violation_id),
            ("complaints", filing.complaint_id),
            ("transactions", filing.transaction_id),
        ):
            if pk:
                assert f"/en/desk/filings/{filing.pk}/" in rita.get(f"{place}/{pk}/").content.decode()
