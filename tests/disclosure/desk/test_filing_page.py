"""The page of a request: all that a reviewer needs to decide rightly, and nobody's name or value unless looked at."""

import re
from datetime import timedelta
from typing import Any

import pytest

from disclosure.desk.entries import KINDS
from disclosure.desk.reasons import APPROVE, ASK, DELAY, EXTEND, LOOK, REFUSE, REVOKE, templates_for
from disclosure.desk.refusals import REFUSALS
from disclosure.desk.rules import RULES
from disclosure.filing_gate import FILING_RULES, REVIEWED
from disclosure.models import Filing, Opening, Remark
from disclosure.services import filings, openings
from disclosure.services.authorities import doubt_authority
from disclosure.services.filings import Wanted
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.disclosure.desk.clerks import (
    WHY,
    Clerk,
    a_demand,
    a_provision,
    approved,
    asked_by_party,
    asked_by_respondent,
    last_entry,
    officer,
    on_violation,
    reviewer,
    says,
    section_of,
    somebody,
    submitted,
)
from tests.disclosure.matters import DAY, EMAIL, PDF, PHONE, PHONE_NUMBER, ago, now
from users.models import Freeze
from users.roles import Role
from users.services.erasure import erase
from users.services.freezing import freeze

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def olga() -> Clerk:
    return officer()


def page_of(clerk: Clerk, filing: Filing) -> Any:
    answer = clerk.get(f"filings/{filing.pk}/")
    assert answer.status_code == 200
    return answer


@pytest.mark.clause("DIS-c")
def test_it_says_what_is_asked_of_whom_for_whom_on_what_ground_and_on_what_evidence(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user, fields=(EMAIL, PHONE))
    page = page_of(rita, filing)
    short = section_of(page, "short")
    assert "What is asked E-mail address, Telephone number" in short
    assert f"Of whom {filing.person_id}" in short
    assert "For whom Harbour Court (China) Verified" in short
    assert "by officer@lantern.example" in short
    assert "Policy, DIS-c" in short
    assert "We record the authority, the instrument and its number" in short
    assert "as soon as the recipient opens the data" in short
    evidence = section_of(page, "evidence")
    for words in (
        "Harbour Court, court, China",
        "Rang the published number",
        "Number 2026-17",
        "Legal basis Civil Procedure Law 70",
        "Demands E-mail address, Telephone number",
    ):
        assert words in evidence
    assert "Nothing but a review stands in the way: 2 approvals are missing." in says(page)


def test_each_ground_shows_its_own_evidence(rita: Clerk, olga: Clerk) -> None:
    assert "Rule that was broken No counterfeit goods" in section_of(
        page_of(rita, on_violation(olga.user, rita.user)), "evidence"
    )
    asked, transaction = asked_by_party()
    shown = section_of(page_of(rita, asked), "evidence")
    assert "Whoever asks has done in part" in shown
    assert "Asked for to complete the transaction" in shown
    assert f"Reference {transaction.reference}" in shown
    complaint = section_of(page_of(rita, asked_by_respondent(rita.user)), "evidence")
    assert "What it is about A picture of a lantern" in complaint
    assert "Saw the register" in complaint


def test_nobody_is_named_and_no_value_shown(rita: Clerk, olga: Clerk) -> None:
    for filing in (submitted(olga.user, fields=(EMAIL, PHONE)), asked_by_party()[0]):
        page = page_of(rita, filing).content.decode()
        for secret in ("ada@lantern.example", "ben@lantern.example", PHONE_NUMBER):
            assert secret not in page


# -- what the gate says --------------------------------------------------------------------------------


def test_every_rule_of_the_gate_has_words() -> None:
    assert set(RULES) == {rule.__name__ for rule in FILING_RULES}


@pytest.mark.clause("PRE-1")
def test_the_gate_is_shown_rule_by_rule_what_does_not_hold_first(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    assert filing.authority is not None
    lines = section_of(page_of(rita, filing), "gate")
    assert "Enough different reviewers approved this very version. Waits" in lines
    assert "The instrument has not expired. Holds" in lines
    assert "The violation is confirmed" not in lines
    doubt_authority(filing.authority, by=rita.user, at=now())
    freeze(filing.person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=now())
    page = page_of(rita, filing)
    verdicts = [rule.verdict for rule in page.context["dossier"].rules]
    assert verdicts[:3].count("denies") == 2
    assert "Somebody made sure who the recipient is. Does not hold Nobody has verified" in section_of(page, "gate")
    assert "It would release nothing, whoever approves it" in says(page)
    assert "E-mail address Not released" in section_of(page, "release")


def test_what_is_approved_says_that_it_would_be_released_now(rita: Clerk, olga: Clerk) -> None:
    filing = approved(submitted(olga.user), rita.user, reviewer(1).user)
    page = page_of(rita, filing)
    assert "It would release what stands below, now." in says(page)
    assert "E-mail address Would be released" in section_of(page, "release")


# -- looking ---------------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_values_are_shown_once_for_a_reason_and_on_record(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user, fields=(EMAIL, PHONE))
    answer = rita.do(filing, "look", template="minimum")
    assert answer.status_code == 200
    assert PHONE_NUMBER in section_of(answer, "release")
    entry = last_entry()
    assert (entry.kind, entry.actor, entry.body["fields"]) == ("filing.looked_at", rita.actor, [EMAIL, PHONE])
    opening = Opening.objects.get()
    assert (opening.by, opening.person_id, opening.filing_id) == ("reviewer", filing.person_id, filing.pk)
    assert "no-store" in answer.headers["Cache-Control"]
    assert PHONE_NUMBER not in page_of(rita, filing).content.decode()


def test_nobody_looks_without_a_reason_or_at_what_concerns_them(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(rita.user)
    second = reviewer(1)
    before = last_entry().seq
    answer = second.do(filing, "look")
    assert answer.status_code == 422
    assert "Say why: choose a reason or write one." in says(answer)
    refused = rita.do(filing, "look", words="To see")
    assert refused.status_code == 409
    assert "You cannot do this: whoever filed a request" in says(refused)
    assert "ada@" not in refused.content.decode()
    assert last_entry().seq == before
    assert "The values are not for you to look at. You filed it" in says(page_of(rita, filing))


@pytest.mark.clause("PRE-1")
def test_nobody_looks_where_there_is_nothing_to_decide(rita: Clerk, olga: Clerk) -> None:
    draft, refused = a_demand(olga.user), submitted(olga.user)
    filings.refuse(refused, shown=1, reason="No", by=reviewer(1).user, at=now())
    for filing in (draft, refused):
        assert "There is nothing to decide as it stands." in section_of(page_of(rita, filing), "release")
        answer = rita.do(filing, "look", template="minimum")
        assert answer.status_code == 409
        assert "ada@" not in answer.content.decode()
    assert not Opening.objects.exists()


@pytest.mark.clause("DIS-d")
def test_the_evidence_of_a_violation_is_read_on_record(rita: Clerk, olga: Clerk) -> None:
    filing = on_violation(olga.user, rita.user)
    assert "Listing 9" not in page_of(rita, filing).content.decode()
    answer = rita.post(f"filings/{filing.pk}/evidence/")
    assert "Listing 9" in section_of(answer, "evidence")
    assert (last_entry().kind, last_entry().actor) == ("violation.looked_at", rita.actor)


@pytest.mark.clause("DIS-c")
def test_the_document_is_opened_by_a_press_on_record_and_handed_on_as_a_file(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    assert filing.instrument is not None
    address = f"documents/{filing.instrument.document_id}/"
    assert rita.get(address).status_code == 405
    assert address in page_of(rita, filing).content.decode()
    answer = rita.post(address)
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'attachment; filename="[0-9a-f-]{36}\.pdf"', answer.headers["Content-Disposition"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert (last_entry().kind, last_entry().actor) == ("document.opened", rita.actor)


# -- approvals, remarks, history ---------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_approvals_of_an_older_version_are_shown_as_void(rita: Clerk, olga: Clerk) -> None:
    filing = approved(submitted(olga.user), rita.user)
    page = page_of(rita, filing)
    assert "Approved by you" in section_of(page, "decide")
    assert "This version has 1." in section_of(page, "decide")
    assert filing.authority is not None
    assert filing.instrument is not None
    wanted = Wanted(filing.person, (PHONE,), filing.instrument, authority=filing.authority)
    filings.edit(filing, wanted, shown=1, by=olga.user, at=now())
    decide = section_of(page_of(rita, filing), "decide")
    assert "This version has 0." in decide
    assert "1 approval of an older version, which does not count" in decide
    assert "Void version 1, by you" in decide.replace(" ,", ",")
    assert WHY in decide


def test_what_was_said_is_shown_with_who_said_it(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    filings.comment(filing, text="The court rang.", by=olga.user, at=now())
    filings.ask(filing, shown=1, question="Which listing?", by=rita.user, at=now())
    said = section_of(page_of(rita, filing), "remarks")
    assert "Comment by officer@lantern.example" in said
    assert "The court rang." in said
    assert "Question by you" in said
    assert "Which listing?" in said


@pytest.mark.clause("PRE-2")
def test_the_history_is_the_ledgers_own_about_this_request_alone(rita: Clerk, olga: Clerk) -> None:
    filing, other = submitted(olga.user), submitted(olga.user)
    filing = approved(filing, rita.user, reviewer(1).user)
    link = openings.issue_link(filing, by=rita.user, at=now())
    openings.open_through_link(link, browser="a browser", clock=now)
    page = page_of(rita, filing)
    told = page.context["dossier"].history
    assert [each.entry.kind for each in told] == [
        "filing.opened",
        "filing.link_issued",
        "filing.approved",
        "filing.approved",
        "filing.submitted",
        "filing.drafted",
    ]
    assert {each.entry.body["filing"] for each in told} == {str(filing.pk)} != {str(other.pk)}
    assert [each.who for each in told] == [
        "the authority, by its link",
        "you",
        "reviewer-1@lantern.example",
        "you",
        "officer@lantern.example",
        "officer@lantern.example",
    ]
    assert f"/en/admin/ledger/entry/{told[0].entry.seq}/change/" in page.content.decode()
    administrator = Clerk(Role.ADMINISTRATOR, email="admin@lantern.example")
    assert "/admin/ledger/" not in page_of(administrator, filing).content.decode()


def test_every_kind_of_entry_on_a_request_has_words(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    filings.assign(filing, to=rita.user, by=rita.user, at=now())
    filings.extend(filing, days=2, reason="Waiting", by=rita.user, at=now())
    filings.refuse(filing, shown=1, reason="No", by=rita.user, at=now())
    assert {kind for kind in Entry.objects.values_list("kind", flat=True) if kind.startswith("filing.")} <= set(KINDS)


def test_after_an_erasure_the_page_still_stands_and_leads_to_nobody(rita: Clerk, olga: Clerk) -> None:
    filing = on_violation(olga.user, rita.user)
    filings.comment(filing, text="He said so.", by=olga.user, at=now())
    erase(filing.person, by=SYSTEM, at=now())
    page = page_of(rita, filing)
    assert "To find the goods" not in page.content.decode()
    assert "He said so." not in page.content.decode()
    assert "It does not open any more." in says(page)
    assert "nothing leads from them to the record any more" in says(page)
    assert "The person was not erased. Does not hold" in section_of(page, "gate")


# -- words -------------------------------------------------------------------------------------------------


def test_templates_of_reasons_fit_their_grounds_and_there_is_always_one() -> None:
    for templates in (APPROVE, REFUSE, ASK, REVOKE, LOOK, DELAY, EXTEND):
        for ground in REVIEWED:
            fitting = templates_for(ground.value, templates)
            assert fitting
            assert all(str(template.words) for template in fitting.values())
    assert "instrument" not in templates_for("violation", APPROVE)


def test_every_refusal_has_a_sentence_of_its_own() -> None:
    sentences = [str(words) for words in REFUSALS.values()]
    assert all(sentences)
    assert len(set(sentences)) == len(sentences)


# -- how much it asks of the database ---------------------------------------------------------------------


def test_a_page_takes_as_many_queries_for_a_long_story_as_for_a_short_one(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user, fields=(EMAIL, PHONE))
    address = f"filings/{filing.pk}/"
    rita.get(address)
    few = rita.queries(address)
    for number in range(12):
        filings.comment(filing, text=f"Number {number}", by=olga.user, at=ago() + timedelta(seconds=number))
    approved(filing, reviewer(1).user)
    for number in range(30):
        submitted(olga.user, person=somebody(f"p{number}@lantern.example"))
    assert Remark.objects.count() == 12
    assert rita.queries(address) == few <= 40


def test_a_draft_on_a_provision_says_until_when_and_why(rita: Clerk, olga: Clerk) -> None:
    filing = a_demand(olga.user)
    assert filing.authority is not None
    wanted = Wanted(
        somebody(),
        (PHONE,),
        a_provision(rita.user),
        authority=filing.authority,
        justification="A kettle may burn.",
        expires_at=now() + 9 * DAY,
    )
    page = page_of(rita, filings.draft(wanted, by=rita.user, at=now()))
    assert "A kettle may burn." in section_of(page, "short")
    assert "Rules for recalls" in section_of(page, "evidence")
    assert "The request was submitted. Does not hold" in section_of(page, "gate")
