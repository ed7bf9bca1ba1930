"""The order in which each partner reads its events: positions, given out after the commit by one at a time.

Whoever reads `after=` the last position it saw misses nothing: what commits late gets a position that is later still.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from privacy_app import locks
from users.models import Partner, PartnerEvent
from users.services.webhooks import call_with

_AT_ONCE = 1000


@locks.in_transaction
def give_positions(*, at: datetime) -> int:
    """Give the events that are committed by now the next positions of their partners, and queue the calls with them.

    Returns how many there were. Each partner counts for itself: gaps would tell how much the others hear.
    """
    locks.take_turn("partner-events", "positions")
    # What another transaction holds is being let go of; it wakes the next round.
    waiting = list(
        PartnerEvent.objects.select_for_update(skip_locked=True)
        .filter(position__isnull=True)
        .order_by("at", "id")[:_AT_ONCE]
    )
    last = _last_positions({event.partner_id for event in waiting})
    for event in waiting:
        event.position = last[event.partner_id] = last[event.partner_id] + 1
    PartnerEvent.objects.bulk_update(waiting, ["position"])
    call_with(waiting, at=at)
    return len(waiting)


def _last_positions(partners: set[UUID]) -> dict[UUID, int]:
    given = PartnerEvent.objects.filter(partner=OuterRef("pk"), position__isnull=False).order_by("-position")
    rows = Partner.objects.filter(pk__in=partners).annotate(last=Subquery(given.values("position")[:1]))
    return {partner: last or 0 for partner, last in rows.values_list("pk", "last")}
