from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from oauth2_provider.models import clear_expired

from users.models import IdempotencyKey, LoginSession
from users.services import items

_KEEP_IDEMPOTENCY_KEYS = timedelta(hours=24)


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
