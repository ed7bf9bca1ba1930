"""What holds of the gate whatever the facts are."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, find, given, settings
from hypothesis import strategies as st

from consent.states import State
from disclosure.gate import (
    Audience,
    ConsentFact,
    ElementFact,
    EngagementFact,
    Facts,
    Ground,
    Outcome,
    Reason,
    ServiceFact,
    decide,
    reasons_for_partner,
)
from disclosure.records import decision_to_json, facts_from_json, facts_to_json, for_partner, replay, tells_of_person
from privacy_app.ledger.canonical import canonical_json, check
from tests.disclosure.cases import AT, HOME, JUST_AFTER, JUST_BEFORE

FIELDS = ("contact.email", "contact.phone", "health.allergies", "identity.name")
COUNTRIES = (HOME, "SG", "DE")
ASPECTS = ("base", "sensitive", "abroad", "sell", "rent", "trade")
SEPARATE = ("sell", "rent", "trade")
ACTIONS_AND_OTHERS = ("provide", "share", *SEPARATE, "publish", "lend")
LONG_AGO, LONG_HENCE = AT - timedelta(days=400), AT + timedelta(days=400)


# -- any facts --------------------------------------------------------------------------------------
# Everything is allowed, but for what some deviations take away: of facts that are random throughout, next to none would
# permit, and every property would hold of nothing.

Change = Callable[[Facts], Facts]

EVERYTHING = Facts(
    ground=Ground.CONSENT,
    purpose="updates",
    action="share",
    fields=FIELDS,
    countries=(HOME,),
    home_country=HOME,
    policy_version=1,
    person_known=True,
    person_erased=False,
    person_frozen=False,
    related=True,
    purpose_basis="consent",
    elements={field: ElementFact(sensitive=field == "health.allergies", excluded=False) for field in FIELDS},
    engagement=EngagementFact(
        role="third_party",
        valid_from=LONG_AGO,
        valid_until=None,
        ended_at=None,
        purposes=frozenset({"updates", "other"}),
        fields=frozenset(FIELDS),
        actions=frozenset(ACTIONS_AND_OTHERS),
        countries={HOME: "", "SG": "standard_contract", "DE": "adequacy"},
    ),
    consents=dict.fromkeys(
        ASPECTS,
        ConsentFact(
            state="ConsentGiven",
            expires_at=None,
            text_version=1,
            fields=frozenset(FIELDS),
            actions=frozenset(ACTIONS_AND_OTHERS),
            countries=frozenset(COUNTRIES),
        ),
    ),
    service=ServiceFact(is_open=True, necessary=frozenset(FIELDS)),
)


def on_facts(**changes: Any) -> Change:
    return lambda facts: replace(facts, **changes)


def on_engagement(**changes: Any) -> Change:
    return lambda facts: replace(facts, engagement=replace(facts.engagement, **changes)) if facts.engagement else facts


def on_service(**changes: Any) -> Change:
    return lambda facts: replace(facts, service=replace(facts.service, **changes)) if facts.service else facts


def on_consents(*aspects: str, **changes: Any) -> Change:
    return lambda facts: replace(
        facts,
        consents={
            aspect: replace(consent, **changes) if aspect in aspects else consent
            for aspect, consent in facts.consents.items()
        },
    )


def on_elements(*fields: str, **changes: Any) -> Change:
    return lambda facts: replace(
        facts,
        elements={
            field: replace(element, **changes) if field in fields else element
            for field, element in facts.elements.items()
        },
    )


def without_consents(*aspects: str) -> Change:
    return lambda facts: replace(
        facts, consents={aspect: consent for aspect, consent in facts.consents.items() if aspect not in aspects}
    )


def without_elements(*fields: str) -> Change:
    return lambda facts: replace(
        facts, elements={field: element for field, element in facts.elements.items() if field not in fields}
    )


def narrower(part: str, aspect: str | None) -> Change:
    """A text of this aspect, or the engagement, that names one thing less of what is asked."""

    def change(facts: Facts) -> Facts:
        lost = {"field": facts.fields[:1], "action": (facts.action,), "country": facts.countries[-1:]}[part]
        kept = frozenset({*FIELDS, *COUNTRIES, *ACTIONS_AND_OTHERS}).difference(lost)
        if aspect is not None:
            return on_consents(aspect, fields=kept, actions=kept, countries=kept)(facts)
        countries = facts.engagement.countries if facts.engagement else {}
        left = {country: mechanism for country, mechanism in countries.items() if country in kept}
        return on_engagement(fields=kept, actions=kept, countries=left)(facts)

    return change


def deviations() -> Iterator[tuple[str, str, Change]]:
    """What can be otherwise, one thing at a time: what it is about, how it is, and the change that makes it so."""
    for name, values in {
        "policy_version": (None, 0, 7),
        "person_known": (False,),
        "person_erased": (True,),
        "person_frozen": (True,),
        "related": (False,),
        "action": ("publish", "lend", ""),
        "fields": ((),),
        "countries": ((), ("US",), (HOME, "US")),
        "purpose": ("other", "none such"),
        "purpose_basis": (None, "", "consent", "contract", "law"),
        "engagement": (None,),
        "service": (None,),
        "request_refused": (True,),
        "request_revoked": (True,),
        "ground": list(Ground),
    }.items():
        for value in values:
            yield name, f"={value}", on_facts(**{name: value})
    for name in ("valid_from", "valid_until", "ended_at"):
        for at in (LONG_AGO, JUST_BEFORE, AT, JUST_AFTER, LONG_HENCE):
            yield f"engagement {name}", f"={at}", on_engagement(**{name: at})
    yield "engagement purposes", "none", on_engagement(purposes=frozenset())
    yield "engagement countries", "none", on_engagement(countries={})
    yield "engagement mechanisms", "none", on_engagement(countries=dict.fromkeys(COUNTRIES, ""))
    yield "service", "closed", on_service(is_open=False)
    for field in FIELDS:
        yield "necessary", f"without {field}", on_service(necessary=frozenset(FIELDS) - {field})
        yield "element", f"{field} unknown", without_elements(field)
        yield "element", f"{field} excluded", on_elements(field, excluded=True)
        for sensitive in (True, False):
            yield "sensitive", f"{field}={sensitive}", on_elements(field, sensitive=sensitive)
    for part in ("field", "action", "country"):
        yield f"engaged {part}", "one less", narrower(part, None)
    for aspect in ASPECTS:
        yield f"{aspect} state", "none", without_consents(aspect)
        for state in (*State, "NoSuchState", ""):
            yield f"{aspect} state", f"={state}", on_consents(aspect, state=str(state))
        for at in (LONG_AGO, JUST_BEFORE, AT, JUST_AFTER, LONG_HENCE):
            yield f"{aspect} expires_at", f"={at}", on_consents(aspect, expires_at=at)
        for part in ("field", "action", "country"):
            yield f"{aspect} text", f"one {part} less", narrower(part, aspect)


DEVIATIONS: dict[str, dict[str, Change]] = {}
for about, how, deviation in deviations():
    DEVIATIONS.setdefault(about, {})[how] = deviation


def deviating(
    ground: Ground, action: str, fields: list[str], countries: list[str], names: list[tuple[str, str]]
) -> Facts:
    facts = replace(
        EVERYTHING,
        ground=ground,
        action=action,
        fields=tuple(fields),
        countries=tuple(countries),
        purpose_basis="contract" if ground is Ground.SERVICE_REQUEST else "consent",
    )
    facts = without_elements(*(field for field in FIELDS if field not in fields))(facts)
    for about, how in names:
        facts = DEVIATIONS[about][how](facts)
    return facts


def one_of_each(about: str) -> st.SearchStrategy[tuple[str, str]]:
    return st.tuples(st.just(about), st.sampled_from(list(DEVIATIONS[about])))


any_facts = st.builds(
    deviating,
    ground=st.sampled_from([Ground.CONSENT, Ground.SERVICE_REQUEST]),
    action=st.sampled_from(["share", "share", "provide", *SEPARATE]),
    fields=st.lists(st.sampled_from(FIELDS), unique=True, min_size=1),
    countries=st.just([HOME]) | st.lists(st.sampled_from(COUNTRIES), unique=True, min_size=1),
    names=st.lists(st.sampled_from(list(DEVIATIONS)).flatmap(one_of_each), max_size=4),
)


def permitted(facts: Facts, at: datetime = AT) -> set[str]:
    return set(decide(facts, at=at).permitted)


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("ground", [Ground.CONSENT, Ground.SERVICE_REQUEST])
def test_the_facts_drawn_here_do_permit_at_times(ground: Ground) -> None:
    """Otherwise what follows would hold of nothing."""
    found = find(any_facts, lambda facts: facts.ground is ground and len(permitted(facts)) > 1)
    assert decide(found, at=AT).outcome is Outcome.PERMIT


# -- a permit and what it needs ----------------------------------------------------------------------


def is_live(consent: ConsentFact | None) -> bool:
    return (
        consent is not None
        and consent.state in ("ConsentGiven", "RenewedConsentGiven")
        and (consent.expires_at is None or consent.expires_at > AT)
    )


def allows(facts: Facts, aspect: str, field: str, *, countries: tuple[str, ...] | None = None) -> bool:
    """A live consent of this aspect whose own text names the field, the action and the countries."""
    consent = facts.consents.get(aspect)
    wanted = facts.countries if countries is None else countries
    return (
        consent is not None
        and is_live(consent)
        and field in consent.fields
        and facts.action in consent.actions
        and consent.countries.issuperset(wanted)
    )


def must_hold(facts: Facts, field: str) -> Mapping[str, bool]:
    """The policy once more, told from the permitted field's side."""
    engagement, element = facts.engagement, facts.elements.get(field)
    abroad = tuple(country for country in facts.countries if country != facts.home_country)
    on_consent, on_service = facts.ground is Ground.CONSENT, facts.ground is Ground.SERVICE_REQUEST
    return {
        "the person is known, neither erased nor frozen": facts.person_known
        and not facts.person_erased
        and not facts.person_frozen,
        "a policy is in force": bool(facts.policy_version),
        "the request was not refused": not facts.request_refused,
        "and not revoked": not facts.request_revoked,
        "the action is one of the five": facts.action in {"provide", "sell", "rent", "share", "trade"},
        "the element is known and governed": element is not None and not element.excluded,
        "the engagement is in force": engagement is not None
        and engagement.valid_from <= AT
        and (engagement.valid_until is None or engagement.valid_until > AT)
        and (engagement.ended_at is None or engagement.ended_at > AT),
        "the engagement covers it": engagement is not None
        and facts.purpose in engagement.purposes
        and field in engagement.fields
        and facts.action in engagement.actions
        and bool(facts.countries)
        and set(facts.countries) <= set(engagement.countries),
        "each transfer has its mechanism": engagement is not None
        and all(engagement.countries.get(country) for country in abroad),
        "there is a ground": (on_consent and facts.purpose_basis == "consent" and allows(facts, "base", field))
        or (
            on_service
            and facts.purpose_basis == "contract"
            and facts.service is not None
            and facts.service.is_open
            and field in facts.service.necessary
        ),
        "sensitive data is allowed for itself": element is None
        or not element.sensitive
        or allows(facts, "sensitive", field),
        "going abroad is allowed for itself": not on_consent
        or not abroad
        or allows(facts, "abroad", field, countries=abroad),
        "selling, renting, trading is allowed for itself": facts.action not in SEPARATE
        or allows(facts, facts.action, field),
    }


@pytest.mark.clause("PRE-1")
@pytest.mark.clause("DIS-a")
@pytest.mark.clause("DIS-b")
@settings(max_examples=1500)
@given(any_facts)
def test_a_field_is_permitted_exactly_where_all_holds_that_must(facts: Facts) -> None:
    decision = decide(facts, at=AT)
    assert set(decision.fields) == set(facts.fields)
    for field, outcome in decision.fields.items():
        missing = [what for what, holds in must_hold(facts, field).items() if not holds]
        assert (outcome is Outcome.DENY) is bool(missing), (field, missing)


@pytest.mark.clause("DIS-a")
@pytest.mark.clause("DIS-b")
@given(any_facts)
def test_nothing_is_permitted_without_a_live_consent_or_an_open_service_whatever_the_facts(facts: Facts) -> None:
    for field in permitted(facts):
        consent, service = facts.consents.get("base"), facts.service
        rests_on_consent = is_live(consent) and consent is not None and field in consent.fields
        rests_on_service = service is not None and service.is_open and field in service.necessary
        assert rests_on_consent if facts.ground is Ground.CONSENT else rests_on_service


@pytest.mark.clause("PRE-1")
@given(any_facts)
def test_the_whole_is_a_permit_if_any_field_is_and_each_denied_field_has_a_reason(facts: Facts) -> None:
    decision = decide(facts, at=AT)
    assert (decision.outcome is Outcome.PERMIT) is bool(decision.permitted)
    assert {field for _, fields in decision.reasons for field in fields} == set(facts.fields) - set(decision.permitted)
    assert bool(decision.reasons) or decision.permitted == facts.fields != ()


# -- taking away never gives ---------------------------------------------------------------------------


def both(*changes: Change) -> Change:
    def change(facts: Facts) -> Facts:
        for each in changes:
            facts = each(facts)
        return facts

    return change


# What forbids everything, whatever else is allowed.
FORBIDDING: dict[str, Change] = {
    "an unknown person": on_facts(person_known=False),
    "an erased person": on_facts(person_erased=True),
    "a frozen person": on_facts(person_frozen=True),
    "an unknown purpose": on_facts(purpose_basis=None),
    "no policy in force": on_facts(policy_version=None),
    "a refused request": on_facts(request_refused=True),
    "a revoked request": on_facts(request_revoked=True),
    "public release": on_facts(action="publish"),
    "an action that is none of the five": on_facts(action="lend"),
    "a ground that is reviewed": on_facts(ground=Ground.LEGAL_INSTRUMENT),
    "no country": on_facts(countries=()),
    "a country that nothing covers": on_facts(countries=("AQ",)),
    "unknown fields": without_elements(*FIELDS),
    "excluded fields": on_elements(*FIELDS, excluded=True),
    "no engagement": on_facts(engagement=None),
    "an engagement that begins in a moment": on_engagement(valid_from=JUST_AFTER),
    "an engagement that runs out now": on_engagement(valid_until=AT),
    "an engagement that is ended now": on_engagement(ended_at=AT),
    "a purpose outside the engagement": on_engagement(purposes=frozenset()),
    "fields outside the engagement": on_engagement(fields=frozenset()),
    "an action outside the engagement": on_engagement(actions=frozenset()),
    "countries outside the engagement": on_engagement(countries={}),
    "going abroad without a mechanism": both(on_facts(countries=("SG",)), on_engagement(countries={"SG": ""})),
    "going abroad without its consent": both(
        on_facts(countries=("SG",), ground=Ground.CONSENT), on_consents("abroad", state="ConsentWithdrawn")
    ),
    "sensitive data without its consent": both(
        on_elements(*FIELDS, sensitive=True), on_consents("sensitive", state="ConsentWithdrawn")
    ),
    **{
        f"to {action} without its consent": both(on_facts(action=action), on_consents(action, state="ConsentWithdrawn"))
        for action in SEPARATE
    },
    "neither consent nor service": both(without_consents(*ASPECTS), on_facts(service=None)),
    "a withdrawn consent and a closed service": both(
        on_consents("base", state="ConsentWithdrawn"), on_service(is_open=False)
    ),
}


def mechanisms_lapse(facts: Facts) -> Facts:
    """The countries stay, and nothing makes a transfer to them lawful any more."""
    countries = facts.engagement.countries if facts.engagement else ()
    return on_engagement(countries=dict.fromkeys(countries, ""))(facts)


# What happens to a person's permissions, a partner's engagement and their texts, and can only take away.
NARROWING: dict[str, Change] = {
    "the person is frozen": on_facts(person_frozen=True),
    "the person is erased": on_facts(person_erased=True, person_known=False),
    "the request is refused": on_facts(request_refused=True),
    "the request is revoked": on_facts(request_revoked=True),
    "the engagement is ended": on_engagement(ended_at=AT),
    "the engagement runs out": on_engagement(valid_until=AT),
    "the engagement is gone": on_facts(engagement=None),
    "the service is closed": on_service(is_open=False),
    "the service is gone": on_facts(service=None),
    "the mechanisms lapse": mechanisms_lapse,
    **{f"the {aspect} consent is withdrawn": on_consents(aspect, state="ConsentWithdrawn") for aspect in ASPECTS},
    **{f"the {aspect} consent runs out": on_consents(aspect, expires_at=AT) for aspect in ASPECTS},
    **{f"the {aspect} consent is gone": without_consents(aspect) for aspect in ASPECTS},
    **{f"{field} turns out sensitive": on_elements(field, sensitive=True) for field in FIELDS},
    **{f"{field} is excluded": on_elements(field, excluded=True) for field in FIELDS},
    **{f"{field} is struck from the registry": without_elements(field) for field in FIELDS},
}


# What can run out by itself.
ENDS: dict[str, Callable[[datetime], Change]] = {
    "engagement valid_until": lambda at: on_engagement(valid_until=at),
    "engagement ended_at": lambda at: on_engagement(ended_at=at),
    "base": lambda at: on_consents("base", expires_at=at),
    "sensitive": lambda at: on_consents("sensitive", expires_at=at),
    "abroad": lambda at: on_consents("abroad", expires_at=at),
    "sell": lambda at: on_consents("sell", expires_at=at),
}


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("forbidden", FORBIDDING)
@given(facts=any_facts)
def test_what_is_forbidden_is_forbidden_whatever_else_is_allowed(forbidden: str, facts: Facts) -> None:
    assert not permitted(FORBIDDING[forbidden](facts))


@pytest.mark.clause("PRE-2")
@given(any_facts, st.lists(st.sampled_from(list(NARROWING)), min_size=1, max_size=4))
def test_taking_something_away_never_turns_a_denial_into_a_permit(facts: Facts, happenings: list[str]) -> None:
    after = facts
    for happening in happenings:
        after = NARROWING[happening](after)
    assert permitted(after) <= permitted(facts)


@pytest.mark.clause("DIS-a")
@given(any_facts, st.sampled_from(ASPECTS), st.sampled_from([*FIELDS, *COUNTRIES, *ACTIONS_AND_OTHERS]))
def test_a_narrower_text_or_engagement_never_turns_a_denial_into_a_permit(facts: Facts, aspect: str, lost: str) -> None:
    consent = facts.consents.get(aspect)
    if consent is not None:
        narrower_text = on_consents(
            aspect,
            fields=consent.fields - {lost},
            actions=consent.actions - {lost},
            countries=consent.countries - {lost},
        )
        assert permitted(narrower_text(facts)) <= permitted(facts)
    if facts.engagement is not None:
        narrower_engagement = on_engagement(
            fields=facts.engagement.fields - {lost},
            actions=facts.engagement.actions - {lost},
            countries={key: mechanism for key, mechanism in facts.engagement.countries.items() if key != lost},
        )
        assert permitted(narrower_engagement(facts)) <= permitted(facts)


@pytest.mark.clause("USE-a")
@given(any_facts, st.sets(st.sampled_from(list(ENDS)), min_size=1), st.sampled_from([JUST_AFTER, LONG_HENCE]))
def test_what_is_permitted_stays_so_until_its_date_and_not_beyond(facts: Facts, ends: set[str], end: datetime) -> None:
    for name in sorted(ends):
        facts = ENDS[name](end)(facts)
    obligations = decide(facts, at=AT).obligations
    if obligations is None or obligations.valid_until is None:
        assert obligations is None or not ends & {"engagement valid_until", "engagement ended_at"}
        return
    last = obligations.valid_until - timedelta(microseconds=1)
    assert permitted(facts, max(last, AT)) >= permitted(facts)
    assert not permitted(facts, obligations.valid_until) >= permitted(facts)


# -- each field for itself --------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
@given(any_facts, st.sets(st.sampled_from(FIELDS), min_size=1))
def test_a_field_fares_the_same_whatever_is_asked_along_with_it(facts: Facts, kept: set[str]) -> None:
    fewer = replace(
        facts,
        fields=tuple(field for field in facts.fields if field in kept),
        elements={key: element for key, element in facts.elements.items() if key in kept},
    )
    assert permitted(fewer) == permitted(facts) & kept


@pytest.mark.clause("PRE-1")
@given(any_facts, st.randoms())
def test_the_order_in_which_things_are_named_changes_nothing(facts: Facts, random: Any) -> None:
    fields, countries = list(facts.fields), list(facts.countries)
    random.shuffle(fields)
    random.shuffle(countries)
    again = decide(replace(facts, fields=tuple(fields), countries=tuple(countries)), at=AT)
    decision = decide(facts, at=AT)
    assert again.fields == decision.fields
    assert [reason for reason, _ in again.reasons] == [reason for reason, _ in decision.reasons]
    assert again.obligations == decision.obligations


# -- what a partner hears ---------------------------------------------------------------------------------


@pytest.mark.clause("PRE-1")
@given(any_facts)
def test_a_partner_never_hears_what_is_for_staff_alone(facts: Facts) -> None:
    decision = decide(facts, at=AT)
    told = reasons_for_partner(decision.reasons, related=facts.related, fields=facts.fields)
    assert all(reason.audience is Audience.PARTNER for reason, _ in told)
    assert bool(told) is bool(decision.reasons)
    if not facts.related or any(reason.audience is Audience.STAFF for reason, _ in decision.reasons):
        assert told in ((), ((Reason.NOT_AVAILABLE, facts.fields),))
    else:
        assert told == decision.reasons


@pytest.mark.clause("PRE-1")
@given(any_facts)
def test_reasons_for_staff_alone_concern_every_field(facts: Facts) -> None:
    """Otherwise what is permitted beside them would tell of them."""
    for reason, fields in decide(facts, at=AT).reasons:
        assert reason.audience is Audience.PARTNER or fields == facts.fields


@pytest.mark.clause("PRE-1")
@given(any_facts, st.booleans(), st.booleans())
def test_nobody_is_found_out_by_asking_without_a_relation(facts: Facts, erased: bool, frozen: bool) -> None:
    """Without a relation there is neither consent nor service; then it shows in nothing whether there is a person."""
    assume(facts.fields)
    unknown = replace(facts, person_known=False, related=False, consents={}, service=None)
    known = replace(unknown, person_known=True, person_erased=erased, person_frozen=frozen)
    bodies = [decision_to_json(each, decide(each, at=AT), partner="p") for each in (unknown, known)]
    assert for_partner(bodies[0]) == for_partner(bodies[1])
    assert not any(tells_of_person(body) for body in bodies)
    frozen_friend = replace(facts, related=True, person_frozen=True)
    body = decision_to_json(frozen_friend, decide(frozen_friend, at=AT), partner="p")
    assert for_partner(body) == for_partner(bodies[0])


# -- what the ledger keeps ------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
@given(any_facts)
def test_recorded_facts_decide_again_as_they_did(facts: Facts) -> None:
    decision = decide(facts, at=AT)
    record = json.loads(canonical_json(facts_to_json(facts)))
    assert decide(facts_from_json(record), at=AT) == decision
    assert facts_to_json(facts_from_json(record)) == record


@pytest.mark.clause("PRE-2")
@given(any_facts)
def test_a_recorded_decision_is_canonical_and_can_be_replayed(facts: Facts) -> None:
    body = decision_to_json(facts, decide(facts, at=AT), partner="p")
    check(body)
    assert json.loads(canonical_json(body)) == body
    assert replay(body)


@pytest.mark.clause("PRE-2")
@given(any_facts, st.sampled_from(["outcome", "clause", "fields", "reasons", "obligations", "policy_version"]))
def test_a_record_that_says_otherwise_than_its_facts_is_found_out(facts: Facts, part: str) -> None:
    assume(facts.fields)
    body = decision_to_json(facts, decide(facts, at=AT), partner="p")
    forged: dict[str, Any] = {
        "outcome": "deny" if body["outcome"] == "permit" else "permit",
        "clause": "DIS-z",
        "fields": {field: "permit" if outcome == "deny" else "deny" for field, outcome in body["fields"].items()},
        "reasons": [*body["reasons"], {"code": "not_available", "fields": []}],
        "obligations": {"valid_until": "2099-01-01T00:00:00.000000Z"},
        "policy_version": 99,
    }
    assert not replay({**body, part: forged[part]})
