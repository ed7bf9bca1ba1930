"""What respondents and parties ask for themselves (DIS-e, DIS-f): how to reach the other, in this one matter."""

from collections.abc import Iterable
from datetime import datetime

from disclosure.filing_states import OVER
from disclosure.models import Complaint, Filing, Performance, Transaction
from disclosure.models.filings import EVIDENCE
from disclosure.services.errors import (
    AlreadyAsked,
    AlreadyEnded,
    NotAParty,
    NothingPerformed,
    NotOffered,
    NotWarned,
)
from disclosure.services.filings import Wanted, draft, submit
from privacy_app import locks
from privacy_app.outbox.services import enqueue
from users.models import Category, DataElement, User

ASKED = "filing.asked"


def offered_in(matter: Complaint | Transaction) -> list[DataElement]:
    """What can be asked for: what an answer to the complaint needs; what serves to reach the counterparty."""
    if isinstance(matter, Complaint):
        return list(DataElement.objects.filter(key__in=matter.fields))
    return list(DataElement.objects.filter(category=Category.CONTACT, excluded_by=""))


@locks.in_transaction
def ask_of_complainant(complaint: Complaint, *, fields: Iterable[str], why: str, by: User, at: datetime) -> Filing:
    """The respondent asks for the complainant's data.

    Raises NotAParty for anybody else, AlreadyEnded, AlreadyAsked, NotOffered, PersonErased, and what `draft` raises.
    """
    complaint = _complaint_held(complaint)
    if by.pk != complaint.respondent_id:
        raise NotAParty
    if complaint.closed_at is not None:
        raise AlreadyEnded
    wanted = Wanted(complaint.complainant, tuple(fields), complaint, recipient=by, justification=why)
    return _ask(wanted, complaint, by=by, at=at)


@locks.in_transaction
def ask_of_counterparty(
    transaction: Transaction, *, fields: Iterable[str], asked_for: str, why: str, by: User, at: datetime
) -> Filing:
    """A party asks how to reach the other, to complete the transaction or to settle a dispute about it.

    Raises as `ask_of_complainant`, NothingPerformed, and NotWarned before both parties were warned.
    """
    transaction = _transaction_held(transaction)
    if by.pk not in (transaction.first_id, transaction.second_id):
        raise NotAParty
    if transaction.closed_at is not None:
        raise AlreadyEnded
    is_first = by.pk == transaction.first_id
    performance = transaction.first_performance if is_first else transaction.second_performance
    if performance == Performance.NONE:
        raise NothingPerformed
    if transaction.warned_at is None:
        raise NotWarned
    other = transaction.second if is_first else transaction.first
    wanted = Wanted(other, tuple(fields), transaction, recipient=by, justification=why, asked_for=asked_for)
    return _ask(wanted, transaction, by=by, at=at)


def _ask(wanted: Wanted, matter: Complaint | Transaction, *, by: User, at: datetime) -> Filing:
    if set(wanted.fields) - {element.key for element in offered_in(matter)}:
        raise NotOffered
    about = {EVIDENCE[wanted.ground]: matter}
    if Filing.objects.filter(recipient=by, **about).exclude(state__in=sorted(OVER)).exists():
        raise AlreadyAsked
    filing = submit(draft(wanted, by=by, at=at), shown=1, by=by, at=at)
    enqueue(ASKED, {"filing": str(filing.pk)}, at=at)
    return filing


# The other's row is locked along with the matter: an erasure waits, or has been.


def _complaint_held(complaint: Complaint) -> Complaint:
    locks.exclude(evidence=[complaint.pk], people=[complaint.complainant_id, complaint.respondent_id])
    return Complaint.objects.select_related("complainant").get(pk=complaint.pk)


def _transaction_held(transaction: Transaction) -> Transaction:
    locks.exclude(evidence=[transaction.pk], people=[transaction.first_id, transaction.second_id])
    return Transaction.objects.select_related("first", "second").get(pk=transaction.pk)
