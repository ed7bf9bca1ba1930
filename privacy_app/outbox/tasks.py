from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from privacy_app.outbox import delivery

_KEEP_DELIVERED = timedelta(days=7)


@shared_task
def drain() -> None:
    """Deliver what is due. Woken after commits, and swept by the clock for what a lost wake-up left."""
    while delivery.deliver_next(now=timezone.now()):
        pass


@shared_task
def prune() -> None:
    """Forget what was delivered a week ago."""
    delivery.prune(before=timezone.now() - _KEEP_DELIVERED)
