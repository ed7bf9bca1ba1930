"""The gate for what people decide (DIS-c to DIS-g): whether a filing may release these fields, now, and why not.

Pure, like the gate for partners: `decide_filing` looks at nothing but the facts it is handed and the time, evaluates
every rule, and denies whatever is unknown or missing. What only lacks approvals is not denied: it waits for a review.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum

from disclosure.gate import Audience, Ground, Meaning, Outcome, gettext_noop

FILING_GATE_VERSION = 2

REVIEWED = (
    Ground.LEGAL_INSTRUMENT,
    Ground.VIOLATION,
    Ground.IP_COMPLAINT,
    Ground.TRANSACTION,
    Ground.OTHER_PROVISION,
)
# Excluded data is refused outside these three (EXC-a to EXC-c).
_REACHES_EXCLUDED = frozenset({Ground.LEGAL_INSTRUMENT, Ground.VIOLATION, Ground.TRANSACTION})


def _staff(code: str, clause: str, message: str) -> Meaning:
    return Meaning(code, clause, message, Audience.STAFF)


class FilingReason(Enum):
    """Why a filing releases nothing, or not this field: its code, the clause it keeps, and what it says."""

    NOTHING_ASKED = _staff("nothing_asked", "PRE-1", gettext_noop("No field was asked for."))
    UNKNOWN_PERSON = _staff("unknown_person", "PRE-1", gettext_noop("The person is not known."))
    PERSON_ERASED = _staff("person_erased", "PRE-1", gettext_noop("The person was erased."))
    PERSON_FROZEN = _staff("person_frozen", "SEC-b", gettext_noop("Disclosures of this person are frozen."))
    NO_POLICY = _staff("no_policy", "PRE-3", gettext_noop("No policy version is in force."))
    UNKNOWN_FIELD = _staff("unknown_field", "PRE-1", gettext_noop("The field is not known."))
    EXCLUDED_FIELD = _staff(
        "excluded_field",
        "PRE-2",
        gettext_noop("The field lies outside the policy and is not disclosed on this ground."),
    )
    RECIPIENT_GONE = _staff("recipient_gone", "PRE-1", gettext_noop("The recipient is not there any more."))
    RECIPIENT_IS_SUBJECT = _staff(
        "recipient_is_subject", "PRE-1", gettext_noop("The recipient is the person whom the data is about.")
    )
    WRONG_RECIPIENT = _staff("wrong_recipient", "PRE-1", gettext_noop("This ground has no recipient of this kind."))
    EVIDENCE_MISSING = _staff("evidence_missing", "PRE-1", gettext_noop("The evidence of this ground is missing."))

    RECIPIENT_NOT_VERIFIED = _staff(
        "recipient_not_verified", "PRE-1", gettext_noop("Nobody has verified that the recipient is who it says it is.")
    )
    INSTRUMENT_NOT_ISSUED = _staff("instrument_not_issued", "DIS-c", gettext_noop("The instrument is not yet issued."))
    INSTRUMENT_EXPIRED = _staff("instrument_expired", "DIS-c", gettext_noop("The instrument has expired."))
    LEGAL_BASIS_MISSING = _staff("legal_basis_missing", "DIS-c", gettext_noop("The instrument names no legal basis."))
    FOREIGN_NOT_APPROVED = _staff(
        "foreign_not_approved",
        "DIS-c",
        gettext_noop(
            "A foreign authority needs the approval of the competent authority at home, and none is on record."
        ),
    )
    FIELD_NOT_DEMANDED = _staff(
        "field_not_demanded", "DIS-c", gettext_noop("The instrument does not demand this field.")
    )

    VIOLATION_NOT_CONFIRMED = _staff(
        "violation_not_confirmed", "DIS-d", gettext_noop("The violation is not confirmed.")
    )
    ANOTHERS_VIOLATION = _staff("anothers_violation", "DIS-d", gettext_noop("The violation is somebody else's."))
    NECESSITY_MISSING = _staff(
        "necessity_missing", "DIS-d", gettext_noop("It is not said why the disclosure is required.")
    )

    COMPLAINT_CLOSED = _staff("complaint_closed", "DIS-e", gettext_noop("The complaint is closed."))
    COMPLAINANT_NOT_QUALIFIED = _staff(
        "complainant_not_qualified", "DIS-e", gettext_noop("The complainant is not qualified.")
    )
    NOT_THE_COMPLAINANT = _staff(
        "not_the_complainant", "DIS-e", gettext_noop("Only the complainant's data is released on this ground.")
    )
    NOT_THE_RESPONDENT = _staff(
        "not_the_respondent", "DIS-e", gettext_noop("Only the respondent of this complaint receives data.")
    )
    RESPONDENT_HAS_NOT_ASKED = _staff(
        "respondent_has_not_asked", "DIS-e", gettext_noop("The respondent has not asked for it.")
    )
    FIELD_NOT_OF_COMPLAINT = _staff(
        "field_not_of_complaint", "DIS-e", gettext_noop("An answer to this complaint does not need this field.")
    )

    TRANSACTION_CLOSED = _staff("transaction_closed", "DIS-f", gettext_noop("The transaction is closed."))
    NOT_A_PARTY = _staff("not_a_party", "DIS-f", gettext_noop("Whoever asks is no party to the transaction."))
    NOT_THE_COUNTERPARTY = _staff("not_the_counterparty", "DIS-f", gettext_noop("The data is not the counterparty's."))
    NOTHING_PERFORMED = _staff(
        "nothing_performed", "DIS-f", gettext_noop("Whoever asks has not fulfilled any of their obligations.")
    )
    NOT_WARNED = _staff(
        "not_warned", "SEC-b", gettext_noop("The parties were not warned that the other may see how to reach them.")
    )
    ASKED_FOR_MISSING = _staff(
        "asked_for_missing", "DIS-f", gettext_noop("It is asked for neither completion nor a dispute.")
    )
    NOT_A_CONTACT_FIELD = _staff(
        "not_a_contact_field", "DIS-f", gettext_noop("Only what is needed to reach the counterparty is released.")
    )

    PROVISION_NOT_IN_FORCE = _staff("provision_not_in_force", "DIS-g", gettext_noop("The provision is not in force."))
    EXPIRY_MISSING = _staff("expiry_missing", "DIS-g", gettext_noop("The request has no expiry date."))

    NOT_SUBMITTED = _staff("not_submitted", "PRE-2", gettext_noop("The request has not been submitted."))
    FILING_OVER = _staff(
        "filing_over", "PRE-2", gettext_noop("The request was refused, taken back, revoked or expired.")
    )
    FILING_EXPIRED = _staff("filing_expired", "PRE-2", gettext_noop("The request has expired."))
    NEEDS_REVIEW = _staff(
        "needs_review", "PRE-2", gettext_noop("Not enough reviewers have approved this version of the request.")
    )

    @property
    def code(self) -> str:
        return self.value.code

    @property
    def clause(self) -> str:
        return self.value.clause

    @property
    def message(self) -> str:
        return self.value.message


FilingDenial = tuple[FilingReason, tuple[str, ...]]


class Recipient(StrEnum):
    AUTHORITY = "authority"
    PERSON = "person"


RECIPIENTS: Mapping[Ground, frozenset[Recipient]] = {
    Ground.LEGAL_INSTRUMENT: frozenset({Recipient.AUTHORITY}),
    Ground.VIOLATION: frozenset({Recipient.AUTHORITY}),
    Ground.IP_COMPLAINT: frozenset({Recipient.PERSON}),
    Ground.TRANSACTION: frozenset({Recipient.PERSON}),
    Ground.OTHER_PROVISION: frozenset({Recipient.AUTHORITY}),
}


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """Where the review stands. `approvals` counts distinct reviewers of this very version, without filer and parties."""

    state: str
    approvals: int
    required: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class InstrumentFact:
    """`issued_at` is the begin of the day it was issued on. `is_foreign`: the authority is of another country."""

    is_foreign: bool
    approved_at_home: bool
    has_legal_basis: bool
    issued_at: datetime
    expires_at: datetime
    demanded: frozenset[str]


@dataclass(frozen=True, slots=True)
class ViolationFact:
    confirmed: bool
    of_this_person: bool
    required_because: bool


@dataclass(frozen=True, slots=True)
class ComplaintFact:
    is_open: bool
    qualified: bool
    person_is_complainant: bool
    recipient_is_respondent: bool
    asked_by_respondent: bool
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class TransactionFact:
    """`performance` is the requester's own: `none`, `partial` or `full`."""

    is_open: bool
    recipient_is_party: bool
    person_is_counterparty: bool
    performance: str
    warned: bool
    asked_for: str


@dataclass(frozen=True, slots=True)
class ProvisionFact:
    in_force: bool


@dataclass(frozen=True, slots=True)
class FilingElement:
    """What the registry says of a field. `is_contact`: it serves to reach somebody."""

    excluded: bool
    is_contact: bool


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """All that a filing's decision rests on. Holds no personal data; what could not be read is None, and denies."""

    ground: Ground
    fields: tuple[str, ...]
    policy_version: int | None
    person_known: bool
    person_erased: bool
    person_frozen: bool
    recipient: Recipient
    recipient_there: bool
    recipient_verified: bool
    recipient_is_subject: bool
    elements: Mapping[str, FilingElement]
    review: ReviewFact | None
    instrument: InstrumentFact | None = None
    violation: ViolationFact | None = None
    complaint: ComplaintFact | None = None
    transaction: TransactionFact | None = None
    provision: ProvisionFact | None = None
    # Entries of the first version do not say: that gate looked at the country under DIS-c alone.
    recipient_is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class FilingDecision:
    outcome: Outcome
    ground: Ground
    fields: Mapping[str, Outcome]
    reasons: tuple[FilingDenial, ...]
    policy_version: int | None
    at: datetime

    @property
    def clause(self) -> str:
        return self.ground.clause

    @property
    def permitted(self) -> tuple[str, ...]:
        return tuple(field for field, outcome in self.fields.items() if outcome is Outcome.PERMIT)


FilingRule = Callable[[FilingFacts, datetime], "FilingDenial | None"]


def _beyond(reason: FilingReason, facts: FilingFacts, allowed: frozenset[str]) -> FilingDenial | None:
    beyond = tuple(field for field in facts.fields if field not in allowed)
    return (reason, beyond) if beyond else None


def _unless(held: bool, reason: FilingReason, facts: FilingFacts) -> FilingDenial | None:
    return None if held else (reason, facts.fields)


# -- who and what ------------------------------------------------------------------------------


def something_is_asked(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return None if facts.fields else (FilingReason.NOTHING_ASKED, ())


def person_is_known(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(facts.person_known, FilingReason.UNKNOWN_PERSON, facts)


def person_is_not_erased(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(not facts.person_erased, FilingReason.PERSON_ERASED, facts)


def person_is_not_frozen(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(not facts.person_frozen, FilingReason.PERSON_FROZEN, facts)


def policy_is_in_force(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(bool(facts.policy_version), FilingReason.NO_POLICY, facts)


def fields_are_known(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _beyond(FilingReason.UNKNOWN_FIELD, facts, frozenset(facts.elements))


def fields_are_governed(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """EXC-a to EXC-c: refused outside DIS-c, DIS-d and DIS-f."""
    if facts.ground in _REACHES_EXCLUDED:
        return None
    excluded = tuple(field for field in facts.fields if field in facts.elements and facts.elements[field].excluded)
    return (FilingReason.EXCLUDED_FIELD, excluded) if excluded else None


def recipient_fits_ground(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    fitting = RECIPIENTS.get(facts.ground, frozenset())
    return _unless(facts.recipient in fitting, FilingReason.WRONG_RECIPIENT, facts)


def recipient_is_there(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(facts.recipient_there, FilingReason.RECIPIENT_GONE, facts)


def recipient_is_verified(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """Whatever goes to an authority goes to one that somebody made sure of; people here confirmed their address."""
    return _unless(facts.recipient_verified, FilingReason.RECIPIENT_NOT_VERIFIED, facts)


def recipient_is_somebody_else(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(not facts.recipient_is_subject, FilingReason.RECIPIENT_IS_SUBJECT, facts)


def evidence_is_there(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    evidence = {
        Ground.LEGAL_INSTRUMENT: facts.instrument,
        Ground.VIOLATION: facts.violation,
        Ground.IP_COMPLAINT: facts.complaint,
        Ground.TRANSACTION: facts.transaction,
        Ground.OTHER_PROVISION: facts.provision,
    }.get(facts.ground)
    return _unless(evidence is not None, FilingReason.EVIDENCE_MISSING, facts)


# -- DIS-c ----------------------------------------------------------------------------------------


def _instrument(facts: FilingFacts) -> InstrumentFact | None:
    return facts.instrument if facts.ground is Ground.LEGAL_INSTRUMENT else None


def instrument_is_issued(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    instrument = _instrument(facts)
    return _unless(instrument is None or instrument.issued_at <= at, FilingReason.INSTRUMENT_NOT_ISSUED, facts)


def instrument_has_not_expired(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    instrument = _instrument(facts)
    return _unless(instrument is None or at < instrument.expires_at, FilingReason.INSTRUMENT_EXPIRED, facts)


def instrument_has_legal_basis(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    instrument = _instrument(facts)
    return _unless(instrument is None or instrument.has_legal_basis, FilingReason.LEGAL_BASIS_MISSING, facts)


def foreign_authority_is_approved(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """PIPL 41, on every ground: what a foreign authority demands goes by its instrument, which can be approved here."""
    instrument = _instrument(facts)
    is_foreign = facts.recipient_is_foreign or (instrument is not None and instrument.is_foreign)
    held = not is_foreign or (instrument is not None and instrument.approved_at_home)
    return _unless(held, FilingReason.FOREIGN_NOT_APPROVED, facts)


def fields_are_demanded(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    instrument = _instrument(facts)
    return _beyond(FilingReason.FIELD_NOT_DEMANDED, facts, instrument.demanded) if instrument else None


# -- DIS-d ----------------------------------------------------------------------------------------


def _violation(facts: FilingFacts) -> ViolationFact | None:
    return facts.violation if facts.ground is Ground.VIOLATION else None


def violation_is_confirmed(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    violation = _violation(facts)
    return _unless(violation is None or violation.confirmed, FilingReason.VIOLATION_NOT_CONFIRMED, facts)


def violation_is_the_persons(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    violation = _violation(facts)
    return _unless(violation is None or violation.of_this_person, FilingReason.ANOTHERS_VIOLATION, facts)


def disclosure_is_required(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    violation = _violation(facts)
    return _unless(violation is None or violation.required_because, FilingReason.NECESSITY_MISSING, facts)


# -- DIS-e ----------------------------------------------------------------------------------------


def _complaint(facts: FilingFacts) -> ComplaintFact | None:
    return facts.complaint if facts.ground is Ground.IP_COMPLAINT else None


def complaint_is_open(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _unless(complaint is None or complaint.is_open, FilingReason.COMPLAINT_CLOSED, facts)


def complainant_is_qualified(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _unless(complaint is None or complaint.qualified, FilingReason.COMPLAINANT_NOT_QUALIFIED, facts)


def data_is_the_complainants(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _unless(complaint is None or complaint.person_is_complainant, FilingReason.NOT_THE_COMPLAINANT, facts)


def recipient_is_respondent(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _unless(complaint is None or complaint.recipient_is_respondent, FilingReason.NOT_THE_RESPONDENT, facts)


def respondent_asked(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _unless(complaint is None or complaint.asked_by_respondent, FilingReason.RESPONDENT_HAS_NOT_ASKED, facts)


def fields_answer_complaint(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    complaint = _complaint(facts)
    return _beyond(FilingReason.FIELD_NOT_OF_COMPLAINT, facts, complaint.needed) if complaint else None


# -- DIS-f ----------------------------------------------------------------------------------------


def _transaction(facts: FilingFacts) -> TransactionFact | None:
    return facts.transaction if facts.ground is Ground.TRANSACTION else None


def transaction_is_open(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    transaction = _transaction(facts)
    return _unless(transaction is None or transaction.is_open, FilingReason.TRANSACTION_CLOSED, facts)


def recipient_is_party(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    transaction = _transaction(facts)
    return _unless(transaction is None or transaction.recipient_is_party, FilingReason.NOT_A_PARTY, facts)


def data_is_the_counterpartys(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    transaction = _transaction(facts)
    return _unless(transaction is None or transaction.person_is_counterparty, FilingReason.NOT_THE_COUNTERPARTY, facts)


def requester_has_performed(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    transaction = _transaction(facts)
    held = transaction is None or transaction.performance in ("partial", "full")
    return _unless(held, FilingReason.NOTHING_PERFORMED, facts)


def parties_were_warned(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """SEC-b: before one sees how to reach the other."""
    transaction = _transaction(facts)
    return _unless(transaction is None or transaction.warned, FilingReason.NOT_WARNED, facts)


def purpose_is_completion_or_dispute(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    transaction = _transaction(facts)
    held = transaction is None or transaction.asked_for in ("completion", "dispute")
    return _unless(held, FilingReason.ASKED_FOR_MISSING, facts)


def fields_are_for_contact(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    if _transaction(facts) is None:
        return None
    contacts = frozenset(key for key, element in facts.elements.items() if element.is_contact)
    return _beyond(FilingReason.NOT_A_CONTACT_FIELD, facts, contacts)


# -- DIS-g ----------------------------------------------------------------------------------------


def provision_is_in_force(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    if facts.ground is not Ground.OTHER_PROVISION or facts.provision is None:
        return None
    return _unless(facts.provision.in_force, FilingReason.PROVISION_NOT_IN_FORCE, facts)


def filing_has_expiry(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    if facts.ground is not Ground.OTHER_PROVISION:
        return None
    return _unless(bool(facts.review and facts.review.expires_at), FilingReason.EXPIRY_MISSING, facts)


# -- the review -----------------------------------------------------------------------------------

_OVER = frozenset({"refused", "expired", "withdrawn", "revoked"})


def filing_is_submitted(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    return _unless(facts.review is not None and facts.review.state != "draft", FilingReason.NOT_SUBMITTED, facts)


def filing_is_not_over(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """PRE-2: what was refused or ended is not cured by a later approval."""
    return _unless(facts.review is None or facts.review.state not in _OVER, FilingReason.FILING_OVER, facts)


def filing_has_not_expired(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    review = facts.review
    held = review is None or review.expires_at is None or at < review.expires_at
    return _unless(held, FilingReason.FILING_EXPIRED, facts)


def enough_have_approved(facts: FilingFacts, at: datetime) -> FilingDenial | None:
    """Not a denial, but a wait: see `decide_filing`. Approved is what says so *and* has the approvals."""
    review = facts.review
    held = (
        review is not None
        and review.state in ("approved", "released")
        and review.required > 0
        and review.approvals >= review.required
    )
    return _unless(held, FilingReason.NEEDS_REVIEW, facts)


FILING_RULES: tuple[FilingRule, ...] = (
    something_is_asked,
    person_is_known,
    person_is_not_erased,
    person_is_not_frozen,
    policy_is_in_force,
    fields_are_known,
    fields_are_governed,
    recipient_fits_ground,
    recipient_is_there,
    recipient_is_verified,
    recipient_is_somebody_else,
    evidence_is_there,
    instrument_is_issued,
    instrument_has_not_expired,
    instrument_has_legal_basis,
    foreign_authority_is_approved,
    fields_are_demanded,
    violation_is_confirmed,
    violation_is_the_persons,
    disclosure_is_required,
    complaint_is_open,
    complainant_is_qualified,
    data_is_the_complainants,
    recipient_is_respondent,
    respondent_asked,
    fields_answer_complaint,
    transaction_is_open,
    recipient_is_party,
    data_is_the_counterpartys,
    requester_has_performed,
    parties_were_warned,
    purpose_is_completion_or_dispute,
    fields_are_for_contact,
    provision_is_in_force,
    filing_has_expiry,
    filing_is_submitted,
    filing_is_not_over,
    filing_has_not_expired,
    enough_have_approved,
)


def decide_filing(facts: FilingFacts, *, at: datetime) -> FilingDecision:
    """Decide, field by field: denied by any rule, else waiting if approvals are lacking, else permitted."""
    reasons = [denial for rule in FILING_RULES if (denial := rule(facts, at)) is not None]
    denied = {field for reason, fields in reasons if reason is not FilingReason.NEEDS_REVIEW for field in fields}
    waits = any(reason is FilingReason.NEEDS_REVIEW for reason, _ in reasons)
    open_outcome = Outcome.REVIEW if waits else Outcome.PERMIT
    # A denial that names no field is of the whole: nothing was asked for.
    fields = {field: Outcome.DENY if field in denied else open_outcome for field in facts.fields}
    return FilingDecision(
        outcome=open_outcome if open_outcome in fields.values() else Outcome.DENY,
        ground=facts.ground,
        fields=fields,
        reasons=tuple(reasons),
        policy_version=facts.policy_version,
        at=at,
    )
