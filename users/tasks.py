from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from oauth2_provider.models import clear_expired

from users.access import days
from users.access.drain import drain
from users.models import IdempotencyKey, LoginSession
from users.services import events, items, positions

_KEEP_IDEMPOTENCY_KEYS = timedelta(hours=24)
_KEEP_ACKNOWLEDGED_EVENTS = timedelta(days=90)


@shared_task
def delete_expired_items() -> None:
    """Delete what its retention has outlived."""
    while items.delete_expired(at=timezone.now()):
        pass


@shared_task
def prune_idempotency_keys() -> None:
    """Forget idempotency keys after a day."""
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - _KEEP_IDEMPOTENCY_KEYS).delete()


@shared_task
def prune_sessions() -> None:
    """Delete log-ins that have run out."""
    LoginSession.objects.filter(expire_date__lt=timezone.now()).delete()


@shared_task
def prune_access_tokens() -> None:
    """Delete access tokens that have run out."""
    clear_expired()


@shared_task
def give_positions() -> None:
    """Put the events of partners in order. Woken after commits, and swept by the clock for what a lost wake-up left."""
    while positions.give_positions(at=timezone.now()):
        pass


@shared_task
def prune_events() -> None:
    """Forget events that their partners acknowledged three months ago."""
    events.forget(before=timezone.now() - _KEEP_ACKNOWLEDGED_EVENTS)


@shared_task
def drain_access_records() -> None:
    """Take what waits in this machine's spool, also of processes that were killed."""
    drain(settings.ACCESS_SPOOL_DIR, at=timezone.now())


@shared_task
def turn_access_days() -> None:
    """Make the days that come ready, and forget those whose time is over."""
    days.begin_ahead(at=timezone.now())
    days.end_outlived(at=timezone.now())
