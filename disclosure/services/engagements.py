"""Engaging a partner, changing what for, and ending it: from the return on, nothing leaves beyond that (USE-a)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from consent.models import Purpose
from disclosure.ends import BY_DATE, end_of
from disclosure.models import DisclosureRequest, Engagement, EngagementCountry, Status
from disclosure.services.announcing import tell_of_end
from disclosure.services.demands import demand_certificate
from disclosure.services.errors import AlreadyEnded
from disclosure.withheld import withheld_scopes
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import Partner
from users.services.elements import registered
from users.services.errors import Refused
from users.services.partners import revoke_tokens


class EndsInThePast(Refused):
    """The date to which an engagement is limited has passed already. What is in force is ended instead."""


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

    Raises EndsInThePast, and DataElement.DoesNotExist where a field is not in the registry.
    """
    # So that the end of another one sees this one, and is not taken for the last.
    locks.exclude(partners=[partner.pk])
    _check_date(valid_until, at)
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

    One that is over stays over, so that no later date revives what has ended. Takes its arguments as `engage`.
    Raises AlreadyEnded, EndsInThePast, and DataElement.DoesNotExist.
    """
    _hold(engagement)
    if end_of(engagement, at=at) is not None:
        raise AlreadyEnded
    _check_date(valid_until, at)
    engagement.role, engagement.valid_from, engagement.valid_until = role, valid_from, valid_until
    engagement.fields, engagement.actions = registered(fields), sorted(set(actions))
    engagement.contributes = registered(contributes)
    engagement.save(update_fields=["role", "valid_from", "valid_until", "fields", "actions", "contributes"])
    engagement.purposes.set(purposes)
    engagement.countries.all().delete()
    _allow(engagement, countries)
    _record(engagement, kind="engagement.changed", by=by, at=at)


def _check_date(valid_until: datetime | None, at: datetime) -> None:
    if valid_until is not None and valid_until <= at:
        raise EndsInThePast


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
    """End an engagement: its handles refuse from now on, and the partner has to certify deletion. Raises AlreadyEnded."""
    _hold(engagement)
    if end_of(engagement, at=at) is not None:
        raise AlreadyEnded
    _enter_end(engagement, ended_at=at, reason=reason, by=by, at=at)


@locks.in_transaction
def end_by_date(engagement: Engagement, *, at: datetime) -> None:
    """Enter the end of an engagement whose date has passed, unless it is entered; the gate has denied since that date."""
    _hold(engagement)
    until = engagement.valid_until
    if engagement.ended_at is None and until is not None and until <= at:
        _enter_end(engagement, ended_at=until, reason=BY_DATE, by=SYSTEM, at=at)


@locks.in_transaction
def end_next_due(*, at: datetime) -> bool:
    """Enter the earliest end by date that is not entered; False where there is none."""
    engagement = Engagement.objects.filter(ended_at=None, valid_until__lte=at).order_by("valid_until", "id").first()
    if engagement is None:
        return False
    end_by_date(engagement, at=at)
    return True


def _hold(engagement: Engagement) -> None:
    """Keep reads, other changes, and the partner's token requests and other ends out; read the engagement as it is then."""
    locks.exclude(engagements=[engagement.pk], partners=[engagement.partner_id])
    engagement.refresh_from_db()


def _enter_end(engagement: Engagement, *, ended_at: datetime, reason: str, by: Actor, at: datetime) -> None:
    """All that an end brings about: requests close, tokens go with the last engagement, a certificate is demanded."""
    engagement.ended_at, engagement.end_reason = ended_at, reason
    engagement.save(update_fields=["ended_at", "end_reason"])
    waiting = DisclosureRequest.objects.filter(engagement=engagement, status=Status.IN_REVIEW)
    withheld = withheld_scopes(engagement.partner_id, at)
    if withheld:
        revoke_tokens(engagement.partner)
    append(
        kind="engagement.ended",
        pseudonym=None,
        actor=by,
        body={
            "engagement": str(engagement.pk),
            "partner": str(engagement.partner_id),
            "ended_at": instant(ended_at),
            "by_date": ended_at == engagement.valid_until,
            "closed_requests": waiting.update(status=Status.REFUSED),
            "withheld_scopes": sorted(withheld),
        },
        at=at,
    )
    tell_of_end(engagement, at=at)
    demand_certificate(engagement, by=by, at=at)
