"""Facts of filings that permit, one a ground, from which the tests take something away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from disclosure.filing_gate import (
    ComplaintFact,
    FilingElement,
    FilingFacts,
    InstrumentFact,
    ProvisionFact,
    Recipient,
    ReviewFact,
    TransactionFact,
    ViolationFact,
)
from disclosure.gate import Ground

AT = datetime(2026, 5, 3, 12, tzinfo=UTC)
SOON, DAY = AT + timedelta(days=9), timedelta(days=1)
EMAIL, PHONE, NAME = "contact.email", "contact.phone", "identity.name"

CONTACT, PLAIN = FilingElement(excluded=False, is_contact=True), FilingElement(excluded=False, is_contact=False)
APPROVED_BY_TWO = ReviewFact(state="approved", approvals=2, required=2, expires_at=SOON)

_COMMON = FilingFacts(
    ground=Ground.LEGAL_INSTRUMENT,
    fields=(EMAIL, PHONE),
    policy_version=1,
    person_known=True,
    person_erased=False,
    person_frozen=False,
    recipient=Recipient.AUTHORITY,
    recipient_there=True,
    recipient_verified=True,
    recipient_is_subject=False,
    elements={EMAIL: CONTACT, PHONE: CONTACT},
    review=APPROVED_BY_TWO,
)
BY_INSTRUMENT = replace(
    _COMMON,
    instrument=InstrumentFact(
        is_foreign=False,
        approved_at_home=False,
        has_legal_basis=True,
        issued_at=AT - DAY,
        expires_at=SOON,
        demanded=frozenset({EMAIL, PHONE, NAME}),
    ),
)
BY_VIOLATION = replace(
    _COMMON,
    ground=Ground.VIOLATION,
    violation=ViolationFact(confirmed=True, of_this_person=True, required_because=True),
)
BY_COMPLAINT = replace(
    _COMMON,
    ground=Ground.IP_COMPLAINT,
    recipient=Recipient.PERSON,
    complaint=ComplaintFact(
        is_open=True,
        qualified=True,
        person_is_complainant=True,
        recipient_is_respondent=True,
        asked_by_respondent=True,
        needed=frozenset({EMAIL, PHONE}),
    ),
)
BY_TRANSACTION = replace(
    _COMMON,
    ground=Ground.TRANSACTION,
    recipient=Recipient.PERSON,
    transaction=TransactionFact(
        is_open=True,
        recipient_is_party=True,
        person_is_counterparty=True,
        performance="partial",
        warned=True,
        asked_for="completion",
    ),
)
BY_PROVISION = replace(_COMMON, ground=Ground.OTHER_PROVISION, provision=ProvisionFact(in_force=True))

PERMITTING = {
    facts.ground: facts for facts in (BY_INSTRUMENT, BY_VIOLATION, BY_COMPLAINT, BY_TRANSACTION, BY_PROVISION)
}
EVIDENCE = {
    Ground.LEGAL_INSTRUMENT: "instrument",
    Ground.VIOLATION: "violation",
    Ground.IP_COMPLAINT: "complaint",
    Ground.TRANSACTION: "transaction",
    Ground.OTHER_PROVISION: "provision",
}


def with_evidence(facts: FilingFacts, **changes: object) -> FilingFacts:
    """The facts with another evidence than theirs."""
    name = EVIDENCE[facts.ground]
    return replace(facts, **{name: replace(getattr(facts, name), **changes)})


def reviewed(facts: FilingFacts, **changes: object) -> FilingFacts:
    """The facts with another review than theirs."""
    assert facts.review is not None
    return replace(facts, review=replace(facts.review, **changes))  # type: ignore[arg-type]
