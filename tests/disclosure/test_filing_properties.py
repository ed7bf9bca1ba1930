"""What holds of every filing, whatever the facts: nothing without its evidence and its approvals, nothing after an end."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.filing_gate import (
    REVIEWED,
    ComplaintFact,
    FilingElement,
    FilingFacts,
    InstrumentFact,
    ProvisionFact,
    Recipient,
    ReviewFact,
    TransactionFact,
    ViolationFact,
    decide_filing,
)
from disclosure.filing_records import decision_to_json, replay
from disclosure.filing_states import State
from disclosure.gate import Ground, Outcome
from privacy_app.ledger.canonical import check
from tests.disclosure.filing_cases import AT, EMAIL, NAME, PHONE

FIELDS = (EMAIL, PHONE, NAME)

mostly = st.sampled_from([True, True, True, False])
fields = st.lists(st.sampled_from(FIELDS), unique=True, max_size=3).map(tuple)
some_fields = st.frozensets(st.sampled_from(FIELDS))
moments = st.sampled_from([-timedelta(days=1), timedelta(0), timedelta(days=1)]).map(lambda delta: AT + delta)
elements = st.fixed_dictionaries(
    {}, optional={field: st.builds(FilingElement, excluded=st.booleans(), is_contact=mostly) for field in FIELDS}
)
reviews = st.builds(
    ReviewFact,
    state=st.sampled_from([*(state.value for state in State), "approved", "approved", "released"]),
    approvals=st.integers(0, 3),
    required=st.integers(1, 2),
    expires_at=st.none() | moments,
)
facts_of_filings = st.builds(
    FilingFacts,
    ground=st.sampled_from(REVIEWED),
    fields=fields,
    policy_version=st.sampled_from([1, 1, 1, None]),
    person_known=mostly,
    person_erased=mostly.map(lambda held: not held),
    person_frozen=mostly.map(lambda held: not held),
    recipient=st.sampled_from(Recipient),
    recipient_there=mostly,
    recipient_verified=mostly,
    recipient_is_subject=mostly.map(lambda held: not held),
    elements=elements,
    review=st.none() | reviews,
    instrument=st.none()
    | st.builds(
        InstrumentFact,
        is_foreign=st.booleans(),
        approved_at_home=st.booleans(),
        has_legal_basis=mostly,
        issued_at=moments,
        expires_at=moments,
        demanded=some_fields,
    ),
    violation=st.none() | st.builds(ViolationFact, confirmed=mostly, of_this_person=mostly, required_because=mostly),
    complaint=st.none()
    | st.builds(
        ComplaintFact,
        is_open=mostly,
        qualified=mostly,
        person_is_complainant=mostly,
        recipient_is_respondent=mostly,
        asked_by_respondent=mostly,
        needed=some_fields,
    ),
    transaction=st.none()
    | st.builds(
        TransactionFact,
        is_open=mostly,
        recipient_is_party=mostly,
        person_is_counterparty=mostly,
        performance=st.sampled_from(["none", "partial", "full"]),
        warned=mostly,
        asked_for=st.sampled_from(["completion", "dispute", ""]),
    ),
    provision=st.none() | st.builds(ProvisionFact, in_force=mostly),
    recipient_is_foreign=mostly.map(lambda held: not held),
)


def _is_over(at: datetime | None) -> bool:
    return at is not None and at <= AT


@pytest.mark.clause("DIS-c")
@pytest.mark.clause("DIS-d")
@pytest.mark.clause("DIS-g")
@given(facts_of_filings)
def test_nothing_without_the_approvals_it_needs_in_a_state_that_says_so(facts: FilingFacts) -> None:
    review = facts.review
    approved = review is not None and review.state in ("approved", "released") and review.approvals >= review.required
    if not approved:
        assert decide_filing(facts, at=AT).permitted == ()


@pytest.mark.clause("SEC-b")
@given(facts_of_filings)
def test_nothing_after_an_end_an_expiry_an_erasure_or_a_freeze(facts: FilingFacts) -> None:
    review, instrument = facts.review, facts.instrument
    ended = (
        facts.person_erased
        or facts.person_frozen
        or (review is not None and (_is_over(review.expires_at) or review.state in ("revoked", "expired", "withdrawn")))
        or (facts.ground is Ground.LEGAL_INSTRUMENT and instrument is not None and _is_over(instrument.expires_at))
        or (facts.ground is Ground.IP_COMPLAINT and facts.complaint is not None and not facts.complaint.is_open)
        or (facts.ground is Ground.TRANSACTION and facts.transaction is not None and not facts.transaction.is_open)
        or (facts.ground is Ground.OTHER_PROVISION and facts.provision is not None and not facts.provision.in_force)
    )
    if ended:
        assert decide_filing(facts, at=AT).permitted == ()


@pytest.mark.clause("EXC-a")
@given(facts_of_filings)
def test_what_is_permitted_was_asked_for_is_known_and_is_reached_by_its_ground(facts: FilingFacts) -> None:
    for field in decide_filing(facts, at=AT).permitted:
        assert field in facts.fields
        element = facts.elements[field]
        if facts.ground in (Ground.IP_COMPLAINT, Ground.OTHER_PROVISION):
            assert not element.excluded
        if facts.ground is Ground.LEGAL_INSTRUMENT:
            assert facts.instrument is not None and field in facts.instrument.demanded
        if facts.ground is Ground.IP_COMPLAINT:
            assert facts.complaint is not None and field in facts.complaint.needed
        if facts.ground is Ground.TRANSACTION:
            assert element.is_contact


@pytest.mark.clause("DIS-c")
@given(facts_of_filings)
def test_nothing_goes_abroad_without_the_approval_of_its_instrument(facts: FilingFacts) -> None:
    if facts.recipient_is_foreign and decide_filing(facts, at=AT).permitted:
        assert facts.ground is Ground.LEGAL_INSTRUMENT
        assert facts.instrument is not None and facts.instrument.approved_at_home


@given(facts_of_filings)
def test_a_field_is_decided_whatever_else_is_asked_for(facts: FilingFacts) -> None:
    together = decide_filing(facts, at=AT).fields
    for field in facts.fields:
        assert decide_filing(replace(facts, fields=(field,)), at=AT).fields[field] == together[field]


@pytest.mark.clause("PRE-1")
@given(facts_of_filings, st.sampled_from(["person_frozen", "person_erased", "recipient_is_subject"]))
def test_what_denies_never_turns_a_no_into_a_yes(facts: FilingFacts, name: str) -> None:
    change: dict[str, Any] = {name: True}
    worse = decide_filing(replace(facts, **change), at=AT)
    assert set(worse.permitted) <= set(decide_filing(facts, at=AT).permitted)
    assert worse.outcome is Outcome.DENY


@given(facts_of_filings)
def test_a_recorded_decision_is_canonical_and_decides_the_same_again(facts: FilingFacts) -> None:
    body = decision_to_json(facts, decide_filing(facts, at=AT), filing="f", version=1)
    check(body)
    assert replay(body)


@given(facts_of_filings)
def test_each_outcome_says_why(facts: FilingFacts) -> None:
    decision = decide_filing(facts, at=AT)
    if decision.outcome is not Outcome.PERMIT or set(decision.fields.values()) != {Outcome.PERMIT}:
        assert decision.reasons
