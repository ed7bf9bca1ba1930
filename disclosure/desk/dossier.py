"""A request on its page: what is asked, of whom, for whom, on what evidence, and all that happened to it, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disclosure.desk.case import Case
from disclosure.desk.entries import Told, told
from disclosure.desk.evidence import Evidence, evidence_of
from disclosure.desk.rules import Ruled, Verdict, ruled
from disclosure.filing_queries import history_of
from disclosure.filing_states import GRANTED, IN_REVIEW, State
from disclosure.gate import Ground, Outcome
from disclosure.models import AccessLink, Approval, Authority, Filing, Remark
from disclosure.services.filings import unsealed
from disclosure.services.openings import explain
from users.countries import country_name
from users.models import User
from users.queries import element_titles
from users.services.chosen import ChosenValue
from users.wording import listed

# Every state has a shape, so that it is told by more than its word.
SHAPES: Mapping[State, str] = {
    State.DRAFT: "off",
    State.SUBMITTED: "waiting",
    State.INFORMATION_WANTED: "waiting",
    State.APPROVED_ONCE: "waiting",
    State.APPROVED: "on",
    State.REFUSED: "refused",
    State.RELEASED: "on",
    State.EXPIRED: "ended",
    State.WITHDRAWN: "ended",
    State.REVOKED: "ended",
}


@dataclass(frozen=True, slots=True)
class Approved:
    """One approval, with its reason where it opens."""

    approval: Approval
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """One remark, with its words where they open."""

    remark: Remark
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class Element:
    """One field that is asked for, what the gate says of it at present, and its value where somebody looks at it."""

    title: str
    outcome: Outcome
    value: str


class Dossier:
    """Everything on a request, in a constant number of queries; for one viewer at one moment.

    `values` and `evidence_text` are there in the one answer to whoever asked to look at them.
    """

    def __init__(
        self,
        case: Case,
        viewer: User,
        *,
        at: datetime,
        values: Mapping[str, ChosenValue | None] | None = None,
        evidence_text: str = "",
    ) -> None:
        self.case, self.filing, self.viewer, self.at = case, case.filing, viewer, at
        self.values, self.evidence_text = values, evidence_text
        self._titles = element_titles()
        self._decision = explain(case.filing, at=at)
        self._remarks = list(Remark.objects.filter(filing=case.filing))
        # Opening the person's key once is enough for all that is sealed under it.
        sealed = [case.filing.justification, *(approval.reason for approval in case.approvals)]
        self._opened = unsealed(case.filing, [*sealed, *(remark.text for remark in self._remarks)])

    # -- in short -------------------------------------------------------------------------------

    @property
    def clause(self) -> str:
        return Ground(self.filing.ground).clause

    @property
    def shape(self) -> str:
        return SHAPES[self.case.state]

    @property
    def fields(self) -> str:
        return listed(self._titles.get(key, key) for key in self.filing.fields)

    @property
    def recipient(self) -> str:
        authority = self.filing.authority
        return recipient_words(authority, self.filing)

    @property
    def justification(self) -> str:
        return self._opened[0] or ""

    @property
    def justification_is_lost(self) -> bool:
        return self.filing.justification is not None and self._opened[0] is None

    @property
    def filed_by(self) -> str:
        return self.case.name_of(self.filing.filed_by_id, self.viewer)

    @property
    def assigned_to(self) -> str:
        return self.case.name_of(self.filing.assigned_to_id, self.viewer)

    @property
    def is_overdue(self) -> bool:
        return is_overdue(self.filing, at=self.at)

    @property
    def is_granted(self) -> bool:
        return self.case.state in GRANTED

    # -- what the gate says -----------------------------------------------------------------------

    @cached_property
    def rules(self) -> list[Ruled]:
        return ruled(self._decision, self._titles)

    @property
    def denied(self) -> int:
        return sum(line.verdict is Verdict.DENIES for line in self.rules)

    @property
    def outcome(self) -> str:
        """What would come of it at this moment, as one sentence."""
        match Outcome(self._decision["outcome"]):
            case Outcome.PERMIT:
                return _("It would release what stands below, now.")
            case Outcome.REVIEW:
                missing = self.case.required - len(self.case.current_approvals)
                return ngettext(
                    "Nothing but a review stands in the way: %(count)d approval is missing.",
                    "Nothing but a review stands in the way: %(count)d approvals are missing.",
                    missing,
                ) % {"count": missing}
        return _("It would release nothing, whoever approves it: see the rules that do not hold.")

    @property
    def elements(self) -> list[Element]:
        outcomes, values = self._decision["fields"], self.values or {}
        return [
            Element(self._titles.get(key, key), Outcome(outcomes[key]), held.value if (held := values.get(key)) else "")
            for key in self.filing.fields
        ]

    # -- what it rests on, and what happened --------------------------------------------------------

    @cached_property
    def evidence(self) -> Evidence:
        return evidence_of(self.filing, self._titles, self.case, self.viewer)

    def _approved(self, approvals: Sequence[Approval]) -> list[Approved]:
        reasons = dict(zip((each.pk for each in self.case.approvals), self._opened[1:], strict=False))
        return [
            Approved(each, self.case.name_of(each.reviewer_id, self.viewer), reasons.get(each.pk) or "")
            for each in approvals
        ]

    @property
    def approvals(self) -> list[Approved]:
        return self._approved(self.case.current_approvals)

    @property
    def void_approvals(self) -> list[Approved]:
        return self._approved(self.case.void_approvals)

    @property
    def remarks(self) -> list[Said]:
        words = self._opened[1 + len(self.case.approvals) :]
        return [
            Said(remark, self.case.name_of(remark.author_id, self.viewer), text or "")
            for remark, text in zip(self._remarks, words, strict=True)
        ]

    @cached_property
    def links(self) -> list[AccessLink]:
        return list(AccessLink.objects.filter(filing=self.filing).order_by("-created_at"))

    @cached_property
    def history(self) -> list[Told]:
        return told(history_of(self.filing), self._name_of_actor)

    def _name_of_actor(self, person_id: UUID) -> str:
        if person_id == self.filing.person_id:
            return _("the person")
        return self.case.name_of(person_id, self.viewer)


def is_overdue(filing: Filing, *, at: datetime) -> bool:
    return (
        State(filing.state) in IN_REVIEW
        and filing.due_at is not None
        and filing.due_at < at
        and filing.paused_at is None
    )


def recipient_words(authority: Authority | None, filing: Filing) -> str:
    """For whom it is: an authority by its name; of a person what they are to this request."""
    if authority is not None:
        return f"{authority.name} ({country_name(authority.country)})"
    if Ground(filing.ground) is Ground.IP_COMPLAINT:
        return _("the respondent of the complaint")
    return _("the other party to the transaction")
