"""Effects after the commit, none lost: a row in the transaction that causes it, drained by Celery.

The row exists exactly once; transport is at least once, always under the same message id.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerAway

from privacy_app.outbox import tasks
from privacy_app.outbox.models import Message

log = structlog.get_logger(__name__)


def enqueue(kind: str, payload: dict[str, Any], *, at: datetime, due_at: datetime | None = None) -> Message:
    """Write a message in the caller's transaction; once that commits, a worker is woken."""
    message = Message.objects.create(kind=kind, payload=payload, created_at=at, due_at=due_at or at)
    once_after_commit(wake)
    return message


def enqueue_all(kind: str, payloads: Iterable[dict[str, Any]], *, at: datetime) -> None:
    """Write many messages of one kind at once; as `enqueue`."""
    Message.objects.bulk_create(
        [Message(kind=kind, payload=payload, created_at=at, due_at=at) for payload in payloads], batch_size=1000
    )
    once_after_commit(wake)


def once_after_commit(call: Callable[[], None]) -> None:
    """Once, however often the transaction asks for it; anew where the savepoint of an earlier time may yet go."""
    kept = set(connection.savepoint_ids)
    if not any(queued[1] is call and queued[0] <= kept for queued in connection.run_on_commit):
        transaction.on_commit(call, robust=True)


def wake() -> None:
    """Ask a worker to drain now. With the broker away nothing is lost: the sweep finds the row."""
    try:
        tasks.drain.apply_async(retry=False)
    except BrokerAway:
        log.warning("outbox.broker_away")


@transaction.atomic
def retry(message_ids: Iterable[Any], *, at: datetime) -> int:
    """Put dead letters back in the queue; returns how many."""
    count = Message.objects.filter(id__in=list(message_ids), state=Message.State.DEAD).update(
        state=Message.State.PENDING, settled_at=None, attempts=0, due_at=at
    )
    once_after_commit(wake)
    return count
