"""Transactions between two people (DIS-f): what each has performed, and that both were warned (SEC-b)."""

from datetime import datetime

from disclosure.models.transactions import Performance, Transaction
from disclosure.services.errors import AlreadyEnded, NotAParty, PerformedLess, ReferenceTaken, SameParty
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue
from users.models import User
from users.services.errors import PersonErased

WARNING = "transaction.warning"
_ORDER = [Performance.NONE, Performance.PARTIAL, Performance.FULL]


@locks.in_transaction
def open_transaction(*, reference: str, first: User, second: User, by: Actor, at: datetime) -> Transaction:
    """Record a transaction of two people. Raises SameParty, ReferenceTaken and PersonErased."""
    if first.pk == second.pk:
        raise SameParty
    locks.exclude(people=[first.pk, second.pk])
    if User.objects.filter(pk__in=[first.pk, second.pk], erased_at__isnull=False).exists():
        raise PersonErased
    transaction, is_new = Transaction.objects.get_or_create(
        reference=reference, defaults={"first": first, "second": second, "opened_at": at}
    )
    if not is_new:
        raise ReferenceTaken
    _record(transaction, kind="transaction.opened", by=by, at=at)
    return transaction


@locks.in_transaction
def perform(transaction: Transaction, party: User, performance: Performance, *, by: Actor, at: datetime) -> None:
    """Record what a party has done of its part. Raises NotAParty, AlreadyEnded, and PerformedLess: it never goes back."""
    locks.exclude(evidence=[transaction.pk])
    transaction.refresh_from_db()
    if transaction.closed_at is not None:
        raise AlreadyEnded
    if party.pk not in (transaction.first_id, transaction.second_id):
        raise NotAParty
    name = "first_performance" if party.pk == transaction.first_id else "second_performance"
    before = Performance(getattr(transaction, name))
    if _ORDER.index(performance) < _ORDER.index(before):
        raise PerformedLess
    if performance == before:
        return
    setattr(transaction, name, performance)
    transaction.save(update_fields=[name])
    _record(transaction, kind="transaction.performed", by=by, at=at)


@locks.in_transaction
def warn_parties(transaction: Transaction, *, by: Actor, at: datetime) -> None:
    """Record that both parties are warned that the other may get to see how to reach them (SEC-b).

    Whoever reports it has told them; we tell them by mail as well. Warning twice is warning once. Raises AlreadyEnded.
    """
    locks.exclude(evidence=[transaction.pk])
    transaction.refresh_from_db()
    if transaction.closed_at is not None:
        raise AlreadyEnded
    if transaction.warned_at is None:
        transaction.warned_at = at
        transaction.save(update_fields=["warned_at"])
        _record(transaction, kind="transaction.warned", by=by, at=at)
        for party in ("first", "second"):
            enqueue(WARNING, {"transaction": str(transaction.pk), "party": party}, at=at)


@locks.in_transaction
def close_transaction(transaction: Transaction, *, by: Actor, at: datetime) -> None:
    """The transaction is over: from the return of this call on it is no ground any more. Raises AlreadyEnded."""
    locks.exclude(evidence=[transaction.pk])
    transaction.refresh_from_db()
    if transaction.closed_at is not None:
        raise AlreadyEnded
    transaction.closed_at = at
    transaction.save(update_fields=["closed_at"])
    _record(transaction, kind="transaction.closed", by=by, at=at)


def _record(transaction: Transaction, *, kind: str, by: Actor, at: datetime) -> None:
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={
            "transaction": str(transaction.pk),
            "performances": [str(transaction.first_performance), str(transaction.second_performance)],
        },
        at=at,
    )
