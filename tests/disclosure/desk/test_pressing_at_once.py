"""Two reviewers press at once, over HTTP and on real connections: one of them gets a clear answer, and one press counts."""

from functools import partial
from typing import Any

import pytest

from disclosure.filing_states import State
from disclosure.models import Approval, Filing, Remark
from disclosure.services import filings
from disclosure.services.filings import Wanted
from tests.concurrently import Call
from tests.disclosure.desk.clerks import approved, asked_by_party, officer, reviewer, says, submitted
from tests.disclosure.matters import PHONE, now


@pytest.mark.clause("DIS-f")
def test_of_two_reviewers_who_press_at_once_one_gets_a_clear_answer(committed_db: str) -> None:
    rita, sam = reviewer(), reviewer(1)
    filing, _ = asked_by_party()
    first, second = (Call(partial(clerk.do, filing, "approve", words="They performed.")) for clerk in (rita, sam))
    answers = [first.result(), second.result()]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (told,) = [answer for answer in answers if answer.status_code == 409]
    assert "this is not possible" in says(told) or "this cannot be done" in says(told)
    assert "They performed." in told.content.decode()
    assert Approval.objects.count() == 1
    assert Filing.objects.get().state == State.APPROVED


@pytest.mark.clause("DIS-c")
def test_of_an_approval_and_a_refusal_at_once_only_one_counts(committed_db: str) -> None:
    rita, sam, tom, olga = reviewer(), reviewer(1), reviewer(2), officer()
    filing = approved(submitted(olga.user), tom.user)
    calls = [
        Call(lambda: rita.do(filing, "approve", words="Yes.")),
        Call(lambda: sam.do(filing, "refuse", words="No.")),
    ]
    answers = [call.result() for call in calls]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    state = State.APPROVED if answers[0].status_code == 302 else State.REFUSED
    assert Filing.objects.get().state == state
    assert Remark.objects.count() == (state is State.REFUSED)


@pytest.mark.clause("DIS-c")
def test_of_two_presses_of_one_reviewer_at_once_one_counts(committed_db: str) -> None:
    rita, olga = reviewer(), officer()
    filing = submitted(olga.user)
    calls = [Call(lambda: rita.do(filing, "approve", words="Yes.")) for _ in range(2)]
    answers = [call.result() for call in calls]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert "You approved this version already." in says(max(answers, key=lambda answer: answer.status_code))
    assert Approval.objects.count() == 1
    assert Filing.objects.get().state == State.APPROVED_ONCE


@pytest.mark.clause("DIS-c")
def test_an_edit_and_an_approval_at_once_leave_no_approval_of_what_nobody_was_shown(committed_db: str) -> None:
    rita, olga = reviewer(), officer()
    filing = submitted(olga.user)
    assert filing.instrument is not None
    wanted = Wanted(filing.person, (PHONE,), filing.instrument, authority=filing.authority)
    calls: list[Call[Any]] = [
        Call(lambda: filings.edit(filing, wanted, shown=1, by=olga.user, at=now())),
        Call(lambda: rita.do(filing, "approve", words="Yes.")),
    ]
    _, answer = [call.result() for call in calls]
    edited = Filing.objects.get()
    assert (edited.version, edited.state) == (2, State.SUBMITTED)
    assert not Approval.objects.filter(version=2).exists()
    assert Approval.objects.count() == (answer.status_code == 302)
