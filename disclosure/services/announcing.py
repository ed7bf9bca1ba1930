"""Telling partners that an engagement will end, and that it has ended: once each, even where nobody ended it (USE-a)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from disclosure.models import Engagement
from disclosure.queries import engagements_until
from privacy_app import locks
from privacy_app.ledger.canonical import instant
from users.models import EventType
from users.queries import told_on
from users.services.events import tell


def announce(*, at: datetime) -> None:
    """Tell of each engagement whose last day is near or past, unless that was told. A day that is moved is told anew."""
    due = [
        (engagement.pk, *_news(engagement, engagement.valid_until, at=at))
        for engagement in engagements_until(at + timedelta(days=settings.ENGAGEMENT_NOTICE_DAYS))
        if engagement.valid_until is not None
    ]
    told = told_on(occasion for _, _, occasion in due)
    for engagement_id, type_, occasion in due:
        if (type_, occasion) not in told:
            _announce(engagement_id, at=at)


@locks.in_transaction
def _announce(engagement_id: UUID, *, at: datetime) -> None:
    """Tell of one engagement as it stands now that nobody can change it meanwhile."""
    locks.share(engagements=[engagement_id])
    engagement = Engagement.objects.get(pk=engagement_id)
    last = engagement.valid_until
    if engagement.ended_at is not None or last is None:
        return
    if last <= at:
        tell_of_end(engagement, at=at)
    elif last <= at + timedelta(days=settings.ENGAGEMENT_NOTICE_DAYS):
        _tell(engagement, EventType.ENGAGEMENT_ENDING, last, at=at)


def tell_of_end(engagement: Engagement, *, at: datetime) -> None:
    """Tell that it has ended, by its date or by somebody's decision, whichever came first."""
    _tell(
        engagement,
        EventType.ENGAGEMENT_ENDED,
        min(end for end in (engagement.ended_at, engagement.valid_until) if end is not None),
        at=at,
    )


def _tell(engagement: Engagement, type_: EventType, end: datetime, *, at: datetime) -> None:
    key = "ended_at" if type_ is EventType.ENGAGEMENT_ENDED else "valid_until"
    tell(
        type_,
        {engagement.partner_id: {"engagement": str(engagement.pk), key: instant(end)}},
        occasion=_occasion(engagement, end),
        at=at,
    )


def _news(engagement: Engagement, last: datetime, *, at: datetime) -> tuple[EventType, str]:
    type_ = EventType.ENGAGEMENT_ENDED if last <= at else EventType.ENGAGEMENT_ENDING
    return type_, _occasion(engagement, last)


def _occasion(engagement: Engagement, end: datetime) -> str:
    return f"{engagement.pk} {instant(end)}"
