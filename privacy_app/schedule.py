"""What runs by the clock. Each of these catches up on what was missed; none is needed for a promise to hold."""

from typing import Any


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A task that is sent so often; one that no worker took before the next is sent is dropped."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE: dict[str, dict[str, Any]] = {
    "outbox-sweep": _every(10.0, "privacy_app.outbox.tasks.drain"),
    "outbox-prune": _every(3600.0, "privacy_app.outbox.tasks.prune"),
    "events-sweep": _every(10.0, "users.tasks.give_positions"),
    "events-prune": _every(3600.0, "users.tasks.prune_events"),
    "engagements-announce": _every(60.0, "disclosure.tasks.announce_ends"),
    "consents-expire": _every(60.0, "consent.tasks.expire_consents"),
    "engagements-end": _every(60.0, "disclosure.tasks.enter_ends"),
    "certificates-overdue": _every(3600.0, "disclosure.tasks.enter_overdue_certificates"),
    "filings-expire": _every(60.0, "disclosure.tasks.expire_filings"),
    "items-expire": _every(3600.0, "users.tasks.delete_expired_items"),
    "idempotency-prune": _every(3600.0, "users.tasks.prune_idempotency_keys"),
    "access-drain": _every(5.0, "users.tasks.drain_access_records"),
    "access-days": _every(3600.0, "users.tasks.turn_access_days"),
    "sessions-prune": _every(3600.0, "users.tasks.prune_sessions"),
    "tokens-prune": _every(3600.0, "users.tasks.prune_access_tokens"),
}
