"""A request as those see it who work on it: what stands in it, its approvals, and why something is not open to somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from disclosure.desk.access import DECIDE
from disclosure.filing_facts import required_approvals
from disclosure.filing_queries import filing_of
from disclosure.filing_states import GRANTED, IN_REVIEW, TRANSITIONS, Event, State
from disclosure.gate import Ground
from disclosure.models import Approval, Filing
from users.colleagues import colleagues, those_who
from users.models import User


@dataclass
class Case:
    filing: Filing
    approvals: Sequence[Approval]
    colleagues: Mapping[UUID, str]
    _deciders: set[UUID]

    @property
    def state(self) -> State:
        return State(self.filing.state)

    @property
    def required(self) -> int:
        return required_approvals(Ground(self.filing.ground))

    @cached_property
    def current_approvals(self) -> list[Approval]:
        """Those of this very version."""
        return [approval for approval in self.approvals if approval.version == self.filing.version]

    @property
    def void_approvals(self) -> list[Approval]:
        """Those of older versions, which do not count any more."""
        return [approval for approval in self.approvals if approval.version != self.filing.version]

    @property
    def reviewers(self) -> dict[UUID, str]:
        """Who may look after it: those who decide and whom it does not concern."""
        return {pk: name for pk, name in self.colleagues.items() if pk in self._deciders and pk not in self._concerned}

    @property
    def _concerned(self) -> set[UUID | None]:
        return {self.filing.filed_by_id, self.filing.person_id, self.filing.recipient_id}

    def name_of(self, person_id: UUID | None, viewer: User) -> str:
        """A colleague's address; of anybody else what they are to this request, never who they are."""
        if person_id is None:
            return "–"
        if person_id == viewer.pk:
            return _("you")
        if person_id == self.filing.recipient_id:
            return _("whoever is to receive the data")
        return self.colleagues.get(person_id, str(person_id))

    # -- why something is not open to somebody ------------------------------------------------

    def why_not_after(self, *events: Event) -> str:
        """Why none of these follows as it stands."""
        if any((self.state, event) in TRANSITIONS for event in events):
            return ""
        return _("It stands at “%(state)s”, where this is not possible.") % {"state": self.filing.get_state_display()}

    def why_not_decided_by(self, member: User) -> str:
        """Why this member of staff does not review it."""
        filing = self.filing
        reasons = {
            filing.filed_by_id: _("You filed it: others review it."),
            filing.person_id: _("The data is about you: others review it."),
            filing.recipient_id: _("You would receive the data: others review it."),
        }
        return reasons.get(member.pk, "")

    def why_not_looked_at_by(self, member: User) -> str:
        """Why this member of staff does not look at its values."""
        if self.state not in IN_REVIEW | GRANTED:
            return _("There is nothing to decide as it stands.")
        return self.why_not_decided_by(member)

    def why_not_approved_by(self, member: User) -> str:
        if any(approval.reviewer_id == member.pk for approval in self.current_approvals):
            return _("You approved this version already. Somebody else has to be the second.")
        return ""

    def why_not_the_filers(self, member: User) -> str:
        return "" if member.pk == self.filing.filed_by_id else _("Only whoever filed it may do this.")


def is_kept_from(filing: Filing, viewer: User, *, at: datetime) -> bool:
    """Whether it is about the viewer, who is not to know of it yet: a legal reason delays their notice."""
    return filing.person_id == viewer.pk and filing.notice_due_at is not None and at < filing.notice_due_at


def case_of(filing_id: UUID, viewer: User, *, at: datetime) -> Case:
    """A request with all that its page needs to say who may do what. Raises Http404, also for one kept from the viewer."""
    try:
        filing = filing_of(filing_id)
    except Filing.DoesNotExist:
        raise Http404 from None
    if is_kept_from(filing, viewer, at=at):
        raise Http404
    approvals = list(Approval.objects.filter(filing=filing).order_by("at", "pk"))
    return Case(filing, approvals, colleagues(), those_who(DECIDE))
