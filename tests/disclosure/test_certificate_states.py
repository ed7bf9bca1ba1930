"""The table of where a certificate of deletion stands."""

import pytest

from disclosure.certificate_states import (
    AWAITED,
    REFUSED_TRANSITIONS,
    TRANSITIONS,
    Event,
    State,
    TransitionRefused,
    after,
)
from disclosure.models import CertificateState

pytestmark = pytest.mark.clause("USE-a")


def test_each_state_and_event_either_leads_somewhere_or_is_refused() -> None:
    assert set(TRANSITIONS) | REFUSED_TRANSITIONS == {(state, event) for state in State for event in Event}
    assert not set(TRANSITIONS) & REFUSED_TRANSITIONS


@pytest.mark.parametrize(("state", "event"), sorted(REFUSED_TRANSITIONS))
def test_what_is_refused_is_refused_by_name(state: State, event: Event) -> None:
    with pytest.raises(TransitionRefused, match=f"{event} does not follow {state}"):
        after(state, event)


def test_every_state_is_reached_from_the_demand_and_only_an_accepted_certificate_is_the_last() -> None:
    reached = {State.DEMANDED}
    while further := {to for (before, _), to in TRANSITIONS.items() if before in reached} - reached:
        reached |= further
    assert reached == set(State)
    assert {state for state in State if not any(before is state for before, _ in TRANSITIONS)} == {State.ACCEPTED}


def test_it_is_for_the_partner_to_act_exactly_where_it_may_submit() -> None:
    assert {state for state, event in TRANSITIONS if event is Event.SUBMIT} == AWAITED


def test_the_states_that_are_shown_are_those_of_the_table() -> None:
    assert set(CertificateState.values) == set(State)
