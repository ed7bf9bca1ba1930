"""How fast a mailing may go on: never faster than its rate, never stopped by it; and its states, proved total."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.mailing_states import OPEN, REFUSED_TRANSITIONS, TRANSITIONS, Event, State, TransitionRefused, after
from consent.pacing import allowance, fresh, next_at, paid_up_to

BEGIN = datetime(2040, 5, 3, 12, tzinfo=UTC)
_waits = st.lists(st.tuples(st.floats(0, 300), st.integers(0, 500)), min_size=1, max_size=40)


@given(st.integers(1, 100_000), _waits)
def test_in_no_span_of_time_is_more_sent_than_its_rate_and_a_quarter_of_a_minute_allow(
    per_minute: int, turns: list[tuple[float, int]]
) -> None:
    now, paced_at, sent = BEGIN, fresh(BEGIN), [(BEGIN, 0)]
    for seconds, wanted in turns:
        now += timedelta(seconds=seconds)
        count = min(wanted, allowance(paced_at, per_minute=per_minute, at=now))
        paced_at = paid_up_to(paced_at, count, per_minute=per_minute, at=now)
        sent.append((now, sent[-1][1] + count))
    burst = max(per_minute / 4, 1)
    for number, (later, total) in enumerate(sent):
        for earlier, before in sent[:number]:
            allowed = per_minute * (later - earlier).total_seconds() / 60 + burst
            assert total - before <= allowed + 1


@given(st.integers(1, 100_000), st.integers(1, 500))
def test_when_it_says_that_some_may_be_sent_some_may(per_minute: int, wanted: int) -> None:
    paced_at = BEGIN
    at = next_at(paced_at, wanted, per_minute=per_minute)
    assert at > paced_at
    assert allowance(paced_at, per_minute=per_minute, at=at + timedelta(microseconds=1)) >= 1


EVERY_PAIR = {(state, event) for state in State for event in Event}


def test_every_pair_of_state_and_event_leads_somewhere_or_is_refused() -> None:
    assert set(TRANSITIONS) | REFUSED_TRANSITIONS == EVERY_PAIR
    assert set(TRANSITIONS) & REFUSED_TRANSITIONS == set()


@pytest.mark.parametrize(("state", "event"), sorted(REFUSED_TRANSITIONS))
def test_a_refused_pair_raises(state: State, event: Event) -> None:
    with pytest.raises(TransitionRefused):
        after(state, event)


def test_what_is_over_stays_over() -> None:
    assert {state for state, _ in TRANSITIONS} == OPEN
