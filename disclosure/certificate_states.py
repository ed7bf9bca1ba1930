"""Where a partner's certificate of deletion stands after an end, and the one table of how it gets there. Pure."""

from enum import StrEnum


class State(StrEnum):
    DEMANDED = "demanded"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Event(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"


AWAITED = frozenset({State.DEMANDED, State.RETURNED})
"""It is for the partner to act: past its date, it is overdue."""

TRANSITIONS: dict[tuple[State, Event], State] = {
    **{(state, Event.SUBMIT): State.SUBMITTED for state in AWAITED},
    (State.SUBMITTED, Event.RETURN): State.RETURNED,
    (State.SUBMITTED, Event.ACCEPT): State.ACCEPTED,
}

# Everything else is refused; listed, so that a forgotten pair fails a test.
REFUSED_TRANSITIONS: frozenset[tuple[State, Event]] = frozenset(
    {(State.SUBMITTED, Event.SUBMIT)}
    | {(state, event) for state in AWAITED for event in (Event.RETURN, Event.ACCEPT)}
    | {(State.ACCEPTED, event) for event in Event}
)


class TransitionRefused(Exception):
    """From this state the event leads nowhere."""


def after(state: State, event: Event) -> State:
    """The state that follows. Raises TransitionRefused."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionRefused(f"{event} does not follow {state}") from None
