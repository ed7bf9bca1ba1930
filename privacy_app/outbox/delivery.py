"""Delivering what is due, one message a transaction."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from privacy_app.outbox.handlers import handler_of
from privacy_app.outbox.models import Message

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=6)


def deliver_next(*, now: datetime) -> bool:
    """Deliver the message that is due first, in a transaction of its own; False where none is due.

    The row stays locked while its handler runs: a second worker skips it, and a killed one leaves it pending.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(state=Message.State.PENDING, due_at__lte=now)
            .order_by("due_at")
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            with transaction.atomic():
                handler_of(message.kind)(message)
        except Exception as error:  # whatever a handler meets, the message must not be lost
            # The class alone: an exception's text may quote an address.
            message.last_error = type(error).__name__
            log.warning("outbox.failed", message=str(message.id), kind=message.kind, error=message.last_error)
            if message.attempts >= MAX_ATTEMPTS:
                message.state, message.settled_at = Message.State.DEAD, now
            else:
                message.due_at = now + min(_FIRST_WAIT * 2 ** (message.attempts - 1), _LONGEST_WAIT)
        else:
            message.state, message.settled_at, message.last_error = Message.State.DELIVERED, now, ""
        message.save()
        return True


def prune(*, before: datetime) -> int:
    """Delete what was delivered before then; dead letters stay until someone has looked."""
    return Message.objects.filter(state=Message.State.DELIVERED, settled_at__lt=before).delete()[0]
