"""Where partners are called with their events, and the secrets that sign the calls. A secret is shown once and kept sealed."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue, enqueue_all
from users.models import Partner, PartnerEvent, WebhookEndpoint
from users.models.partners import Scope
from users.services.errors import Refused
from users.webhooks.delivery import EVENT, TEST
from users.webhooks.secrets import CHANGE_OVER, new_secret, sealed
from users.webhooks.targets import TargetRefused, parsed
from users.withheld import withheld_from


class AddressRefused(Refused):
    """This address is not called, whatever it leads to at the moment."""


class AddressThere(Refused):
    """The partner is called there already."""


class EndpointDisabled(Refused):
    """The endpoint is switched off; that is not taken back. It can be added anew."""


@locks.in_transaction
def add_endpoint(partner: Partner, *, url: str, by: Actor, at: datetime) -> tuple[WebhookEndpoint, str]:
    """Call the partner at this address from now on; returns the endpoint with its secret, which is not shown again.

    Raises AddressRefused and AddressThere.
    """
    try:
        parsed(url)
    except TargetRefused:
        raise AddressRefused from None
    endpoint = WebhookEndpoint(partner=partner, url=url, created_at=at)
    secret = new_secret()
    endpoint.secret = sealed(secret, endpoint)
    try:
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError:
        raise AddressThere from None
    _record(endpoint, kind="webhook.added", by=by, at=at)
    return endpoint, secret


@locks.in_transaction
def replace_secret(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> str:
    """Sign with a new secret, which is returned; for a day the one before signs, too. Raises EndpointDisabled."""
    _hold_enabled(endpoint)
    secret = new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, at + CHANGE_OVER
    endpoint.secret = sealed(secret, endpoint)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record(endpoint, kind="webhook.secret_replaced", by=by, at=at)
    return secret


@locks.in_transaction
def disable_endpoint(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> None:
    """Call this address no more, also with what waits for it. Raises EndpointDisabled."""
    _hold_enabled(endpoint)
    endpoint.disabled_at = at
    endpoint.save(update_fields=["disabled_at"])
    _record(endpoint, kind="webhook.disabled", by=by, at=at)


@locks.in_transaction
def send_test(endpoint: WebhookEndpoint, *, by: Actor, at: datetime) -> None:
    """Call the address with an event that says nothing. Raises EndpointDisabled."""
    _hold_enabled(endpoint)
    enqueue(TEST, {"endpoint": str(endpoint.pk)}, at=at)
    _record(endpoint, kind="webhook.tested", by=by, at=at)


def call_with(events: Iterable[PartnerEvent], *, at: datetime) -> None:
    """Queue a call for each of these events at each endpoint of its partner, in the caller's transaction.

    A partner that may not ask for events any more is not called with them either.
    """
    events = list(events)
    hearing = {
        partner
        for partner in {event.partner_id for event in events}
        if Scope.EVENTS not in withheld_from(partner, at=at)
    }
    endpoints: dict[object, list[str]] = {}
    rows = WebhookEndpoint.objects.filter(partner__in=hearing, disabled_at=None)
    for partner, endpoint in rows.values_list("partner_id", "pk"):
        endpoints.setdefault(partner, []).append(str(endpoint))
    payloads = [
        {"event": str(event.pk), "endpoint": endpoint}
        for event in events
        for endpoint in endpoints.get(event.partner_id, ())
    ]
    if payloads:
        enqueue_all(EVENT, payloads, at=at)


def _hold_enabled(endpoint: WebhookEndpoint) -> None:
    """Read the endpoint as it is now and keep others from changing it. Raises EndpointDisabled."""
    WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    endpoint.refresh_from_db()
    if endpoint.disabled_at is not None:
        raise EndpointDisabled


def _record(endpoint: WebhookEndpoint, *, kind: str, by: Actor, at: datetime) -> None:
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={
            "partner": str(endpoint.partner_id),
            "webhook": str(endpoint.pk),
            "host": urlsplit(endpoint.url).netloc,
        },
        at=at,
    )
