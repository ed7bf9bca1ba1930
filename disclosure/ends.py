"""When engagements end: by their date, or because somebody ended them; whichever comes first, and whether a job ran or not."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_noop

from disclosure.models import Engagement

BY_DATE = gettext_noop("by its date")
"""Stands as the reason where nobody ended an engagement but its date; translated where it is shown."""


def end_of(engagement: Engagement, *, at: datetime) -> datetime | None:
    """When the engagement ended; None while it is to come or in force."""
    if engagement.ended_at is not None:
        return engagement.ended_at
    until = engagement.valid_until
    return until if until is not None and until <= at else None


def is_over(at: datetime, prefix: str = "") -> Q:
    """Engagements that have ended; `prefix` leads to the engagement, like `engagement__`."""
    return Q(**{f"{prefix}ended_at__isnull": False}) | Q(**{f"{prefix}valid_until__lte": at})
