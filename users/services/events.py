"""Telling partners: what concerns one is a row in the transaction that causes it, and nothing where there is no relation.

Telling only inserts rows. Where an event stands in the order that its partner reads is found after the commit
(`users/services/positions.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.db.models import Exists, OuterRef
from kombu.exceptions import OperationalError as BrokerAway

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from privacy_app.outbox.services import once_after_commit
from users.models import EventType, PairwiseId, Partner, PartnerEvent, User
from users.queries import last_position
from users.services.errors import Refused

log = structlog.get_logger(__name__)

Receivers = Callable[[User, datetime], Mapping[UUID, frozenset[str]]]
_receivers: list[Receivers] = []


class NothingThere(Refused):
    """No event of this partner stands at that position yet."""


def knows_receivers(function: Receivers) -> Receivers:
    """Register who has, or may fetch at this moment, which fields of a person: by partner, the fields' keys."""
    _receivers.append(function)
    return function


def tell(
    type: EventType,
    data: Mapping[UUID, Mapping[str, Any]],
    *,
    at: datetime,
    person: User | None = None,
    occasion: str = "",
) -> None:
    """Tell each partner its own data (keys, ids and dates, nothing personal), in the caller's transaction.

    About a person only those partners are told who have a name for them: nobody else was ever given anything. What has
    an `occasion` a partner is told once.
    """
    names: dict[UUID, UUID] = {}
    if person is not None:
        names = dict(PairwiseId.objects.filter(person=person, partner__in=data).values_list("partner_id", "id"))
        data = {partner: content for partner, content in data.items() if partner in names}
    if not data:
        return
    PartnerEvent.objects.bulk_create(
        [
            PartnerEvent(
                partner_id=partner,
                type=type,
                person=person,
                subject=names.get(partner),
                data=dict(content),
                occasion=occasion,
                at=at,
            )
            for partner, content in sorted(data.items())
        ],
        ignore_conflicts=bool(occasion),
    )
    once_after_commit(wake)


def wake() -> None:
    """Ask a worker to give out positions now. With the broker away nothing is lost: the sweep finds the rows."""
    try:
        current_app.signature("users.tasks.give_positions").apply_async(retry=False)
    except BrokerAway:
        log.warning("events.broker_away")


def tell_of_correction(person: User, fields: Iterable[str], *, at: datetime) -> None:
    """Tell those who have or may fetch one of these fields that another value stands for it now (GDPR 19)."""
    corrected = frozenset(fields)
    if not corrected:
        return
    concerned = {partner: sorted(held & corrected) for partner, held in _receivers_of(person, at).items()}
    data = {partner: {"fields": keys} for partner, keys in concerned.items() if keys}
    tell(EventType.ITEM_CORRECTED, data, person=person, at=at)


def tell_of_erasure(person: User, *, at: datetime) -> None:
    """Tell those who have or may fetch anything of the person, while their names for them last, and let go of the person."""
    tell(EventType.PERSON_ERASED, {partner: {} for partner in _receivers_of(person, at)}, person=person, at=at)
    PartnerEvent.objects.filter(person=person).update(person=None)


def _receivers_of(person: User, at: datetime) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, frozenset[str]] = {}
    for receivers in _receivers:
        for partner, fields in receivers(person, at).items():
            found[partner] = found.get(partner, frozenset()) | fields
    return found


@locks.in_transaction
def acknowledge(
    partner: Partner, *, up_to: int | None = None, ids: Iterable[UUID] = (), by: Actor, at: datetime
) -> None:
    """Note that the partner has dealt with these of its events: up to a position, or by their ids; again is no more.

    Ids that are not this partner's, or no longer there, are passed over. Raises NothingThere.
    """
    events = PartnerEvent.objects.filter(partner=partner, position__isnull=False, acknowledged_at=None)
    if up_to is None:
        events = events.filter(id__in=list(ids))
    elif up_to > last_position(partner):
        raise NothingThere
    else:
        events = events.filter(position__lte=up_to)
    positions = list(events.order_by("position").select_for_update().values_list("position", flat=True))
    if not positions:
        return
    PartnerEvent.objects.filter(partner=partner, position__in=positions).update(acknowledged_at=at)
    append(
        kind="events.acknowledged",
        pseudonym=None,
        actor=by,
        body={"partner": str(partner.pk), "positions": _spans(positions)},
        at=at,
    )


def forget(*, before: datetime) -> int:
    """Delete what was acknowledged before then; returns how many.

    What is told once on an occasion stays, so that it is not told again, and so does the last position of each partner,
    from which the next one is counted.
    """
    later = PartnerEvent.objects.filter(partner=OuterRef("partner"), position__gt=OuterRef("position"))
    return PartnerEvent.objects.filter(Exists(later), acknowledged_at__lt=before, occasion="").delete()[0]


def _spans(positions: Iterable[int | None]) -> list[list[int]]:
    """Ascending positions as first and last of each run."""
    spans: list[list[int]] = []
    for position in positions:
        assert position is not None
        if spans and spans[-1][1] == position - 1:
            spans[-1][1] = position
        else:
            spans.append([position, position])
    return spans
