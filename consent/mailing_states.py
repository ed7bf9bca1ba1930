"""The states of a mailing."""

from enum import StrEnum


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"


class Event(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    STOP = "stop"


OPEN = frozenset({State.RUNNING, State.PAUSED})

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.RUNNING, Event.PAUSE): State.PAUSED,
    (State.PAUSED, Event.RESUME): State.RUNNING,
    (State.RUNNING, Event.FINISH): State.FINISHED,
    (State.RUNNING, Event.STOP): State.STOPPED,
    (State.PAUSED, Event.STOP): State.STOPPED,
}

# Everything else is refused; listed, so that a forgotten pair fails a test.
REFUSED_TRANSITIONS: frozenset[tuple[State, Event]] = frozenset(
    {(State.RUNNING, Event.RESUME), (State.PAUSED, Event.PAUSE), (State.PAUSED, Event.FINISH)}
    | {(state, event) for state in (State.FINISHED, State.STOPPED) for event in Event}
)


class TransitionRefused(Exception):
    """From this state the event leads nowhere."""


def after(state: State, event: Event) -> State:
    """The state that follows. Raises TransitionRefused."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionRefused(f"{event} does not follow {state}") from None
