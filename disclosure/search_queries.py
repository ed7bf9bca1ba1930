"""A search over what was decided, and over the ledger: by person, recipient, ground, outcome, kind and time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from disclosure.filing_states import GRANTED, OPEN, OVER
from disclosure.models import DisclosureRequest, Filing, Release, Revocation, Status
from privacy_app.ledger.models import Entry
from users.models import LedgerPseudonym
from users.slices import Mark, Slice, slice_of

M = TypeVar("M", DisclosureRequest, Filing)
PER_PAGE = 50


class Result(StrEnum):
    """What came of a request, whoever decided it."""

    PERMITTED = "permitted"
    WAITING = "waiting"
    REFUSED = "refused"


_STATUSES = {
    Result.PERMITTED: (Status.RELEASED,),
    Result.WAITING: (Status.IN_REVIEW,),
    Result.REFUSED: (Status.REFUSED, Status.REVOKED),
}
_STATES = {Result.PERMITTED: GRANTED, Result.WAITING: OPEN, Result.REFUSED: OVER}


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; None and empty narrow nothing. `until` is the first moment that is too late."""

    person: UUID | None = None
    recipient: UUID | None = None
    ground: str = ""
    result: Result | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def _when(self, name: str) -> Q:
        when = Q(**{f"{name}__gte": self.since}) if self.since else Q()
        return when & Q(**{f"{name}__lt": self.until}) if self.until else when

    def _common(self, when: str) -> Q:
        found = self._when(when)
        if self.person:
            found &= Q(person=self.person)
        return found & Q(ground=self.ground) if self.ground else found

    @property
    def is_of_a_time(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def of_requests(self) -> Q:
        found = self._common("requested_at")
        if self.recipient:
            found &= Q(partner=self.recipient)
        return found & Q(status__in=_STATUSES[self.result]) if self.result else found

    @property
    def of_filings(self) -> Q:
        found = self._common("filed_at")
        if self.recipient:
            found &= Q(authority=self.recipient)
        return found & Q(state__in=sorted(_STATES[self.result])) if self.result else found

    @property
    def of_entries(self) -> Q:
        found = self._when("at")
        return found & Q(kind=self.kind) if self.kind else found


@dataclass(frozen=True, slots=True)
class Decided:
    """One request with what came of it: a partner's, or one that people decide."""

    at: datetime
    row: DisclosureRequest | Filing

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.row.pk)


def decisions(sought: Sought, *, after: Mark | None = None) -> Slice[Decided]:
    """What was decided, the latest first, in two queries. Slices lead on only: nobody reads a search backwards."""
    requests = _slice(
        DisclosureRequest.objects.filter(sought.of_requests).select_related("partner", "purpose"), "requested_at", after
    )
    filings = _slice(
        Filing.objects.filter(sought.of_filings).select_related("authority").defer("justification"), "filed_at", after
    )
    found = [*(Decided(row.requested_at, row) for row in requests), *(Decided(row.filed_at, row) for row in filings)]
    found.sort(key=lambda decided: (decided.at, decided.row.pk), reverse=True)
    rows = found[:PER_PAGE]
    return Slice(rows, after=str(rows[-1].mark) if len(found) > PER_PAGE else "")


def _slice(queryset: "QuerySet[M]", by: str, after: Mark | None) -> Sequence[M]:
    """One row more than a page holds: it tells that there is more."""
    return slice_of(queryset, by=by, newest_first=True, size=PER_PAGE + 1, after=after).rows


def entries(sought: Sought, *, below: int | None = None) -> tuple[list[Entry], int | None]:
    """Entries of the ledger, the latest first, beyond this one; and the number of the one beyond which there is more.

    They come by their numbers; where a time is sought by their times, which an index leads to however long ago that is.
    """
    found = Entry.objects.filter(sought.of_entries)
    if sought.person:
        pseudonyms = LedgerPseudonym.objects.filter(person=sought.person)
        found = found.filter(pseudonym__in=list(pseudonyms.values_list("pseudonym", flat=True)))
    if below is not None:
        found = found.filter(_beyond(below, by_time=sought.is_of_a_time))
    rows = list(found.order_by(*(("-at", "-seq") if sought.is_of_a_time else ("-seq",)))[: PER_PAGE + 1])
    return rows[:PER_PAGE], rows[PER_PAGE - 1].seq if len(rows) > PER_PAGE else None


def _beyond(number: int, *, by_time: bool) -> Q:
    """What comes after the entry of this number."""
    at = Entry.objects.filter(pk=number).values_list("at", flat=True).first() if by_time else None
    if at is None:
        return Q(seq__lt=number)
    # The first condition is there for the index.
    return Q(at__lte=at) & (Q(at__lt=at) | Q(seq__lt=number))


def requests_by_entry(numbers: Iterable[int]) -> dict[int, UUID]:
    """The partners' requests that these entries decided, read or revoked, by the number of the entry; in three queries."""
    numbers = list(numbers)
    decided = DisclosureRequest.objects.filter(entry__in=numbers).values_list("entry_id", "pk")
    read = Release.objects.filter(entry__in=numbers).values_list("entry_id", "request_id")
    revoked = Revocation.objects.filter(entry__in=numbers).values_list("entry_id", "request_id")
    return {**dict(decided), **dict(read), **dict(revoked)}
