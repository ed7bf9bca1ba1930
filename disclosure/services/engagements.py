"""Engaging a partner, and ending it: from the return of `end` on, nothing leaves under that engagement (USE-a)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from consent.models import Purpose
from disclosure.models import Engagement, EngagementCountry
from disclosure.services.errors import AlreadyEnded
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import DataElement, Partner


@locks.in_transaction
def engage(
    *,
    partner: Partner,
    role: str,
    valid_from: datetime,
    valid_until: datetime | None,
    purposes: Iterable[Purpose],
    fields: Iterable[str],
    actions: Iterable[str],
    countries: Mapping[str, tuple[str, str]],
    by: Actor,
    at: datetime,
) -> Engagement:
    """Engage a partner. `countries` maps a country code to the transfer mechanism and its reference, both empty at home.

    Raises DataElement.DoesNotExist where a field is not in the registry.
    """
    wanted = sorted(set(fields))
    known = set(DataElement.objects.filter(key__in=wanted).values_list("key", flat=True))
    if unknown := set(wanted) - known:
        raise DataElement.DoesNotExist(", ".join(sorted(unknown)))
    engagement = Engagement.objects.create(
        partner=partner,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        fields=wanted,
        actions=sorted(set(actions)),
    )
    engagement.purposes.set(purposes)
    EngagementCountry.objects.bulk_create(
        EngagementCountry(engagement=engagement, country=country, mechanism=mechanism, reference=reference)
        for country, (mechanism, reference) in sorted(countries.items())
    )
    record(engagement, kind="engagement.begun", by=by, at=at)
    return engagement


def record(engagement: Engagement, *, kind: str, by: Actor, at: datetime) -> None:
    """Enter an engagement as it stands: `kind` is `engagement.begun` or `engagement.changed`."""
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={
            "engagement": str(engagement.pk),
            "partner": str(engagement.partner_id),
            "role": str(engagement.role),
            "valid_from": instant(engagement.valid_from),
            "valid_until": instant(engagement.valid_until) if engagement.valid_until else None,
            "purposes": sorted(engagement.purposes.values_list("key", flat=True)),
            "fields": list(engagement.fields),
            "actions": [str(action) for action in engagement.actions],
            "countries": dict(engagement.countries.order_by("country").values_list("country", "mechanism")),
        },
        at=at,
    )


@locks.in_transaction
def end(engagement: Engagement, *, reason: str, by: Actor, at: datetime) -> None:
    """End an engagement: its handles refuse from now on. Raises AlreadyEnded."""
    locks.exclude(engagements=[engagement.pk])
    engagement.refresh_from_db()
    if engagement.ended_at is not None:
        raise AlreadyEnded
    engagement.ended_at, engagement.end_reason = at, reason
    engagement.save(update_fields=["ended_at", "end_reason"])
    append(
        kind="engagement.ended",
        pseudonym=None,
        actor=by,
        body={"engagement": str(engagement.pk), "partner": str(engagement.partner_id)},
        at=at,
    )
