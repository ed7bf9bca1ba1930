"""The truth table of the gate for what people decide: each way in which each rule denies, and what each ground permits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from disclosure import filing_gate
from disclosure.filing_gate import FILING_RULES, REVIEWED, FilingFacts, FilingReason, Recipient, decide_filing
from disclosure.gate import Ground, Outcome
from tests.disclosure.filing_cases import (
    AT,
    BY_COMPLAINT,
    BY_INSTRUMENT,
    BY_PROVISION,
    BY_TRANSACTION,
    BY_VIOLATION,
    EMAIL,
    EVIDENCE,
    NAME,
    PERMITTING,
    PHONE,
    PLAIN,
    reviewed,
    with_evidence,
)

R = FilingReason
BOTH: tuple[str, ...] = (EMAIL, PHONE)
NONE: tuple[str, ...] = ()
MOMENT = timedelta(microseconds=1)


def _excluding(facts: FilingFacts) -> FilingFacts:
    """With one field that lies outside the policy."""
    return replace(facts, elements={**facts.elements, PHONE: replace(facts.elements[PHONE], excluded=True)})


_WITH_NAME = {"fields": (EMAIL, NAME), "elements": {EMAIL: BY_INSTRUMENT.elements[EMAIL], NAME: PLAIN}}

# Facts, the reasons that deny, and the fields that stay permitted.
TABLE: list[tuple[str, FilingFacts, dict[FilingReason, tuple[str, ...]], tuple[str, ...]]] = [
    *(
        (f"{name}, {facts.ground}", replace(facts, **change), {reason: BOTH}, ())
        for facts in PERMITTING.values()
        for name, change, reason in (
            ("unknown person", {"person_known": False}, R.UNKNOWN_PERSON),
            ("erased", {"person_erased": True}, R.PERSON_ERASED),
            ("frozen", {"person_frozen": True}, R.PERSON_FROZEN),
            ("no policy", {"policy_version": None}, R.NO_POLICY),
            ("recipient gone", {"recipient_there": False}, R.RECIPIENT_GONE),
            ("recipient not verified", {"recipient_verified": False}, R.RECIPIENT_NOT_VERIFIED),
            ("recipient is subject", {"recipient_is_subject": True}, R.RECIPIENT_IS_SUBJECT),
            ("no evidence", {EVIDENCE[facts.ground]: None}, R.EVIDENCE_MISSING),
        )
    ),
    *(
        (f"{state}, {facts.ground}", reviewed(facts, state=state), {R.FILING_OVER: BOTH, R.NEEDS_REVIEW: BOTH}, ())
        for facts in PERMITTING.values()
        for state in ("refused", "expired", "withdrawn", "revoked")
    ),
    *(
        (f"expired now, {facts.ground}", reviewed(facts, expires_at=AT), {R.FILING_EXPIRED: BOTH}, ())
        for facts in PERMITTING.values()
    ),
    *(
        (f"draft, {facts.ground}", reviewed(facts, state="draft"), {R.NOT_SUBMITTED: BOTH, R.NEEDS_REVIEW: BOTH}, ())
        for facts in PERMITTING.values()
    ),
    *(
        (
            f"wrong recipient, {facts.ground}",
            replace(facts, recipient=other),
            {R.WRONG_RECIPIENT: BOTH},
            NONE,
        )
        for facts in PERMITTING.values()
        for other in Recipient
        if other is not facts.recipient
    ),
    ("nothing asked", replace(BY_INSTRUMENT, fields=()), {R.NOTHING_ASKED: ()}, NONE),
    ("unknown field", replace(BY_PROVISION, elements={EMAIL: PLAIN}), {R.UNKNOWN_FIELD: (PHONE,)}, (EMAIL,)),
    ("excluded, DIS-e", _excluding(BY_COMPLAINT), {R.EXCLUDED_FIELD: (PHONE,)}, (EMAIL,)),
    ("excluded, DIS-g", _excluding(BY_PROVISION), {R.EXCLUDED_FIELD: (PHONE,)}, (EMAIL,)),
    *(
        (f"excluded, {facts.ground}", _excluding(facts), {}, BOTH)
        for facts in (BY_INSTRUMENT, BY_VIOLATION, BY_TRANSACTION)
    ),
    ("not issued", with_evidence(BY_INSTRUMENT, issued_at=AT + MOMENT), {R.INSTRUMENT_NOT_ISSUED: BOTH}, NONE),
    ("issued now", with_evidence(BY_INSTRUMENT, issued_at=AT), {}, BOTH),
    ("instrument expired now", with_evidence(BY_INSTRUMENT, expires_at=AT), {R.INSTRUMENT_EXPIRED: BOTH}, NONE),
    ("instrument expires next", with_evidence(BY_INSTRUMENT, expires_at=AT + MOMENT), {}, BOTH),
    ("no legal basis", with_evidence(BY_INSTRUMENT, has_legal_basis=False), {R.LEGAL_BASIS_MISSING: BOTH}, NONE),
    ("foreign", with_evidence(BY_INSTRUMENT, is_foreign=True), {R.FOREIGN_NOT_APPROVED: BOTH}, NONE),
    ("foreign, approved", with_evidence(BY_INSTRUMENT, is_foreign=True, approved_at_home=True), {}, BOTH),
    *(
        (f"abroad, {facts.ground}", replace(facts, recipient_is_foreign=True), {R.FOREIGN_NOT_APPROVED: BOTH}, NONE)
        for facts in (BY_INSTRUMENT, BY_VIOLATION, BY_PROVISION)
    ),
    (
        "abroad, approved",
        replace(with_evidence(BY_INSTRUMENT, is_foreign=True, approved_at_home=True), recipient_is_foreign=True),
        {},
        BOTH,
    ),
    (
        "not demanded",
        with_evidence(BY_INSTRUMENT, demanded=frozenset({EMAIL})),
        {R.FIELD_NOT_DEMANDED: (PHONE,)},
        (EMAIL,),
    ),
    ("not confirmed", with_evidence(BY_VIOLATION, confirmed=False), {R.VIOLATION_NOT_CONFIRMED: BOTH}, NONE),
    ("another's", with_evidence(BY_VIOLATION, of_this_person=False), {R.ANOTHERS_VIOLATION: BOTH}, NONE),
    ("not required", with_evidence(BY_VIOLATION, required_because=False), {R.NECESSITY_MISSING: BOTH}, NONE),
    ("complaint closed", with_evidence(BY_COMPLAINT, is_open=False), {R.COMPLAINT_CLOSED: BOTH}, NONE),
    ("not qualified", with_evidence(BY_COMPLAINT, qualified=False), {R.COMPLAINANT_NOT_QUALIFIED: BOTH}, NONE),
    (
        "respondent's data",
        with_evidence(BY_COMPLAINT, person_is_complainant=False),
        {R.NOT_THE_COMPLAINANT: BOTH},
        NONE,
    ),
    (
        "to somebody else",
        with_evidence(BY_COMPLAINT, recipient_is_respondent=False),
        {R.NOT_THE_RESPONDENT: BOTH},
        NONE,
    ),
    (
        "respondent did not ask",
        with_evidence(BY_COMPLAINT, asked_by_respondent=False),
        {R.RESPONDENT_HAS_NOT_ASKED: BOTH},
        NONE,
    ),
    (
        "not for an answer",
        with_evidence(BY_COMPLAINT, needed=frozenset({EMAIL})),
        {R.FIELD_NOT_OF_COMPLAINT: (PHONE,)},
        (EMAIL,),
    ),
    ("transaction closed", with_evidence(BY_TRANSACTION, is_open=False), {R.TRANSACTION_CLOSED: BOTH}, NONE),
    ("no party", with_evidence(BY_TRANSACTION, recipient_is_party=False), {R.NOT_A_PARTY: BOTH}, NONE),
    (
        "not the counterparty's",
        with_evidence(BY_TRANSACTION, person_is_counterparty=False),
        {R.NOT_THE_COUNTERPARTY: BOTH},
        NONE,
    ),
    ("nothing performed", with_evidence(BY_TRANSACTION, performance="none"), {R.NOTHING_PERFORMED: BOTH}, NONE),
    ("odd performance", with_evidence(BY_TRANSACTION, performance="some"), {R.NOTHING_PERFORMED: BOTH}, NONE),
    ("fully performed", with_evidence(BY_TRANSACTION, performance="full"), {}, BOTH),
    ("not warned", with_evidence(BY_TRANSACTION, warned=False), {R.NOT_WARNED: BOTH}, NONE),
    ("asked for nothing", with_evidence(BY_TRANSACTION, asked_for=""), {R.ASKED_FOR_MISSING: BOTH}, NONE),
    (
        "a name is no contact",
        replace(BY_TRANSACTION, **_WITH_NAME),  # type: ignore[arg-type]
        {R.NOT_A_CONTACT_FIELD: (NAME,)},
        (EMAIL,),
    ),
    ("provision not in force", with_evidence(BY_PROVISION, in_force=False), {R.PROVISION_NOT_IN_FORCE: BOTH}, NONE),
    ("no expiry", reviewed(BY_PROVISION, expires_at=None), {R.EXPIRY_MISSING: BOTH}, NONE),
]


@pytest.mark.parametrize("ground", REVIEWED)
def test_each_ground_permits_what_has_its_evidence_and_its_approvals(ground: Ground) -> None:
    decision = decide_filing(PERMITTING[ground], at=AT)
    assert (decision.outcome, decision.reasons, decision.permitted) == (Outcome.PERMIT, (), BOTH)
    assert decision.clause == ground.clause


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(("facts", "reasons", "permitted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_rule_denies_for_its_reason_and_its_fields(
    facts: FilingFacts, reasons: dict[FilingReason, tuple[str, ...]], permitted: tuple[str, ...]
) -> None:
    decision = decide_filing(facts, at=AT)
    assert dict(decision.reasons) == reasons
    assert decision.permitted == permitted
    assert decision.outcome is (Outcome.PERMIT if permitted else Outcome.DENY)


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize("ground", REVIEWED)
@pytest.mark.parametrize("state", ["submitted", "information_wanted", "approved_once"])
def test_what_only_lacks_approvals_waits_for_a_review(ground: Ground, state: str) -> None:
    decision = decide_filing(reviewed(PERMITTING[ground], state=state), at=AT)
    assert decision.outcome is Outcome.REVIEW
    assert set(decision.fields.values()) == {Outcome.REVIEW}
    assert [reason for reason, _ in decision.reasons] == [R.NEEDS_REVIEW]


@pytest.mark.clause("DIS-g")
@pytest.mark.parametrize("ground", REVIEWED)
@pytest.mark.parametrize(("approvals", "required"), [(0, 2), (1, 2), (0, 1), (0, 0)])
def test_the_word_approved_is_not_enough_without_the_approvals(ground: Ground, approvals: int, required: int) -> None:
    facts = reviewed(PERMITTING[ground], approvals=approvals, required=required)
    assert decide_filing(facts, at=AT).permitted == ()


def test_without_a_review_nothing_is_permitted() -> None:
    decision = decide_filing(replace(BY_VIOLATION, review=None), at=AT)
    assert decision.outcome is Outcome.DENY
    assert R.NOT_SUBMITTED in dict(decision.reasons)


def test_a_ground_that_partners_claim_is_none_here() -> None:
    decision = decide_filing(replace(BY_INSTRUMENT, ground=Ground.CONSENT), at=AT)
    assert {R.WRONG_RECIPIENT, R.EVIDENCE_MISSING} <= set(dict(decision.reasons))
    assert decision.outcome is Outcome.DENY


def test_no_rule_and_no_reason_is_forgotten() -> None:
    in_table = {reason for row in TABLE for reason in row[2]}
    assert set(FilingReason) - in_table == set()
    module_rules = {
        value
        for name, value in vars(filing_gate).items()
        if callable(value) and getattr(value, "__annotations__", {}).get("return") == filing_gate.FilingDenial | None
        if not name.startswith("_")
    }
    assert set(FILING_RULES) == module_rules
    assert len(FILING_RULES) == len(set(FILING_RULES))
