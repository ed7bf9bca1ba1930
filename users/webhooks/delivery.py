"""Delivering events to partners who are called: one message of the outbox for each event and endpoint.

The webhook's id is the event's, at every attempt and at every endpoint, so that a partner can tell what it has had.
"""

import json
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

from privacy_app.ledger.canonical import instant
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from users.models import PartnerEvent, WebhookEndpoint
from users.models.partners import Scope
from users.webhooks.secrets import signatures
from users.webhooks.sender import post
from users.withheld import withheld_from

EVENT, TEST = "partner.webhook", "partner.webhook_test"
_RESTS_SECONDS = 60


class Resting(Exception):
    """The endpoint has kept us waiting just now: others come first."""


@handles(EVENT, patient=True)
def deliver(message: Message) -> None:
    """Call the endpoint with the event. What is switched off, forgotten or no more the partner's to hear by now is let be."""
    endpoint = _endpoint_of(message)
    event = PartnerEvent.objects.filter(pk=message.payload["event"]).first()
    if endpoint is None or event is None:
        return
    # Since it was queued, the partner can have lost the right to hear of anything.
    if Scope.EVENTS in withheld_from(endpoint.partner_id, at=timezone.now()):
        return
    if _rests(endpoint):
        raise Resting
    try:
        _call(endpoint, event.to_json())
    except TimeoutError:
        _let_rest(endpoint)
        raise


@handles(TEST, patient=True)
def deliver_test(message: Message) -> None:
    """Call the endpoint with an event that says nothing, and stands in no order."""
    endpoint = _endpoint_of(message)
    if endpoint is None:
        return
    at = instant(message.created_at)
    _call(
        endpoint,
        {"id": str(message.pk), "position": None, "type": "webhook.test", "at": at, "subject": None, "data": {}},
    )


def _endpoint_of(message: Message) -> WebhookEndpoint | None:
    return WebhookEndpoint.objects.filter(pk=message.payload["endpoint"], disabled_at=None).first()


def _call(endpoint: WebhookEndpoint, event: dict[str, Any]) -> None:
    body, now = json.dumps(event), timezone.now()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "privacy-app",
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signatures(endpoint, message_id=event["id"], body=body, at=now),
    }
    post(endpoint.url, body.encode(), headers)


# A server that swallows calls costs ten seconds each: the cache remembers it for a minute, and if it is away, it costs.


def _rests(endpoint: WebhookEndpoint) -> bool:
    with suppress(RedisError):
        return cache.get(f"webhook-rests:{endpoint.pk}") is not None
    return False


def _let_rest(endpoint: WebhookEndpoint) -> None:
    with suppress(RedisError):
        cache.set(f"webhook-rests:{endpoint.pk}", True, timeout=_RESTS_SECONDS)
