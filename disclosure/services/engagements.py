"""Engaging a partner, changing what for, and ending it: from the return on, nothing leaves beyond that (USE-a)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from consent.models import Purpose
from disclosure.models import Engagement, EngagementCountry
from disclosure.services.announcing import tell_of_end
from disclosure.services.errors import AlreadyEnded
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import Partner
from users.services.elements import registered


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
    contributes: Iterable[str] = (),
    by: Actor,
    at: datetime,
) -> Engagement:
    """Engage a partner. `countries` maps a country code to the transfer mechanism and its reference, both empty at home.

    `fields` are what it may read, `contributes` what it may give.

    Raises DataElement.DoesNotExist where a field is not in the registry.
    """
    engagement = Engagement.objects.create(
        partner=partner,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        fields=registered(fields),
        actions=sorted(set(actions)),
        contributes=registered(contributes),
    )
    engagement.purposes.set(purposes)
    _allow(engagement, countries)
    _record(engagement, kind="engagement.begun", by=by, at=at)
    return engagement


@locks.in_transaction
def change(
    engagement: Engagement,
    *,
    role: str,
    valid_from: datetime,
    valid_until: datetime | None,
    purposes: Iterable[Purpose],
    fields: Iterable[str],
    actions: Iterable[str],
    countries: Mapping[str, tuple[str, str]],
    contributes: Iterable[str] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Replace all that a partner is engaged for: what is left out can no longer be read, under old handles too.

    Takes its arguments as `engage`. Raises AlreadyEnded, and DataElement.DoesNotExist.
    """
    locks.exclude(engagements=[engagement.pk])
    engagement.refresh_from_db()
    if engagement.ended_at is not None:
        raise AlreadyEnded
    engagement.role, engagement.valid_from, engagement.valid_until = role, valid_from, valid_until
    engagement.fields, engagement.actions = registered(fields), sorted(set(actions))
    engagement.contributes = registered(contributes)
    engagement.save(update_fields=["role", "valid_from", "valid_until", "fields", "actions", "contributes"])
    engagement.purposes.set(purposes)
    engagement.countries.all().delete()
    _allow(engagement, countries)
    _record(engagement, kind="engagement.changed", by=by, at=at)


def _allow(engagement: Engagement, countries: Mapping[str, tuple[str, str]]) -> None:
    EngagementCountry.objects.bulk_create(
        EngagementCountry(engagement=engagement, country=country, mechanism=mechanism, reference=reference)
        for country, (mechanism, reference) in sorted(countries.items())
    )


def _record(engagement: Engagement, *, kind: str, by: Actor, at: datetime) -> None:
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
            "contributes": list(engagement.contributes),
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
    tell_of_end(engagement, at=at)
