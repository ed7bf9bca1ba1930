"""Where a draft of the policy stands, and the one table of how it gets there. Pure."""

from enum import StrEnum


class DraftState(StrEnum):
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class DraftEvent(StrEnum):
    SAVE = "save"
    COMPARE = "compare"
    """Compare with the newest version instead of the one from which it was begun."""
    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    DISCARD = "discard"


OPEN = frozenset({DraftState.DRAFTING, DraftState.SUBMITTED})

TRANSITIONS: dict[tuple[DraftState, DraftEvent], DraftState] = {
    (DraftState.DRAFTING, DraftEvent.SAVE): DraftState.DRAFTING,
    (DraftState.DRAFTING, DraftEvent.COMPARE): DraftState.DRAFTING,
    (DraftState.DRAFTING, DraftEvent.SUBMIT): DraftState.SUBMITTED,
    (DraftState.DRAFTING, DraftEvent.DISCARD): DraftState.DISCARDED,
    # What was submitted is what is published: any change takes it out of the second person's hands.
    (DraftState.SUBMITTED, DraftEvent.SAVE): DraftState.DRAFTING,
    (DraftState.SUBMITTED, DraftEvent.COMPARE): DraftState.DRAFTING,
    (DraftState.SUBMITTED, DraftEvent.RETURN): DraftState.DRAFTING,
    (DraftState.SUBMITTED, DraftEvent.PUBLISH): DraftState.PUBLISHED,
    (DraftState.SUBMITTED, DraftEvent.DISCARD): DraftState.DISCARDED,
}

# Everything else is refused; listed, so that a forgotten pair fails a test.
REFUSED_TRANSITIONS: frozenset[tuple[DraftState, DraftEvent]] = frozenset(
    {(state, event) for state in DraftState if state not in OPEN for event in DraftEvent}
    | {(DraftState.DRAFTING, DraftEvent.RETURN), (DraftState.DRAFTING, DraftEvent.PUBLISH)}
    | {(DraftState.SUBMITTED, DraftEvent.SUBMIT)}
)
