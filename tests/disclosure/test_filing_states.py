"""The way of a filing: one table, proved total."""

import pytest

from disclosure.filing_states import (
    GRANTED,
    IN_REVIEW,
    OVER,
    REFUSED_TRANSITIONS,
    TRANSITIONS,
    Event,
    State,
    TransitionRefused,
    after,
)

EVERY_PAIR = {(state, event) for state in State for event in Event}


def test_every_pair_of_state_and_event_leads_somewhere_or_is_refused() -> None:
    assert set(TRANSITIONS) | REFUSED_TRANSITIONS == EVERY_PAIR
    assert set(TRANSITIONS) & REFUSED_TRANSITIONS == set()


@pytest.mark.parametrize(("state", "event"), sorted(REFUSED_TRANSITIONS))
def test_a_refused_pair_raises(state: State, event: Event) -> None:
    with pytest.raises(TransitionRefused):
        after(state, event)


def test_every_state_can_be_reached() -> None:
    reached = {State.DRAFT}
    while more := {state for (before, _), state in TRANSITIONS.items() if before in reached} - reached:
        reached |= more
    assert reached == set(State)


@pytest.mark.clause("PRE-2")
def test_what_is_over_stays_over() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] in OVER]


@pytest.mark.clause("DIS-c")
def test_an_edit_takes_back_every_approval() -> None:
    edited = {state: after(state, Event.EDIT) for state in State if (state, Event.EDIT) in TRANSITIONS}
    assert edited[State.APPROVED_ONCE] == edited[State.APPROVED] == State.SUBMITTED
    assert State.RELEASED not in edited


def test_only_what_was_approved_is_released() -> None:
    assert {state for state, event in TRANSITIONS if event is Event.RELEASE} == GRANTED
    assert {state for state, event in TRANSITIONS if event is Event.APPROVE_LAST} <= IN_REVIEW
