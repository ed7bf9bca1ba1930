"""The table of a consent's transitions, and that the service follows it."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.models import ConsentChange
from consent.services.consents import Subject
from consent.states import (
    EVENT_OF,
    LIVE,
    REFUSED_TRANSITIONS,
    TRANSITIONS,
    Event,
    State,
    TransitionRefused,
    after,
)
from privacy_app.ledger.models import Entry
from tests.makers import NOW, make_partner, make_person, make_purpose, publish, say

PAIRS = [(state, event) for state in State for event in Event]
POSITIVE = {Event.GIVE}


@pytest.mark.clause("DIS-a")
def test_each_state_and_event_either_leads_somewhere_or_is_refused() -> None:
    assert set(TRANSITIONS) | REFUSED_TRANSITIONS == set(PAIRS)
    assert not set(TRANSITIONS) & REFUSED_TRANSITIONS


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(("state", "event"), sorted(REFUSED_TRANSITIONS))
def test_what_is_refused_is_refused_by_name(state: State, event: Event) -> None:
    with pytest.raises(TransitionRefused, match=f"{event} does not follow {state}"):
        after(state, event)


@pytest.mark.clause("DIS-a")
def test_every_state_can_be_reached_but_the_one_before_all_others() -> None:
    reached = {State.UNKNOWN}
    while further := {after for (before, _), after in TRANSITIONS.items() if before in reached} - reached:
        reached |= further
    assert reached == set(State)
    assert State.UNKNOWN not in TRANSITIONS.values()


@pytest.mark.clause("DIS-a")
def test_a_consent_lives_only_as_given_or_renewed_and_only_by_being_given() -> None:
    assert {State.GIVEN, State.RENEWED} == LIVE
    assert {event for (_, event), state in TRANSITIONS.items() if state in LIVE} == POSITIVE


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("state", State)
def test_a_withdrawal_is_always_accepted(state: State) -> None:
    assert after(state, Event.WITHDRAW) is State.WITHDRAWN


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("state", State)
def test_a_consent_can_be_given_from_everywhere_and_is_renewed_where_it_lived(state: State) -> None:
    assert after(state, Event.GIVE) is (State.RENEWED if state in LIVE | {State.EXPIRED} else State.GIVEN)


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("event", Event)
def test_from_a_live_consent_nothing_but_a_renewal_leads_to_a_live_one(event: Event) -> None:
    for state in LIVE:
        assert (TRANSITIONS.get((state, event)) in LIVE) is (event is Event.GIVE)


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("state", EVENT_OF)
def test_what_is_reported_from_elsewhere_leads_to_the_state_that_was_reported(state: State) -> None:
    reached = {TRANSITIONS[before, EVENT_OF[state]] for before in State if (before, EVENT_OF[state]) in TRANSITIONS}
    assert state in reached
    assert (reached <= LIVE) is (state in LIVE)


# -- against the service ----------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(events=st.lists(st.sampled_from(Event), min_size=1, max_size=8))
def test_history_row_and_ledger_say_the_same_of_any_sequence_of_events(events: list[Event]) -> None:
    with transaction.atomic():
        _walk(events)
        transaction.set_rollback(True)


def _walk(events: list[Event]) -> None:
    partner, purpose = make_partner(), make_purpose()
    publish(purpose, partner)
    subject = Subject(make_person(), purpose, partner)
    first = Entry.objects.latest("seq").seq
    expected: list[tuple[State, State]] = []
    state = State.UNKNOWN
    for number, event in enumerate(events):
        at = NOW + timedelta(minutes=number)
        if (state, event) in REFUSED_TRANSITIONS:
            with pytest.raises(TransitionRefused):
                say(subject, event, at=at)
            continue
        consent = say(subject, event, at=at)
        if (state, event) != (State.WITHDRAWN, Event.WITHDRAW):
            expected.append((state, TRANSITIONS[state, event]))
        state = TRANSITIONS[state, event]
        assert consent.state == state
        assert consent.revision == len(expected)
        assert (consent.expires_at is not None) is (state in LIVE)
    history = list(ConsentChange.objects.order_by("pk"))
    assert [(change.before, change.after) for change in history] == expected
    entries = Entry.objects.filter(seq__gt=first).order_by("seq")
    assert [entry.kind for entry in entries] == ["consent.changed"] * len(expected)
    assert [(entry.body["before"], entry.body["after"]) for entry in entries] == expected
    assert [change.entry_id for change in history] == [entry.seq for entry in entries]
    if history:
        consent.refresh_from_db()
        assert (consent.state, consent.changed_at) == (history[-1].after, history[-1].at)
