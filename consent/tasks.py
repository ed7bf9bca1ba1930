from celery import shared_task
from django.utils import timezone

from consent.services import consents


@shared_task
def expire_consents() -> None:
    """Enter expired consents as such."""
    while consents.expire_due(at=timezone.now()):
        pass
