"""What runs by the clock. Each of these catches up on what was missed; none is needed for a promise to hold."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "outbox-sweep": {"task": "privacy_app.outbox.tasks.drain", "schedule": 10.0},
    "outbox-prune": {"task": "privacy_app.outbox.tasks.prune", "schedule": 3600.0},
    "consents-expire": {"task": "consent.tasks.expire_consents", "schedule": 60.0},
    "items-expire": {"task": "users.tasks.delete_expired_items", "schedule": 3600.0},
    "idempotency-prune": {"task": "users.tasks.prune_idempotency_keys", "schedule": 3600.0},
    "sessions-prune": {"task": "users.tasks.prune_sessions", "schedule": 3600.0},
    "tokens-prune": {"task": "users.tasks.prune_access_tokens", "schedule": 3600.0},
}
