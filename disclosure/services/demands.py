"""Demanding a certificate of deletion at the end of an engagement, and noticing that it does not come (USE-a)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from disclosure.certificate_states import AWAITED
from disclosure.models import CertificateDemand, Engagement
from disclosure.partner_mail import DEMANDED, enqueue_partner_mail
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import Draft, append, append_all


def demand_certificate(engagement: Engagement, *, by: Actor, at: datetime) -> CertificateDemand:
    """Demand a certificate for an engagement that has just ended, and tell the partner by mail."""
    demand = CertificateDemand.objects.create(
        engagement=engagement, demanded_at=at, due_at=at + timedelta(days=settings.CERTIFICATE_DAYS)
    )
    append(kind="certificate.demanded", pseudonym=None, actor=by, body=body_of(demand), at=at)
    enqueue_partner_mail(DEMANDED, demand, at=at)
    return demand


def body_of(demand: CertificateDemand) -> dict[str, str]:
    """What every ledger entry about a certificate names. Who certifies is no matter of the ledger."""
    return {
        "engagement": str(demand.engagement_id),
        "partner": str(demand.engagement.partner_id),
        "due_at": instant(demand.due_at),
    }


@locks.in_transaction
def enter_overdue(*, at: datetime, limit: int = 500) -> int:
    """Enter, once each, that certificates did not come by their date. Returns how many."""
    due = CertificateDemand.objects.filter(state__in=AWAITED, due_at__lte=at, overdue_at=None)
    found = list(due.select_for_update(of=("self",)).select_related("engagement").order_by(F("due_at"), "id")[:limit])
    CertificateDemand.objects.filter(pk__in=[demand.pk for demand in found]).update(overdue_at=at)
    append_all(Draft("certificate.overdue", None, SYSTEM, body_of(demand), at) for demand in found)
    return len(found)
