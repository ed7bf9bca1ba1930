"""Handlers by kind of message. An app registers its own when it is ready; the outbox does not know what they do."""

from collections.abc import Callable

from privacy_app.outbox.models import Message

Handler = Callable[[Message], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for messages of `kind`. One kind has one handler."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"messages of kind {kind} are handled already")
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The handler for messages of `kind`. Raises LookupError: such a message waits, and then is a dead letter."""
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"nothing handles messages of kind {kind}") from None
