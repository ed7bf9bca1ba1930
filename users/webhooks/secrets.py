"""Secrets that sign webhooks: 32 random bytes, written as Standard Webhooks has it, kept sealed."""

import base64
import os
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from privacy_app.crypto import seal_rare_secret, unseal_rare_secret
from privacy_app.keyrings import data_keys
from users.models import WebhookEndpoint

CHANGE_OVER = timedelta(hours=24)
"""For so long a secret that was replaced signs beside the new one."""

_BYTES = 32


def new_secret() -> str:
    """A secret as a partner gets it."""
    return "whsec_" + base64.b64encode(os.urandom(_BYTES)).decode()


def sealed(secret: str, endpoint: WebhookEndpoint) -> str:
    return seal_rare_secret(secret.encode(), ring=data_keys(), owner=str(endpoint.pk))


def signatures(endpoint: WebhookEndpoint, *, message_id: str, body: str, at: datetime) -> str:
    """The header of this name: one signature, and while a partner changes over one under each secret. Raises Unreadable."""
    kept = [endpoint.secret]
    if endpoint.previous_until is not None and at < endpoint.previous_until:
        kept.append(endpoint.previous_secret)
    secrets = (unseal_rare_secret(secret, ring=data_keys(), owner=str(endpoint.pk)).decode() for secret in kept)
    return " ".join(Webhook(secret).sign(message_id, at, body) for secret in secrets)
