"""Reads of what people decide (DIS-c to DIS-g), for the desk and for the policy's margin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from disclosure.filing_states import IN_REVIEW, OPEN, State
from disclosure.gate import Ground
from disclosure.models import Filing, LegalInstrument, Opening
from privacy_app.ledger.models import Entry
from users.models import LedgerPseudonym, User, Violation
from users.slices import Mark, Slice, slice_of

WAITING = frozenset({State.SUBMITTED, State.APPROVED_ONCE})
"""What waits for a reviewer."""
_WITHOUT_DEADLINE = frozenset({State.DRAFT, State.WITHDRAWN})
_SOON = timedelta(days=2)
_PER_PAGE = 50
_MANY = 100
_HISTORY_SHOWN = 200


# -- the queue -------------------------------------------------------------------------------------


class Mine(StrEnum):
    ASSIGNED = "assigned"
    FILED = "filed"


class Age(StrEnum):
    OVERDUE = "overdue"
    SOON = "soon"
    WEEK = "week"
    MONTH = "month"


_OLDER_THAN = {Age.WEEK: timedelta(days=7), Age.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which requests are looked for. None and empty narrow nothing; without a state it is those in review."""

    ground: str = ""
    state: State | None = None
    authority: UUID | None = None
    age: Age | None = None
    assigned_to: UUID | None = None
    filed_by: UUID | None = None

    @property
    def states(self) -> frozenset[State]:
        return IN_REVIEW if self.state is None else frozenset({self.state})

    def condition(self, *, at: datetime) -> Q:
        found = Q(state__in=sorted(self.states))
        for name in ("ground", "authority", "assigned_to", "filed_by"):
            if value := getattr(self, name):
                found &= Q(**{name: value})
        return found & _of_age(self.age, at)


def _of_age(age: Age | None, at: datetime) -> Q:
    match age:
        case Age.OVERDUE:
            return overdue(at)
        case Age.SOON:
            return Q(due_at__lt=at + _SOON, paused_at=None)
        case Age.WEEK | Age.MONTH:
            return Q(submitted_at__lt=at - _OLDER_THAN[age])
    return Q()


def overdue(at: datetime) -> Q:
    """Waits for a decision beyond its deadline, and its clock runs."""
    return Q(state__in=sorted(IN_REVIEW), due_at__lt=at, paused_at=None)


def queue(
    narrowing: Narrowing, *, at: datetime, after: Mark | None = None, before: Mark | None = None
) -> Slice[Filing]:
    """The requests that are looked for, in one query: by deadline; what is over, and drafts, the latest first."""
    states = narrowing.states
    return slice_of(
        Filing.objects.filter(narrowing.condition(at=at)).select_related("authority").defer("justification"),
        # What was never submitted has no deadline.
        by="filed_at" if states & _WITHOUT_DEADLINE else "due_at",
        newest_first=not states <= IN_REVIEW,
        size=_PER_PAGE,
        after=after,
        before=before,
    )


@dataclass(frozen=True, slots=True)
class StateCount:
    state: State
    count: int
    overdue: int


def counts_by_state(*, at: datetime) -> list[StateCount]:
    """How many stand where, in the order of their way; what is over is not counted, for there is no end to it."""
    open_states = [state for state in State if state in OPEN | {State.APPROVED}]
    # Counted by what stands in the index: no row need be fetched.
    rows = (
        Filing.objects.filter(state__in=open_states)
        .order_by()
        .values_list("state")
        .annotate(count=Count("state"), late=Count("state", filter=overdue(at)))
    )
    found = {state: (count, late) for state, count, late in rows}
    return [StateCount(state, *found.get(state.value, (0, 0))) for state in open_states]


def waiting_count(member: User) -> int:
    """How many requests wait for a reviewer other than whoever filed them, up to a hundred."""
    waiting = Filing.objects.filter(state__in=sorted(WAITING)).exclude(filed_by=member)
    return waiting.order_by()[:_MANY].count()


# -- one request -----------------------------------------------------------------------------------


def filing_of(filing_id: UUID) -> Filing:
    """A request with its evidence, recipient and person. Raises Filing.DoesNotExist."""
    return Filing.objects.select_related(
        "person",
        "authority",
        "recipient",
        "instrument__authority",
        "violation",
        "complaint",
        "transaction",
        "provision",
    ).get(pk=filing_id)


def history_of(filing: Filing) -> list[Entry]:
    """What the ledger says of a request, the latest first; nothing once the person is erased, and nothing leads to it."""
    pseudonyms = list(filing.person.ledger_pseudonyms.values_list("pseudonym", flat=True))
    entries = Entry.objects.filter(pseudonym__in=pseudonyms, body__filing=str(filing.pk))
    return list(entries.order_by("-seq")[:_HISTORY_SHOWN])


def people_by_pseudonym(pseudonyms: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person behind each of these pseudonyms, where there still is one."""
    found = LedgerPseudonym.objects.filter(pseudonym__in=list(pseudonyms))
    return dict(found.values_list("pseudonym", "person_id"))


# -- what the policy's margin tells --------------------------------------------------------------------


def disclosures_count(ground: Ground) -> int:
    """On how many requests on this ground data was released so far."""
    released = Opening.objects.filter(by=Opening.By.RECIPIENT, filing__ground=ground.value)
    return released.order_by().values("filing").distinct().count()


@dataclass(frozen=True, slots=True)
class ToldReleases:
    """Of how many requests on a ground the person may know that they released data about them, and when last."""

    count: int = 0
    last_at: datetime | None = field(default=None)


def told_releases(person: User, *, at: datetime) -> Mapping[Ground, ToldReleases]:
    """By ground, the releases of which the person may know: those whose notice is not delayed any more."""
    due = Q(filing__notice_due_at__isnull=True) | Q(filing__notice_due_at__lte=at)
    rows = (
        Opening.objects.filter(due, person=person, by=Opening.By.RECIPIENT)
        .order_by()
        .values_list("filing__ground")
        .annotate(count=Count("filing", distinct=True), last=Max("at"))
    )
    return {Ground(ground): ToldReleases(count, last_at) for ground, count, last_at in rows}


# -- evidence ----------------------------------------------------------------------------------------


def filings_on(evidence: str, evidence_id: UUID) -> "QuerySet[Filing]":
    """The requests that rest on this evidence (by the name of its reference), the latest first."""
    return Filing.objects.filter(**{evidence: evidence_id}).select_related("authority").order_by("-filed_at", "-id")


def instruments_in_force(*, at: datetime) -> "QuerySet[LegalInstrument]":
    """What authorities issued and has not expired, the latest received first."""
    return LegalInstrument.objects.filter(expires_at__gt=at).select_related("authority").order_by("-received_at", "pk")


def confirmed_violations() -> "QuerySet[Violation]":
    """On what a request can rest, the latest first."""
    confirmed = Violation.objects.filter(state=Violation.State.CONFIRMED).defer("evidence")
    return confirmed.order_by("-decided_at", "pk")
