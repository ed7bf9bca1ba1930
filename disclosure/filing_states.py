"""Where a filing stands, and the one table of how it gets there. Pure."""

from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFORMATION_WANTED = "information_wanted"
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    REFUSED = "refused"
    RELEASED = "released"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Event(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    ASK = "ask"
    APPROVE = "approve"
    APPROVE_LAST = "approve_last"
    REFUSE = "refuse"
    RELEASE = "release"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"


IN_REVIEW = frozenset({State.SUBMITTED, State.INFORMATION_WANTED, State.APPROVED_ONCE})
OPEN = IN_REVIEW | {State.DRAFT}
GRANTED = frozenset({State.APPROVED, State.RELEASED})
OVER = frozenset({State.REFUSED, State.EXPIRED, State.WITHDRAWN, State.REVOKED})

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.EDIT): State.DRAFT,
    (State.SUBMITTED, Event.EDIT): State.SUBMITTED,
    (State.INFORMATION_WANTED, Event.EDIT): State.INFORMATION_WANTED,
    # Whoever approved approved something else: an edit begins the review again.
    (State.APPROVED_ONCE, Event.EDIT): State.SUBMITTED,
    (State.APPROVED, Event.EDIT): State.SUBMITTED,
    (State.DRAFT, Event.SUBMIT): State.SUBMITTED,
    (State.INFORMATION_WANTED, Event.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Event.ASK): State.INFORMATION_WANTED,
    (State.APPROVED_ONCE, Event.ASK): State.INFORMATION_WANTED,
    (State.SUBMITTED, Event.APPROVE): State.APPROVED_ONCE,
    (State.SUBMITTED, Event.APPROVE_LAST): State.APPROVED,
    (State.APPROVED_ONCE, Event.APPROVE_LAST): State.APPROVED,
    **{(state, Event.REFUSE): State.REFUSED for state in IN_REVIEW},
    (State.APPROVED, Event.RELEASE): State.RELEASED,
    (State.RELEASED, Event.RELEASE): State.RELEASED,
    **{(state, Event.EXPIRE): State.EXPIRED for state in IN_REVIEW | GRANTED},
    **{(state, Event.WITHDRAW): State.WITHDRAWN for state in OPEN | {State.APPROVED}},
    **{(state, Event.REVOKE): State.REVOKED for state in GRANTED},
}

# Everything else is refused; listed, so that a forgotten pair fails a test.
REFUSED_TRANSITIONS: frozenset[tuple[State, Event]] = frozenset(
    {(state, event) for state in OVER for event in Event}
    | {(State.RELEASED, Event.EDIT)}
    | {(state, Event.SUBMIT) for state in (State.SUBMITTED, State.APPROVED_ONCE, State.APPROVED, State.RELEASED)}
    | {(state, Event.ASK) for state in (State.DRAFT, State.INFORMATION_WANTED, State.APPROVED, State.RELEASED)}
    | {(state, Event.APPROVE) for state in State if state not in OVER | {State.SUBMITTED}}
    | {(state, Event.APPROVE_LAST) for state in (State.DRAFT, State.INFORMATION_WANTED, State.APPROVED, State.RELEASED)}
    | {(state, Event.REFUSE) for state in (State.DRAFT, State.APPROVED, State.RELEASED)}
    | {(state, Event.RELEASE) for state in OPEN}
    | {(State.DRAFT, Event.EXPIRE), (State.RELEASED, Event.WITHDRAW)}
    | {(state, Event.REVOKE) for state in OPEN}
)


class TransitionRefused(Exception):
    """From this state the event leads nowhere."""


def after(state: State, event: Event) -> State:
    """The state that follows. Raises TransitionRefused."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionRefused(f"{event} does not follow {state}") from None
