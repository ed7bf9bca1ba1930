"""Engagements that come to their end, and the certificates that follow."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from disclosure.models import DeletionCertificate, Engagement
from disclosure.services.certificates import submit
from disclosure.services.engagements import end, engage
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import FIELDS, Caller, World
from users.models import ApiClient
from users.services.actors import as_client

DAY = timedelta(days=1)


def engaged(world: World, caller: Caller, *, begins: datetime, until: datetime | None) -> Engagement:
    """An engagement for all the world's purposes, signed as it begins."""
    return engage(
        partner=caller.partner,
        role="processor",
        valid_from=begins,
        valid_until=until,
        purposes=[world.updates, world.parcel],
        fields=(*FIELDS, "contact.address"),
        actions=["share"],
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=begins,
    )


def over(engagement: Engagement, *, at: datetime | None = None) -> Engagement:
    """The engagement, ended by staff."""
    end(engagement, reason="over", by=SYSTEM, at=at or timezone.now())
    return engagement


def certified(
    client: ApiClient, engagement: Engagement, *, at: datetime | None = None, **other: Any
) -> DeletionCertificate:
    """A certificate of deletion, submitted the moment it is made."""
    at = at or timezone.now()
    words: dict[str, Any] = {
        "certifier_name": "Wang Fang",
        "certifier_office": "Data protection officer",
        "fields": FIELDS,
        "method": "Rows deleted.",
        "deleted_at": at,
        "statement": "We keep nothing.",
        **other,
    }
    return submit(engagement, client=client, by=as_client(client), at=at, **words)


def kinds_about(engagement: Engagement) -> list[str]:
    """What the ledger holds of an engagement's life, in order."""
    entries = Entry.objects.filter(body__engagement=str(engagement.pk)).order_by("seq")
    return list(entries.values_list("kind", flat=True))
