"""Delivering what is due, one message at a time."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from privacy_app.outbox.handlers import handler_of, patient_kinds
from privacy_app.outbox.models import Message

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 20
"""Over about two days: a mail server that is away for a night leaves no dead letters."""

CUT_OFF = "CutOff"
"""Stands as the last error while a message is attempted, and afterwards if that attempt never came to an end."""

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=6)


def deliver_next(*, now: datetime) -> bool:
    """Attempt the message that is due first; False where none is due."""
    message = _begin_attempt(now)
    if message is None:
        return False
    if message.state == Message.State.PENDING:
        _attempt(message, now)
    return True


@transaction.atomic
def _begin_attempt(now: datetime) -> Message | None:
    """Count an attempt at the message that is due first, before it is made.

    One at which a worker dies is counted, too, and the message comes up again after its wait: it can neither keep
    others waiting behind it nor kill workers for ever.
    """
    due = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(state=Message.State.PENDING, due_at__lte=now)
        .order_by("due_at")
    )
    patient = patient_kinds()
    message = due.exclude(kind__in=patient).first() or due.filter(kind__in=patient).first()
    if message is None:
        return None
    if message.attempts >= MAX_ATTEMPTS:
        message.state, message.settled_at = Message.State.DEAD, now
    else:
        message.due_at = now + min(_FIRST_WAIT * 2**message.attempts, _LONGEST_WAIT)
        message.attempts += 1
        message.last_error = CUT_OFF
    message.save()
    return message


@transaction.atomic
def _attempt(begun: Message, now: datetime) -> None:
    """The row stays locked while its handler runs: however long that takes, nobody else attempts it meanwhile."""
    # Not skipping: one who looked for a message in this very moment holds the row until its look is over.
    pending = Message.objects.filter(state=Message.State.PENDING, attempts=begun.attempts)
    message = pending.select_for_update().filter(pk=begun.pk).first()
    if message is None:
        return
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
        message.state, message.settled_at, message.last_error = Message.State.DELIVERED, now, ""
    message.save()


def prune(*, before: datetime) -> int:
    """Delete what was delivered before then; dead letters stay until someone has looked."""
    return Message.objects.filter(state=Message.State.DELIVERED, settled_at__lt=before).delete()[0]
