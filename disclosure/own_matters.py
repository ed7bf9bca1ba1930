"""What people ask of each other (DIS-e, DIS-f), as each side reads it: requests, and the matters in which one can ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from disclosure.filing_states import GRANTED, OPEN, State
from disclosure.filing_words import (
    asked_for_words,
    clause_of,
    field_words,
    is_over,
    matter_of,
    matter_words,
    recipient_words,
    shape_of,
    standing_for_asker,
    standing_for_subject,
)
from disclosure.gate import Ground
from disclosure.models import Complaint, Filing, Performance, Remark, Transaction
from disclosure.person_queries import (
    complaints_about,
    live_requests_on,
    remarks_of,
    request_of,
    requests_against,
    requests_of,
    transactions_of,
)
from disclosure.services.filings import unsealed
from users.models import User
from users.queries import element_titles

PER_PAGE = 20
LISTS = ("against", "own", "complaints", "transactions")
"""The lists of the page, by the names under which their pages are turned."""

_TO_ASKER = (Remark.Kind.QUESTION, Remark.Kind.ANSWER, Remark.Kind.REFUSAL)

M = TypeVar("M", bound=Model)


# -- requests -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """One request between people, to one of its two sides. `is_own`: whoever reads it made it."""

    filing: Filing
    is_own: bool
    fields: str

    @property
    def who(self) -> str:
        """As a heading: who asked, or of whom."""
        if not self.is_own:
            return recipient_words(self.filing)
        return _("Your counterparty") if self.filing.ground == Ground.TRANSACTION else _("The complainant")

    @property
    def matter(self) -> str:
        return matter_words(matter_of(self.filing))

    @property
    def is_about_transaction(self) -> bool:
        return self.filing.ground == Ground.TRANSACTION.value

    @property
    def asked_for(self) -> str:
        return asked_for_words(self.filing)

    @property
    def standing(self) -> str:
        return standing_for_asker(self.filing) if self.is_own else standing_for_subject(self.filing)

    @property
    def shape(self) -> str:
        return shape_of(self.filing)

    @property
    def clause(self) -> str:
        return clause_of(self.filing)

    @property
    def is_over(self) -> bool:
        return is_over(self.filing)

    @property
    def is_undecided(self) -> bool:
        return State(self.filing.state) in OPEN and not self.is_over

    @property
    def can_be_opened(self) -> bool:
        return self.is_own and State(self.filing.state) in GRANTED and not self.is_over

    @property
    def can_be_taken_back(self) -> bool:
        return self.is_own and State(self.filing.state) in OPEN | {State.APPROVED}

    @property
    def waits_for_answer(self) -> bool:
        return self.is_own and self.filing.state == State.INFORMATION_WANTED

    @property
    def can_be_objected_to(self) -> bool:
        return not self.is_own and not self.is_over


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said on a request. `text` is None where it does not open."""

    remark: Remark
    text: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request with what its reader and the reviewers said to each other: of nobody else's words."""

    request: Request
    why: str | None
    said: list[Said]


def conversation_of(person: User, filing_id: UUID, *, at: datetime) -> Conversation:
    """A request that the person made or that is about them. Raises Filing.DoesNotExist."""
    filing = request_of(person, filing_id, at=at)
    is_own = filing.recipient_id == person.pk
    kinds = _TO_ASKER if is_own else (Remark.Kind.OBJECTION,)
    remarks = remarks_of(filing, kinds)
    sealed = [filing.justification if is_own else None, *(remark.text for remark in remarks)]
    why, *texts = unsealed(filing, sealed)
    return Conversation(
        request=Request(filing, is_own, field_words(filing.fields, element_titles())),
        why=why,
        said=[Said(remark, text) for remark, text in zip(remarks, texts, strict=True)],
    )


# -- matters --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matter:
    """A complaint about the person, or a transaction of theirs, and the request they made on it, if one is not over."""

    row: Complaint | Transaction
    live: Filing | None

    @property
    def words(self) -> str:
        return matter_words(self.row)

    @property
    def is_open(self) -> bool:
        return self.row.closed_at is None


@dataclass(frozen=True, slots=True)
class OwnTransaction(Matter):
    """A transaction as one of its parties sees it."""

    row: Transaction
    person: UUID

    @property
    def own_performance(self) -> Performance:
        return Performance(self.row.first_performance if self._is_first else self.row.second_performance)

    @property
    def other_performance(self) -> Performance:
        return Performance(self.row.second_performance if self._is_first else self.row.first_performance)

    @property
    def _is_first(self) -> bool:
        return self.row.first_id == self.person

    @property
    def obstacle(self) -> str:
        """Why the person cannot ask how to reach the other; empty where they can."""
        if not self.is_open:
            return _("It is closed.")
        if self.own_performance == Performance.NONE:
            return _("You can ask once you have done something of your part.")
        if self.row.warned_at is None:
            return _("You can ask once both of you were warned that the other may get to see how to reach you.")
        return ""


# -- the page -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnMatters:
    """The page: requests about the person's data, their own requests, and where they can ask. Each list has pages."""

    against: Page[Filing]
    own: Page[Filing]
    complaints: Page[Complaint]
    transactions: Page[Transaction]
    against_rows: list[Request]
    own_rows: list[Request]
    complaint_rows: list[Matter]
    transaction_rows: list[OwnTransaction]


def own_matters_of(person: User, *, turned: str, number: str | None, at: datetime) -> OwnMatters:
    """Page `number` of the list that is turned, and the first page of the others, in a constant number of queries."""

    def page(name: str, rows: "QuerySet[M]") -> Page[M]:
        return Paginator(rows, PER_PAGE).get_page(number if turned == name else 1)

    titles = element_titles()
    against, own = page("against", requests_against(person, at=at)), page("own", requests_of(person))
    complaints, transactions = (
        page("complaints", complaints_about(person)),
        page("transactions", transactions_of(person)),
    )
    live = live_requests_on(person, [*_ids(complaints), *_ids(transactions)])
    return OwnMatters(
        against=against,
        own=own,
        complaints=complaints,
        transactions=transactions,
        against_rows=_requests(against, titles, is_own=False),
        own_rows=_requests(own, titles, is_own=True),
        complaint_rows=[Matter(row, live.get(row.pk)) for row in complaints],
        transaction_rows=[OwnTransaction(row, live.get(row.pk), person.pk) for row in transactions],
    )


def _ids(page: Iterable[Model]) -> list[UUID]:
    return [row.pk for row in page]


def _requests(filings: Iterable[Filing], titles: Mapping[str, str], *, is_own: bool) -> list[Request]:
    return [Request(filing, is_own, field_words(filing.fields, titles)) for filing in filings]
