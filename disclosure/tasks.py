from celery import shared_task
from django.utils import timezone

from disclosure.services import announcing


@shared_task
def announce_ends() -> None:
    """Tell partners of engagements that end soon, and of those whose last day has passed."""
    announcing.announce(at=timezone.now())
