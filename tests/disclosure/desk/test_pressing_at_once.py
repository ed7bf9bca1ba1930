"""Two reviewers press at once, over HTTP and on real connections: one of them gets a clear answer, and one press counts."""

from functools import partial

import pytest

from disclosure.filing_states import State
from disclosure.models import Approval, Filing, Remark
from tests.concurrently import Call
from tests.disclosure.desk.clerks import approved, asked_by_party, officer, reviewer, says, submitted


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
