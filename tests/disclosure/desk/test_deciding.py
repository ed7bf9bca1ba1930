"""Deciding a request, and working on it: every press names the version shown, and one of two is told that things moved on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from disclosure.filing_gate import REVIEWED
from disclosure.filing_states import State
from disclosure.models import AccessLink, Approval, Filing, Remark
from disclosure.services import filings
from disclosure.services.errors import NotYours
from disclosure.services.filings import Wanted, unsealed
from privacy_app.ledger.models import Entry
from tests.api.callers import everything
from tests.disclosure.desk.clerks import (
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
from tests.disclosure.matters import DAY, EMAIL, PHONE, asked_of_counterparty, court, now, transaction_of
from tests.users.makers import ADA
from users.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> Clerk:
    return reviewer()


@pytest.fixture
def sam() -> Clerk:
    return reviewer(1)


@pytest.fixture
def olga() -> Clerk:
    return officer()


WORDS = {"approve": "reason", "refuse": "reason", "ask": "question"}
"""What each service calls the words that say why."""


def fresh(filing: Filing) -> Filing:
    return Filing.objects.get(pk=filing.pk)


def reason_of(filing: Filing) -> str | None:
    return unsealed(filing, [Approval.objects.latest("pk").reason])[0]


def edited(filing: Filing, by: Clerk) -> Filing:
    assert filing.instrument is not None
    wanted = Wanted(filing.person, (PHONE,), filing.instrument, authority=filing.authority)
    return filings.edit(filing, wanted, shown=filing.version, by=by.user, at=now())


# -- approving and refusing ----------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_two_different_reviewers_approve_each_with_a_reason(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    answer = rita.do(filing, "approve", template="instrument", words="Page 2 names the person.")
    assert answer.status_code == 302
    assert "You approved it." in says(rita.browser.get(answer["Location"]))
    assert fresh(filing).state == State.APPROVED_ONCE
    assert reason_of(filing) == (
        "I read the document itself: authority, number, dates and the fields demanded are those entered.\n"
        "Page 2 names the person."
    )
    assert (last_entry().kind, last_entry().actor) == ("filing.approved", rita.actor)
    sam.do(filing, "approve", words="I see no objection.")
    assert fresh(filing).state == State.APPROVED


@pytest.mark.parametrize("deed", ["approve", "refuse", "ask"])
def test_a_decision_without_a_reason_is_not_taken(rita: Clerk, olga: Clerk, deed: str) -> None:
    filing = submitted(olga.user)
    before = last_entry().seq
    answer = rita.do(filing, deed, words="   ")
    assert answer.status_code == 422
    assert "Say why: choose a reason or write one." in section_of(answer, "decide")
    assert (fresh(filing).state, last_entry().seq) == (State.SUBMITTED, before)


def test_a_template_of_another_ground_is_not_taken(rita: Clerk, olga: Clerk) -> None:
    filing = on_violation(olga.user, rita.user)
    assert rita.do(filing, "approve", template="instrument").status_code == 422
    assert rita.do(filing, "approve", template="nonsense").status_code == 422
    assert not Approval.objects.exists()


@pytest.mark.clause("DIS-c")
def test_nobody_approves_what_they_filed_or_approved_already(rita: Clerk, sam: Clerk) -> None:
    filing = submitted(rita.user)
    answer = rita.do(filing, "approve", words="Mine, and good.")
    assert answer.status_code == 409
    assert "You filed it: others review it." in says(answer)
    assert "Mine, and good." in answer.content.decode()
    assert "Approve You filed it: others review it." in section_of(answer, "decide")
    sam.do(filing, "approve", words="Good.")
    again = sam.do(filing, "approve", words="Still good.")
    assert again.status_code == 409
    assert "You approved this version already." in says(again)
    assert Approval.objects.count() == 1


@pytest.mark.clause("DIS-c")
def test_once_it_is_approved_nobody_is_told_that_an_approval_is_missing(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    rita.do(filing, "approve", words="Good.")
    sam.do(filing, "approve", words="Good.")
    page = sam.get(f"filings/{filing.pk}/")
    assert "Approve It stands at “approved”, where this is not possible." in section_of(page, "decide")


@pytest.mark.clause("DIS-c")
@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize("involved", ["filed it", "is its subject", "receives the data"])
def test_whoever_is_involved_decides_nothing_and_nothing_changes(rita: Clerk, olga: Clerk, involved: str) -> None:
    match involved:
        case "filed it":
            filing = submitted(rita.user)
        case "is its subject":
            filing = submitted(olga.user, person=rita.user)
        case _:
            filing = asked_of_counterparty(transaction_of(rita.user, somebody(ADA)), rita.user)
    before, state = everything(), fresh(filing).state
    for deed in ("approve", "refuse", "ask"):
        answer = rita.do(filing, deed, words="I know best.")
        assert answer.status_code == 409
        assert "others review it." in says(answer)
        with pytest.raises(NotYours):
            getattr(filings, deed)(filing, shown=1, by=rita.user, at=now(), **{WORDS[deed]: "I know best."})
    assert everything() == before
    assert fresh(filing).state == state


@pytest.mark.clause("DIS-c")
def test_an_approval_of_an_edited_request_is_refused_and_what_was_typed_is_kept(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    edited(filing, olga)
    before = last_entry().seq
    answer = rita.do(filing, "approve", version=1, words="I read every page of it.")
    assert answer.status_code == 409
    assert "Somebody changed it while you had this page open." in says(answer)
    html = answer.content.decode()
    assert "I read every page of it.</textarea>" in html
    assert '<input type="hidden" name="version" value="2">' in html
    assert '<input type="hidden" name="version" value="1">' not in html
    assert last_entry().seq == before
    assert rita.do(fresh(filing), "approve", words="I read it again.").status_code == 302
    assert fresh(filing).state == State.APPROVED_ONCE


@pytest.mark.parametrize("version", ["", "x", "-1", "99", "١"])
def test_a_press_that_names_no_version_counts_as_one_of_another(rita: Clerk, olga: Clerk, version: str) -> None:
    filing = submitted(olga.user)
    answer = rita.post(f"filings/{filing.pk}/approve/", version=version, words="Yes.")
    assert answer.status_code == 409
    assert fresh(filing).state == State.SUBMITTED


def test_what_was_refused_meanwhile_tells_the_second_and_shows_what_they_had_written(
    rita: Clerk, sam: Clerk, olga: Clerk
) -> None:
    filing = submitted(olga.user)
    assert rita.do(filing, "refuse", template="too_much").status_code == 302
    answer = sam.do(filing, "approve", words="A long thought.")
    assert answer.status_code == 409
    assert "It stands at “refused”, where this is not possible." in says(answer)
    assert "You had written: A long thought." in says(answer)
    assert fresh(filing).state == State.REFUSED


# -- asking, answering, talking ------------------------------------------------------------------------


def test_a_question_stops_the_clock_until_whoever_filed_it_hands_it_in_again(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    rita.do(filing, "ask", template="scope", words="The telephone number, above all.")
    assert fresh(filing).state == State.INFORMATION_WANTED
    assert "The clock stands still since" in section_of(olga.get(f"filings/{filing.pk}/"), "short")
    due, paused = fresh(filing).due_at, now() - 2 * DAY
    Filing.objects.filter(pk=filing.pk).update(paused_at=paused)
    assert olga.do(fresh(filing), "submit").status_code == 302
    after = fresh(filing)
    assert (after.state, after.paused_at) == (State.SUBMITTED, None)
    assert after.due_at is not None
    assert due is not None
    assert timedelta(days=1.9) < after.due_at - due < timedelta(days=2.1)


def test_a_comment_is_sealed_and_stands_with_its_author(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    assert olga.do(filing, "comment", text="The clerk rang.").status_code == 302
    assert b"The clerk rang." not in bytes(Remark.objects.get().text)
    assert "The clerk rang." in section_of(rita.get(f"filings/{filing.pk}/"), "remarks")
    assert rita.do(filing, "comment", text="").status_code == 422


def test_a_comment_by_htmx_brings_back_the_page_from_which_its_part_is_taken(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    page = rita.get(f"filings/{filing.pk}/").content.decode()
    assert f'hx-post="/en/desk/filings/{filing.pk}/comment/"' in page
    assert 'hx-target="#talk" hx-select="#talk"' in page
    assert 'id="talk"' in page
    assert 'id="history-list"' in page


# -- working on it --------------------------------------------------------------------------------------


def test_it_is_assigned_to_a_reviewer_whom_it_does_not_concern(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = submitted(sam.user)
    assert rita.do(filing, "assign", to=str(rita.user.pk)).status_code == 302
    assert fresh(filing).assigned_to == rita.user
    for other in (sam, olga, Clerk(Role.ADMINISTRATOR, email="admin@lantern.example")):
        assert rita.do(filing, "assign", to=str(other.user.pk)).status_code == 422
    assert rita.do(filing, "assign", to="").status_code == 302
    assert fresh(filing).assigned_to is None


def test_each_ground_has_a_deadline_of_its_own_from_the_day_it_is_handed_in(
    rita: Clerk, olga: Clerk, settings: Settings
) -> None:
    settings.REVIEW_DAYS = {ground.value: days for days, ground in enumerate(REVIEWED, 1)}
    provided = Wanted(
        somebody(),
        (EMAIL,),
        a_provision(rita.user),
        authority=court(olga.user, name="Agency"),
        justification="Goods are recalled",
        expires_at=now() + 30 * DAY,
    )
    made = [
        submitted(olga.user),
        on_violation(olga.user, rita.user),
        asked_by_respondent(rita.user),
        asked_by_party()[0],
        filings.submit(filings.draft(provided, by=olga.user, at=now()), shown=1, by=olga.user, at=now()),
    ]
    assert {filing.ground for filing in made} == set(settings.REVIEW_DAYS)
    for filing in made:
        assert filing.submitted_at is not None
        assert filing.due_at == filing.submitted_at + settings.REVIEW_DAYS[filing.ground] * DAY


def test_a_deadline_is_moved_for_a_reason(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    due = fresh(filing).due_at
    assert due is not None
    assert rita.do(filing, "extend", days="3").status_code == 422
    assert rita.do(filing, "extend", days="0", words="More").status_code == 422
    assert rita.do(filing, "extend", days="3", template="awaited").status_code == 302
    assert fresh(filing).due_at == due + timedelta(days=3)
    assert (last_entry().kind, last_entry().actor) == ("filing.extended", rita.actor)
    draft = rita.do(a_demand(olga.user), "extend", days="3", words="More")
    assert draft.status_code == 409
    assert "There is no deadline that runs." in says(draft)


@pytest.mark.clause("DIS-c")
def test_the_notice_is_delayed_with_a_legal_reason_and_a_day_to_come(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    day = (timezone.localtime() + 10 * DAY).date()
    assert rita.do(filing, "delay-notice", until=day.isoformat()).status_code == 422
    past = rita.do(filing, "delay-notice", until="2026-01-05", template="ordered")
    assert "Choose a day to come." in says(past)
    assert "This is too long." in says(rita.do(filing, "delay-notice", until=day.isoformat(), words="x" * 301))
    assert rita.do(filing, "delay-notice", until=day.isoformat(), template="ordered").status_code == 302
    after = fresh(filing)
    assert after.notice_due_at is not None
    assert timezone.localtime(after.notice_due_at).date() == day
    assert "The instrument itself forbids" in after.notice_delay_reason
    assert "not before" in section_of(rita.get(f"filings/{filing.pk}/"), "short")
    asked, _ = asked_by_party()
    assert "On this ground the person is told before it is decided." in says(
        rita.do(asked, "delay-notice", until=day.isoformat(), words="Why not")
    )


@pytest.mark.clause("DIS-c")
def test_the_link_is_sent_once_it_is_approved_and_the_one_before_is_dead(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    early = rita.do(filing, "send-link")
    assert early.status_code == 409
    assert "Nothing is approved that a link could open." in says(early)
    approved(filing, rita.user, sam.user)
    assert rita.do(fresh(filing), "send-link").status_code == 302
    assert rita.do(fresh(filing), "send-link").status_code == 302
    first, second = AccessLink.objects.order_by("created_at")
    assert first.revoked_at is not None
    assert second.revoked_at is None
    links = section_of(rita.get(f"filings/{filing.pk}/"), "links")
    assert links.count("Dead") == 1
    assert links.count("Not opened yet") == 1
    asked, _ = asked_by_party()
    assert "needs no link" in says(rita.do(approved(asked, sam.user), "send-link"))


@pytest.mark.clause("DIS-c")
def test_what_was_approved_is_revoked_for_a_reason_and_its_links_die(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = approved(submitted(olga.user), rita.user, sam.user)
    rita.do(filing, "send-link")
    assert rita.do(filing, "revoke").status_code == 422
    assert rita.do(filing, "revoke", template="withdrawn").status_code == 302
    assert fresh(filing).state == State.REVOKED
    assert not AccessLink.objects.filter(revoked_at=None).exists()
    assert "It is over." in section_of(rita.get(f"filings/{filing.pk}/"), "work")


# -- what only whoever filed it may ---------------------------------------------------------------------


def test_a_draft_is_handed_in_and_taken_back_by_whoever_filed_it(rita: Clerk, olga: Clerk) -> None:
    filing = a_demand(olga.user)
    assert "Hand it to the reviewers" in olga.get(f"filings/{filing.pk}/").content.decode()
    assert "Hand it to the reviewers" not in rita.get(f"filings/{filing.pk}/").content.decode()
    for deed in ("submit", "take-back"):
        answer = rita.do(filing, deed)
        assert answer.status_code == 409
        assert "Only whoever filed it may do this." in says(answer)
    assert olga.do(filing, "submit").status_code == 302
    assert fresh(filing).state == State.SUBMITTED
    assert olga.do(filing, "take-back").status_code == 302
    assert fresh(filing).state == State.WITHDRAWN


@pytest.mark.clause("PRE-2")
def test_every_deed_is_one_entry_in_the_name_of_whoever_did_it(rita: Clerk, sam: Clerk, olga: Clerk) -> None:
    filing = a_demand(olga.user, fields=(EMAIL,))
    day = (timezone.localtime() + 10 * DAY).date().isoformat()
    steps: list[tuple[Clerk, str, dict[str, Any], str]] = [
        (olga, "submit", {}, "filing.submitted"),
        (rita, "assign", {"to": str(rita.user.pk)}, "filing.assigned"),
        (rita, "comment", {"text": "Seen."}, "filing.commented"),
        (rita, "extend", {"days": "2", "words": "Long"}, "filing.extended"),
        (rita, "ask", {"words": "Why?"}, "filing.information_wanted"),
        (olga, "submit", {}, "filing.submitted"),
        (rita, "delay-notice", {"until": day, "words": "By order"}, "filing.notice_delayed"),
        (rita, "approve", {"words": "Yes"}, "filing.approved"),
        (sam, "approve", {"words": "Yes"}, "filing.approved"),
        (sam, "send-link", {}, "filing.link_issued"),
        (rita, "revoke", {"words": "Over"}, "filing.revoked"),
    ]
    for clerk, deed, typed, kind in steps:
        before = last_entry().seq
        assert clerk.do(fresh(filing), deed, **typed).status_code == 302, deed
        (entry,) = Entry.objects.filter(seq__gt=before)
        assert (entry.kind, entry.actor) == (kind, clerk.actor)
        assert "Why?" not in str(entry.body)


# -- keys -------------------------------------------------------------------------------------------------


def test_keys_lead_to_the_first_field_of_a_form_and_to_no_button(rita: Clerk, olga: Clerk) -> None:
    page = rita.get(f"filings/{submitted(olga.user).pk}/").content.decode()
    assert '<main id="main" tabindex="-1" data-keys>' in page
    keyed = {key: page[page.rindex("<", 0, page.index(f'data-key="{key}"')) :] for key in "arqc"}
    assert all(keyed[key].startswith("<select") for key in "arq")
    assert keyed["c"].startswith("<textarea")
    assert page.count("data-key=") == 4


def test_a_version_that_is_no_number_of_ours_is_one_that_was_not_shown(rita: Clerk, olga: Clerk) -> None:
    filing = submitted(olga.user)
    for version in ("9" * 5000, "-1", "x"):
        answer = rita.post(f"filings/{filing.pk}/approve/", version=version, words="It holds.")
        assert answer.status_code == 409, version
    assert not Approval.objects.exists()
