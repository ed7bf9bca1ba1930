"""The states of a consent, from the W3C Data Privacy Vocabulary 2, and the one table of its transitions. Pure."""

from enum import StrEnum


class State(StrEnum):
    UNKNOWN = "ConsentUnknown"
    REQUESTED = "ConsentRequested"
    REQUEST_DEFERRED = "ConsentRequestDeferred"
    REFUSED = "ConsentRefused"
    GIVEN = "ConsentGiven"
    EXPIRED = "ConsentExpired"
    INVALIDATED = "ConsentInvalidated"
    REVOKED = "ConsentRevoked"
    WITHDRAWN = "ConsentWithdrawn"
    RENEWED = "RenewedConsentGiven"


class Event(StrEnum):
    REQUEST = "request"
    DEFER = "defer"
    REFUSE = "refuse"
    GIVE = "give"
    EXPIRE = "expire"
    INVALIDATE = "invalidate"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"


LIVE = frozenset({State.GIVEN, State.RENEWED})

# What ends a use that is on by the policy.
OBJECTED = frozenset({State.REFUSED, State.WITHDRAWN, State.REVOKED})

_OPEN = frozenset({State.UNKNOWN, State.REQUESTED, State.REQUEST_DEFERRED})
_ENDED = frozenset({State.REFUSED, State.EXPIRED, State.INVALIDATED, State.REVOKED, State.WITHDRAWN})

TRANSITIONS: dict[tuple[State, Event], State] = {
    **{(state, Event.REQUEST): State.REQUESTED for state in _OPEN | _ENDED},
    **{(state, Event.DEFER): State.REQUEST_DEFERRED for state in _OPEN},
    **{(state, Event.REFUSE): State.REFUSED for state in _OPEN | _ENDED},
    **{(state, Event.GIVE): State.GIVEN for state in _OPEN | _ENDED},
    **{(state, Event.GIVE): State.RENEWED for state in LIVE | {State.EXPIRED}},
    **{(state, Event.EXPIRE): State.EXPIRED for state in LIVE},
    **{(state, Event.INVALIDATE): State.INVALIDATED for state in LIVE},
    **{(state, Event.REVOKE): State.REVOKED for state in LIVE},
    # A withdrawal is always accepted, whatever went before.
    **{(state, Event.WITHDRAW): State.WITHDRAWN for state in State},
}

# Everything else is refused; listed, so that a forgotten pair fails a test.
REFUSED_TRANSITIONS: frozenset[tuple[State, Event]] = frozenset(
    {(state, Event.REQUEST) for state in LIVE}
    | {(state, Event.DEFER) for state in LIVE | _ENDED}
    | {(state, Event.REFUSE) for state in LIVE}
    | {(state, event) for state in _OPEN | _ENDED for event in (Event.EXPIRE, Event.INVALIDATE, Event.REVOKE)}
)

# What a consent given or refused elsewhere is recorded as, by the state that is reported.
EVENT_OF: dict[State, Event] = {
    State.REQUESTED: Event.REQUEST,
    State.REQUEST_DEFERRED: Event.DEFER,
    State.REFUSED: Event.REFUSE,
    State.GIVEN: Event.GIVE,
    State.RENEWED: Event.GIVE,
    State.REVOKED: Event.REVOKE,
    State.WITHDRAWN: Event.WITHDRAW,
}


class TransitionRefused(Exception):
    """From this state the event leads nowhere."""


def after(state: State, event: Event) -> State:
    """The state that follows. Raises TransitionRefused."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionRefused(f"{event} does not follow {state}") from None
