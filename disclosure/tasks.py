from celery import shared_task
from django.utils import timezone

from disclosure.services import announcing, demands, engagements, filings


@shared_task
def announce_ends() -> None:
    """Tell partners of engagements that end soon, and of those whose last day has passed."""
    announcing.announce(at=timezone.now())


@shared_task
def enter_ends() -> None:
    """Enter the engagements that have ended by their date, also those whose turn was missed."""
    while engagements.end_next_due(at=timezone.now()):
        pass


@shared_task
def enter_overdue_certificates() -> None:
    """Enter the certificates that did not come by their date."""
    while demands.enter_overdue(at=timezone.now()):
        pass


@shared_task
def expire_filings() -> None:
    """Enter requests that have expired as such."""
    while filings.expire_due(at=timezone.now()):
        pass
