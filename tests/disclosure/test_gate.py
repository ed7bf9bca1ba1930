"""The truth table of the gate: each rule, and each distinct way in which it denies, with its exact reasons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import consent
from consent.models import Action
from consent.states import LIVE, State
from disclosure import gate
from disclosure.gate import (
    ACTIONS,
    AVAILABLE,
    RULES,
    Audience,
    Denial,
    ElementFact,
    Facts,
    Ground,
    Outcome,
    Reason,
    Rule,
    ServiceFact,
    decide,
    reasons_for_partner,
)
from tests.disclosure.cases import (
    ABROAD,
    ALL,
    ALLERGIES,
    AT,
    EMAIL,
    ENGAGEMENT,
    GIVEN,
    HOME,
    JUST_AFTER,
    JUST_BEFORE,
    ON_CONSENT,
    ON_EVERY_CONSENT,
    ON_SERVICE,
    PHONE,
    PLAIN,
    SERVICE,
    SOON,
    consented,
    engaged,
    without,
)

BOTH = (ON_CONSENT, ON_SERVICE)
REVIEWED = [ground for ground in Ground if ground not in AVAILABLE]


@dataclass(frozen=True)
class Row:
    """One way to be denied: facts that a single rule refuses, and what is said of it."""

    rule: Rule
    way: str
    facts: Facts
    reason: Reason
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule.__name__}: {self.way}, {self.facts.ground}"


def rows() -> Iterator[Row]:
    for base in BOTH:
        yield from rows_of_who_and_what(base)
        yield from rows_of_the_engagement(base)
    yield from rows_of_grounds()
    yield from rows_of_consents()
    yield from rows_of_services()
    yield from rows_of_separate_consents()


def rows_of_who_and_what(base: Facts) -> Iterator[Row]:
    yield Row(gate.something_is_asked, "no field", replace(base, fields=()), Reason.NOTHING_ASKED, ())
    for rule, reason, change in (
        (gate.person_is_known, Reason.UNKNOWN_PERSON, {"person_known": False}),
        (gate.person_is_not_erased, Reason.PERSON_ERASED, {"person_erased": True}),
        (gate.person_is_not_frozen, Reason.PERSON_FROZEN, {"person_frozen": True}),
        (gate.purpose_is_known, Reason.UNKNOWN_PURPOSE, {"purpose_basis": None}),
        (gate.purpose_is_known, Reason.UNKNOWN_PURPOSE, {"purpose_basis": ""}),
        (gate.policy_is_in_force, Reason.NO_POLICY, {"policy_version": None}),
        (gate.request_was_permitted, Reason.REQUEST_REFUSED, {"request_refused": True}),
        (gate.request_was_not_revoked, Reason.DISCLOSURE_REVOKED, {"request_revoked": True}),
    ):
        yield Row(rule, str(change), replace(base, **change), reason, PLAIN)
    for action, reason in (
        ("publish", Reason.PUBLIC_RELEASE),
        ("lend", Reason.UNKNOWN_ACTION),
        ("", Reason.UNKNOWN_ACTION),
    ):
        # Not even where engagement and text name it.
        named = frozenset({action})
        facts = engaged(replace(base, action=action), actions=named)
        facts = consented(facts, actions=named) if facts.ground is Ground.CONSENT else facts
        yield Row(gate.action_is_possible, action or "none", facts, reason, PLAIN)
    known = {EMAIL: ElementFact(sensitive=False, excluded=False)}
    yield Row(gate.fields_are_known, "one field", replace(base, elements=known), Reason.UNKNOWN_FIELD, (PHONE,))
    yield Row(gate.fields_are_known, "no field", replace(base, elements={}), Reason.UNKNOWN_FIELD, PLAIN)
    excluded = {**known, PHONE: ElementFact(sensitive=False, excluded=True)}
    yield Row(gate.fields_are_governed, "one", replace(base, elements=excluded), Reason.EXCLUDED_FIELD, (PHONE,))


def rows_of_the_engagement(base: Facts) -> Iterator[Row]:
    yield Row(gate.partner_is_engaged, "none", replace(base, engagement=None), Reason.NO_ENGAGEMENT, PLAIN)
    for rule, reason, way, change in (
        (gate.engagement_has_begun, Reason.ENGAGEMENT_NOT_BEGUN, "in a moment", {"valid_from": JUST_AFTER}),
        (gate.engagement_has_not_ended, Reason.ENGAGEMENT_ENDED, "runs out now", {"valid_until": AT}),
        (gate.engagement_has_not_ended, Reason.ENGAGEMENT_ENDED, "ran out", {"valid_until": JUST_BEFORE}),
        (gate.engagement_has_not_ended, Reason.ENGAGEMENT_ENDED, "is ended now", {"ended_at": AT}),
        (
            gate.engagement_has_not_ended,
            Reason.ENGAGEMENT_ENDED,
            "was ended before its date",
            {"ended_at": JUST_BEFORE, "valid_until": SOON},
        ),
        (gate.engagement_covers_purpose, Reason.PURPOSE_NOT_ENGAGED, "another", {"purposes": frozenset({"other"})}),
        (gate.engagement_covers_action, Reason.ACTION_NOT_ENGAGED, "another", {"actions": frozenset({"provide"})}),
        (gate.engagement_covers_countries, Reason.COUNTRY_NOT_ENGAGED, "another", {"countries": {"SG": "adequacy"}}),
        (gate.engagement_covers_countries, Reason.COUNTRY_NOT_ENGAGED, "none at all", {"countries": {}}),
    ):
        yield Row(rule, way, engaged(base, **change), reason, PLAIN)
    yield Row(
        gate.engagement_covers_fields,
        "one beyond",
        engaged(base, fields=frozenset({EMAIL})),
        Reason.FIELD_NOT_ENGAGED,
        (PHONE,),
    )
    yield Row(
        gate.engagement_covers_countries,
        "from nowhere that is known",
        replace(base, countries=()),
        Reason.COUNTRY_NOT_ENGAGED,
        PLAIN,
    )
    abroad = replace(base, countries=(HOME, ABROAD))
    if base.ground is Ground.CONSENT:
        abroad = replace(abroad, consents={**abroad.consents, "abroad": GIVEN})
    yield Row(
        gate.transfer_has_mechanism,
        "one country without",
        engaged(abroad, countries={HOME: "", ABROAD: ""}),
        Reason.NO_TRANSFER_MECHANISM,
        PLAIN,
    )


def rows_of_grounds() -> Iterator[Row]:
    for ground in REVIEWED:
        facts = replace(ON_CONSENT, ground=ground, service=SERVICE)
        yield Row(gate.ground_is_available, "reviewed grounds", facts, Reason.GROUND_UNAVAILABLE, PLAIN)
    for base, bases in (
        (ON_CONSENT, ("contract", "law", "policy_opt_out", "no such")),
        (ON_SERVICE, ("consent", "law", "policy_opt_out", "no such")),
    ):
        for basis in bases:
            facts = replace(base, purpose_basis=basis)
            yield Row(gate.purpose_rests_on_ground, basis, facts, Reason.BASIS_MISMATCH, PLAIN)


def rows_of_consents() -> Iterator[Row]:
    yield Row(gate.consent_is_live, "none", without(ON_CONSENT, "base"), Reason.CONSENT_MISSING, PLAIN)
    for state, reason in (
        ("ConsentUnknown", Reason.CONSENT_MISSING),
        ("ConsentRequested", Reason.CONSENT_MISSING),
        ("ConsentRequestDeferred", Reason.CONSENT_MISSING),
        ("ConsentRefused", Reason.CONSENT_REFUSED),
        ("ConsentExpired", Reason.CONSENT_EXPIRED),
        ("ConsentInvalidated", Reason.CONSENT_ENDED),
        ("ConsentRevoked", Reason.CONSENT_ENDED),
        ("ConsentWithdrawn", Reason.CONSENT_WITHDRAWN),
        ("NoSuchState", Reason.CONSENT_MISSING),
        ("", Reason.CONSENT_MISSING),
    ):
        yield Row(gate.consent_is_live, state or "no state", consented(ON_CONSENT, state=state), reason, PLAIN)
    for way, expires_at in (("runs out now", AT), ("ran out, not yet entered", JUST_BEFORE)):
        facts = consented(ON_CONSENT, expires_at=expires_at)
        yield Row(gate.consent_is_live, way, facts, Reason.CONSENT_EXPIRED, PLAIN)
    for rule, reason, change, fields in (
        (gate.text_covers_fields, Reason.TEXT_NOT_COVERING_FIELD, {"fields": frozenset({EMAIL})}, (PHONE,)),
        (gate.text_covers_fields, Reason.TEXT_NOT_COVERING_FIELD, {"fields": frozenset()}, PLAIN),
        (gate.text_covers_action, Reason.TEXT_NOT_COVERING_ACTION, {"actions": frozenset({"provide"})}, PLAIN),
        (gate.text_covers_countries, Reason.TEXT_NOT_COVERING_COUNTRY, {"countries": frozenset({"SG"})}, PLAIN),
    ):
        yield Row(rule, str(change), consented(ON_CONSENT, **change), reason, fields)


def rows_of_services() -> Iterator[Row]:
    yield Row(gate.service_is_requested, "none", replace(ON_SERVICE, service=None), Reason.NO_SERVICE_REQUEST, PLAIN)
    closed = replace(SERVICE, is_open=False)
    yield Row(gate.service_is_requested, "closed", replace(ON_SERVICE, service=closed), Reason.SERVICE_ENDED, PLAIN)
    for necessary in (frozenset({EMAIL}), frozenset[str]()):
        facts = replace(ON_SERVICE, service=ServiceFact(is_open=True, necessary=necessary))
        beyond = tuple(field for field in PLAIN if field not in necessary)
        yield Row(gate.fields_are_necessary, f"{len(beyond)} beyond", facts, Reason.FIELD_NOT_NECESSARY, beyond)


def rows_of_separate_consents() -> Iterator[Row]:
    rule: Rule
    for rule, aspect, reason, concerned in (
        (gate.sensitive_is_consented, "sensitive", Reason.SENSITIVE_NOT_CONSENTED, (ALLERGIES,)),
        (gate.abroad_is_consented, "abroad", Reason.ABROAD_NOT_CONSENTED, ALL),
        (gate.action_is_consented, "sell", Reason.ACTION_NOT_CONSENTED, ALL),
    ):
        base = ON_EVERY_CONSENT
        yield Row(rule, "none", without(base, aspect), reason, concerned)
        for state in (state for state in State if state not in LIVE):
            yield Row(rule, state, consented(base, aspect, state=state.value), reason, concerned)
        for way, change in (
            ("no such state", {"state": "NoSuchState"}),
            ("runs out now", {"expires_at": AT}),
            ("its text names another action", {"actions": frozenset({"share"})}),
            ("its text names home alone", {"countries": frozenset({HOME})}),
        ):
            yield Row(rule, way, consented(base, aspect, **change), reason, concerned)
        beyond = concerned[-1:]
        narrower = consented(base, aspect, fields=frozenset(ALL) - set(beyond))
        yield Row(rule, "its text lacks a field", narrower, reason, beyond)
    for action in ("rent", "trade"):
        facts = engaged(replace(ON_CONSENT, action=action), actions=frozenset({action}))
        facts = consented(facts, actions=frozenset({action}))
        yield Row(gate.action_is_consented, action, facts, Reason.ACTION_NOT_CONSENTED, PLAIN)
    service = replace(ON_SERVICE, fields=ALL, elements=ON_EVERY_CONSENT.elements)
    yield Row(gate.sensitive_is_consented, "a service", service, Reason.SENSITIVE_NOT_CONSENTED, (ALLERGIES,))
    sold = replace(ON_SERVICE, action="sell")
    yield Row(gate.action_is_consented, "a service", sold, Reason.ACTION_NOT_CONSENTED, PLAIN)


ROWS = list(rows())


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_rule_denies_what_it_is_about_for_its_one_reason(row: Row) -> None:
    decision = decide(row.facts, at=AT)
    assert row.rule(row.facts, AT) == (row.reason, row.fields)
    assert decision.reasons == ((row.reason, row.fields),)
    assert decision.fields == {
        field: Outcome.DENY if field in row.fields else Outcome.PERMIT for field in row.facts.fields
    }
    partly = any(field not in row.fields for field in row.facts.fields)
    assert decision.outcome is (Outcome.PERMIT if partly else Outcome.DENY)
    assert (decision.obligations is not None) is partly


@pytest.mark.clause("PRE-1")
def test_no_rule_is_forgotten_here() -> None:
    assert {row.rule for row in ROWS} == set(RULES)
    assert len(set(RULES)) == len(RULES)


@pytest.mark.clause("PRE-1")
def test_no_reason_is_forgotten_here() -> None:
    """NOT_AVAILABLE is none of the gate's: it stands for the others, where they may not be told."""
    assert {row.reason for row in ROWS} == set(Reason) - {Reason.NOT_AVAILABLE}


@pytest.mark.clause("PRE-1")
def test_each_reason_has_a_code_of_its_own_words_and_a_clause_of_the_policy() -> None:
    text = (Path(consent.__file__).parent / "texts" / "policy-1.en.md").read_text(encoding="utf-8")
    clauses = set(re.findall(r"^### ([A-Z]{3}-[0-9a-z]) ", text, re.MULTILINE))
    assert {reason.clause for reason in Reason} | {ground.clause for ground in Ground} <= clauses
    assert len({reason.code for reason in Reason}) == len({reason.message for reason in Reason}) == len(Reason)


# -- what is permitted ------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
@pytest.mark.clause("DIS-b")
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(ON_CONSENT, id="a consent"),
        pytest.param(ON_SERVICE, id="an open service"),
        pytest.param(ON_EVERY_CONSENT, id="every separate consent"),
        pytest.param(consented(ON_CONSENT, state="RenewedConsentGiven"), id="a renewed consent"),
        pytest.param(consented(ON_CONSENT, expires_at=JUST_AFTER), id="a consent that runs out in a moment"),
        pytest.param(engaged(ON_CONSENT, valid_from=AT), id="an engagement that begins now"),
        pytest.param(engaged(ON_CONSENT, valid_until=JUST_AFTER), id="an engagement that ends in a moment"),
        pytest.param(engaged(ON_CONSENT, ended_at=JUST_AFTER), id="an engagement that will have ended in a moment"),
        pytest.param(replace(ON_SERVICE, countries=(HOME, ABROAD)), id="a service abroad, with its mechanism"),
        pytest.param(replace(ON_SERVICE, consents={"base": replace(GIVEN, state="ConsentWithdrawn")}), id="a service"),
    ],
)
def test_what_no_rule_denies_is_permitted_in_whole(facts: Facts) -> None:
    decision = decide(facts, at=AT)
    assert (decision.outcome, decision.reasons) == (Outcome.PERMIT, ())
    assert decision.permitted == facts.fields
    assert (decision.ground, decision.clause, decision.policy_version, decision.at) == (
        facts.ground,
        facts.ground.clause,
        facts.policy_version,
        AT,
    )


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("state", State)
def test_of_the_states_of_a_consent_only_given_and_renewed_permit(state: State) -> None:
    decision = decide(consented(ON_CONSENT, state=state.value), at=AT)
    assert (decision.outcome is Outcome.PERMIT) is (state in {State.GIVEN, State.RENEWED}) is (state in LIVE)


@pytest.mark.clause("USE-a")
@pytest.mark.parametrize("action", Action)
def test_each_of_the_five_actions_is_decided_for_itself(action: Action) -> None:
    named = frozenset({action.value})
    facts = engaged(consented(replace(ON_CONSENT, action=action.value), actions=named), actions=named)
    separate = replace(facts, consents={**facts.consents, action.value: replace(GIVEN, actions=named)})
    assert decide(separate, at=AT).outcome is Outcome.PERMIT
    needs_its_own = action in {Action.SELL, Action.RENT, Action.TRADE}
    assert decide(facts, at=AT).outcome is (Outcome.DENY if needs_its_own else Outcome.PERMIT)
    assert set(Action) == ACTIONS


@pytest.mark.clause("DIS-c")
@pytest.mark.clause("DIS-d")
@pytest.mark.clause("DIS-e")
@pytest.mark.clause("DIS-f")
@pytest.mark.clause("DIS-g")
@pytest.mark.parametrize("ground", REVIEWED)
def test_the_other_five_grounds_are_refused_however_much_is_allowed(ground: Ground) -> None:
    decision = decide(replace(ON_EVERY_CONSENT, ground=ground, service=SERVICE), at=AT)
    assert decision.outcome is Outcome.DENY
    assert decision.reasons == ((Reason.GROUND_UNAVAILABLE, ALL),)
    assert decision.clause == f"DIS-{'cdefg'[list(Ground).index(ground) - 2]}"


@pytest.mark.clause("PRE-1")
def test_a_refusal_lists_every_reason_in_the_order_of_the_rules() -> None:
    worst = replace(
        ON_EVERY_CONSENT,
        action="publish",
        person_known=False,
        person_erased=True,
        person_frozen=True,
        purpose_basis=None,
        policy_version=None,
        elements={EMAIL: ElementFact(False, excluded=True), ALLERGIES: ElementFact(sensitive=True, excluded=False)},
        engagement=replace(
            ENGAGEMENT,
            valid_from=JUST_AFTER,
            ended_at=AT,
            purposes=frozenset(),
            fields=frozenset(),
            actions=frozenset(),
            countries={},
        ),
        consents={"base": replace(GIVEN, state="ConsentWithdrawn", fields=frozenset({EMAIL}), countries=frozenset())},
        request_refused=True,
        request_revoked=True,
    )
    assert decide(worst, at=AT).reasons == (
        (Reason.UNKNOWN_PERSON, ALL),
        (Reason.PERSON_ERASED, ALL),
        (Reason.PERSON_FROZEN, ALL),
        (Reason.UNKNOWN_PURPOSE, ALL),
        (Reason.PUBLIC_RELEASE, ALL),
        (Reason.NO_POLICY, ALL),
        (Reason.UNKNOWN_FIELD, (PHONE,)),
        (Reason.EXCLUDED_FIELD, (EMAIL,)),
        (Reason.REQUEST_REFUSED, ALL),
        (Reason.DISCLOSURE_REVOKED, ALL),
        (Reason.ENGAGEMENT_NOT_BEGUN, ALL),
        (Reason.ENGAGEMENT_ENDED, ALL),
        (Reason.PURPOSE_NOT_ENGAGED, ALL),
        (Reason.FIELD_NOT_ENGAGED, ALL),
        (Reason.ACTION_NOT_ENGAGED, ALL),
        (Reason.COUNTRY_NOT_ENGAGED, ALL),
        (Reason.NO_TRANSFER_MECHANISM, ALL),
        (Reason.CONSENT_WITHDRAWN, ALL),
        (Reason.TEXT_NOT_COVERING_FIELD, (PHONE, ALLERGIES)),
        (Reason.TEXT_NOT_COVERING_ACTION, ALL),
        (Reason.TEXT_NOT_COVERING_COUNTRY, ALL),
        (Reason.SENSITIVE_NOT_CONSENTED, (ALLERGIES,)),
        (Reason.ABROAD_NOT_CONSENTED, ALL),
    )


@pytest.mark.clause("PRE-1")
def test_fields_that_fall_to_different_rules_leave_the_rest_permitted() -> None:
    facts = consented(without(ON_EVERY_CONSENT, "sensitive"), fields=frozenset({EMAIL, ALLERGIES}))
    decision = decide(facts, at=AT)
    assert decision.fields == {EMAIL: Outcome.PERMIT, PHONE: Outcome.DENY, ALLERGIES: Outcome.DENY}
    assert decision.reasons == (
        (Reason.TEXT_NOT_COVERING_FIELD, (PHONE,)),
        (Reason.SENSITIVE_NOT_CONSENTED, (ALLERGIES,)),
    )
    assert (decision.outcome, decision.permitted) == (Outcome.PERMIT, (EMAIL,))


# -- what comes with a permit -------------------------------------------------------------------------


@pytest.mark.clause("USE-a")
@pytest.mark.parametrize(
    ("facts", "until"),
    [
        (ON_CONSENT, None),
        (consented(ON_CONSENT, expires_at=SOON), SOON),
        (consented(engaged(ON_CONSENT, valid_until=JUST_AFTER), expires_at=SOON), JUST_AFTER),
        (engaged(ON_CONSENT, valid_until=SOON, ended_at=JUST_AFTER), JUST_AFTER),
        (engaged(ON_SERVICE, valid_until=SOON), SOON),
        (consented(ON_EVERY_CONSENT, "sensitive", expires_at=SOON), SOON),
        (consented(ON_EVERY_CONSENT, "abroad", expires_at=SOON), SOON),
        (consented(ON_EVERY_CONSENT, "sell", expires_at=SOON), SOON),
        (replace(consented(ON_EVERY_CONSENT, "sensitive", expires_at=SOON), fields=PLAIN), None),
        (replace(ON_SERVICE, consents={"base": replace(GIVEN, expires_at=SOON)}), None),
    ],
)
def test_data_may_be_used_until_the_first_of_what_permits_it_runs_out(facts: Facts, until: object) -> None:
    obligations = decide(facts, at=AT).obligations
    assert obligations is not None
    assert obligations.valid_until == until
    assert obligations.delete_at_end


@pytest.mark.clause("STO-2")
def test_the_mechanisms_of_a_transfer_come_with_it() -> None:
    facts = engaged(
        replace(ON_SERVICE, countries=(HOME, ABROAD, "DE", "NZ")),
        countries={HOME: "", ABROAD: "standard_contract", "DE": "certification", "NZ": "standard_contract", "US": "x"},
    )
    obligations = decide(facts, at=AT).obligations
    assert obligations is not None
    assert obligations.transfer_mechanisms == ("certification", "standard_contract")


# -- who is told ------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
@pytest.mark.clause("SEC-b")
def test_staff_alone_learn_that_a_person_is_unknown_erased_or_frozen() -> None:
    assert {reason for reason in Reason if reason.audience is Audience.STAFF} == {
        Reason.UNKNOWN_PERSON,
        Reason.PERSON_ERASED,
        Reason.PERSON_FROZEN,
        Reason.NO_POLICY,
    }


NOTHING_AVAILABLE = ((Reason.NOT_AVAILABLE, PLAIN),)
REFUSED: Denial = (Reason.CONSENT_REFUSED, PLAIN)
FROZEN: Denial = (Reason.PERSON_FROZEN, PLAIN)


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(
    ("reasons", "related", "told"),
    [
        ((REFUSED,), True, (REFUSED,)),
        ((REFUSED,), False, NOTHING_AVAILABLE),
        ((FROZEN,), True, NOTHING_AVAILABLE),
        ((REFUSED, FROZEN), True, NOTHING_AVAILABLE),
        ((FROZEN,), False, NOTHING_AVAILABLE),
        ((), True, ()),
    ],
)
def test_a_partner_hears_reasons_about_its_own_people_only_and_never_of_a_freeze(
    reasons: tuple[Denial, ...], related: bool, told: tuple[Denial, ...]
) -> None:
    assert reasons_for_partner(reasons, related=related, fields=PLAIN) == told
