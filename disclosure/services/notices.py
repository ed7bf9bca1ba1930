"""Telling a person what was shown of their data on a ground that people decide: at the first opening, or when it is due.

A delay can change while a notice waits. Each change puts a notice of its own into the outbox; of all of them the first
that finds itself due tells the person, and the others find that it is done.
"""

from datetime import datetime
from uuid import UUID

from disclosure.models import Filing
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue
from users.services.actors import pseudonym_of

NOTICE = "filing.notice"


def enqueue_notice(filing: Filing, *, at: datetime) -> None:
    """Have the person told: now, or on the day that the law allows it."""
    enqueue(NOTICE, {"filing": str(filing.pk)}, at=at, due_at=max(at, filing.notice_due_at or at))


def filing_to_tell_of(filing_id: UUID | str, *, at: datetime) -> Filing | None:
    """The filing whose person is to be told now, kept as it is until the transaction ends; None where nobody is."""
    locks.exclude(evidence=[UUID(str(filing_id))])
    filings = Filing.objects.select_related("person", "authority", "recipient")
    filing = filings.filter(pk=filing_id, notified_at=None, person__erased_at=None).first()
    if filing is None or (filing.notice_due_at is not None and at < filing.notice_due_at):
        return None
    return filing


@locks.in_transaction
def record_told(filing: Filing, *, at: datetime) -> None:
    """Record that the person was told. In the transaction of `filing_to_tell_of`."""
    filing.notified_at = at
    filing.save(update_fields=["notified_at"])
    append(
        kind="filing.notified",
        pseudonym=pseudonym_of(filing.person),
        actor=SYSTEM,
        body={"filing": str(filing.pk), "ground": str(filing.ground)},
        at=at,
    )
