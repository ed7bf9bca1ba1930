"""Reads of what people decide (DIS-c to DIS-g), for the person concerned: what was shown, asked, and may be asked.

While a notice is delayed with a legal reason, nothing of that request is among what its person reads.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet

from disclosure.filing_states import IN_REVIEW, OVER, State
from disclosure.gate import Ground
from disclosure.models import Complaint, Filing, Opening, Remark, Transaction
from users.models import User

BETWEEN_PEOPLE = (Ground.IP_COMPLAINT, Ground.TRANSACTION)
"""The grounds on which one person asks for another's data: they hear of it before it is decided."""

_RESTS_ON = ("authority", "instrument", "violation", "complaint", "transaction", "provision")
_GROUNDS = [ground.value for ground in BETWEEN_PEOPLE]
_MATTER_IS_OPEN = Q(complaint__closed_at=None, transaction__closed_at=None)
_OPEN_FIRST = F("closed_at").desc(nulls_first=True)


def _told(at: datetime, path: str = "") -> Q:
    """The person may know of it: no delay, or one that is over."""
    return Q(**{f"{path}notice_due_at__isnull": True}) | Q(**{f"{path}notice_due_at__lte": at})


def openings_of(person: User, *, at: datetime) -> "QuerySet[Opening]":
    """Each time data of the person was shown under a request, to its recipient or to a reviewer, newest first."""
    return (
        Opening.objects.filter(_told(at, "filing__"), person=person)
        .select_related("entry", *(f"filing__{name}" for name in _RESTS_ON))
        .defer("filing__justification")
        .order_by("-at", "-id")
    )


def last_shown_to_others(person: User, *, at: datetime) -> datetime | None:
    """When data of the person was last shown to a recipient; None where it never was, as far as they may know."""
    shown = Opening.objects.filter(_told(at, "filing__"), person=person, by=Opening.By.RECIPIENT)
    found: datetime | None = shown.aggregate(last=Max("at"))["last"]
    return found


def requests_against(person: User, *, at: datetime) -> "QuerySet[Filing]":
    """What respondents and counterparties asked for of the person's, newest first."""
    return _filings().filter(_told(at), person=person, ground__in=_GROUNDS).exclude(state=State.DRAFT)


def undecided_against(person: User, *, at: datetime) -> "QuerySet[Filing]":
    """Those of `requests_against` that reviewers have still to decide about."""
    return requests_against(person, at=at).filter(_MATTER_IS_OPEN, state__in=sorted(IN_REVIEW))


def requests_of(person: User) -> "QuerySet[Filing]":
    """What the person asked for, newest first."""
    return _filings().filter(recipient=person, ground__in=_GROUNDS)


def request_of(person: User, filing_id: UUID, *, at: datetime) -> Filing:
    """A request that the person made, or that is about them and of which they may know. Raises Filing.DoesNotExist."""
    against = _told(at) & Q(person=person) & ~Q(state=State.DRAFT)
    return _filings().filter(against | Q(recipient=person), ground__in=_GROUNDS).get(pk=filing_id)


def request_about(filing_id: UUID | str, *, at: datetime) -> Filing | None:
    """A request for data of somebody, with that person, if they may know of it."""
    told = _filings().select_related("person", *_RESTS_ON).filter(_told(at), ground__in=_GROUNDS)
    return told.filter(pk=filing_id, person__erased_at=None).first()


def grants_about(person: User, *, at: datetime) -> "QuerySet[Filing]":
    """Requests under which data of the person may be seen now, as far as they may know.

    Authorities are among them from their first look on: until then there is nothing to tell.
    """
    known = Q(state=State.RELEASED) | Q(state=State.APPROVED, ground__in=_GROUNDS)
    unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
    return _filings().filter(_told(at), known, unexpired, _MATTER_IS_OPEN, person=person)


def _filings() -> "QuerySet[Filing]":
    return Filing.objects.select_related(*_RESTS_ON).order_by("-filed_at", "-id")


def remarks_of(filing: Filing, kinds: Iterable[Remark.Kind]) -> list[Remark]:
    """What was said on a request, of these kinds, in order."""
    return list(Remark.objects.filter(filing=filing, kind__in=list(kinds)))


def complaints_about(person: User) -> "QuerySet[Complaint]":
    """Complaints of which the person is the respondent: open ones first, then the latest."""
    return Complaint.objects.filter(respondent=person).order_by(_OPEN_FIRST, "-opened_at", "-id")


def transactions_of(person: User) -> "QuerySet[Transaction]":
    """Transactions to which the person is a party: open ones first, then the latest."""
    return Transaction.objects.filter(Q(first=person) | Q(second=person)).order_by(_OPEN_FIRST, "-opened_at", "-id")


def complaint_about(person: User, complaint_id: UUID) -> Complaint:
    """One of these complaints. Raises Complaint.DoesNotExist, also for somebody else's."""
    return complaints_about(person).get(pk=complaint_id)


def transaction_of(person: User, transaction_id: UUID) -> Transaction:
    """One of these transactions. Raises Transaction.DoesNotExist, also for somebody else's."""
    return transactions_of(person).get(pk=transaction_id)


def live_requests_on(person: User, matters: Iterable[UUID]) -> dict[UUID, Filing]:
    """By complaint or transaction, the person's request on it that is not over."""
    ids = list(matters)
    live = Filing.objects.filter(Q(complaint__in=ids) | Q(transaction__in=ids), recipient=person)
    found = live.exclude(state__in=sorted(OVER)).only("complaint", "transaction", "state")
    return {matter: filing for filing in found for matter in (filing.complaint_id, filing.transaction_id) if matter}


def waits_for_answer(person: User) -> "QuerySet[Filing]":
    """Requests of the person on which the reviewers want to know more."""
    return requests_of(person).filter(state=State.INFORMATION_WANTED)


def unopened_grants(person: User) -> "QuerySet[Filing]":
    """Requests of the person that were approved, and that they have not opened."""
    return requests_of(person).filter(_MATTER_IS_OPEN, state=State.APPROVED)
