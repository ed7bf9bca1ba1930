"""Handlers by kind of message. An app registers its own when it is ready; the outbox does not know what they do."""

from collections.abc import Callable

from privacy_app.outbox.models import Message

Handler = Callable[[Message], None]
_handlers: dict[str, Handler] = {}
_patient: set[str] = set()


def handles(kind: str, *, patient: bool = False) -> Callable[[Handler], Handler]:
    """Register the decorated function for messages of `kind`. One kind has one handler.

    Messages of a `patient` kind wait until nothing else is due: their handler may be kept waiting by somebody else.
    """

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"messages of kind {kind} are handled already")
        _handlers[kind] = handler
        if patient:
            _patient.add(kind)
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The handler for messages of `kind`. Raises LookupError: such a message waits, and then is a dead letter."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"nothing handles messages of kind {kind}") from None


def patient_kinds() -> frozenset[str]:
    """The kinds whose messages let all others go first."""
    return frozenset(_patient)
