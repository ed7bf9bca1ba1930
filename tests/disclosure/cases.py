"""Facts that permit, from which the tests of the gate take something away: one case a ground, and one with all that needs a consent of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from disclosure.gate import ConsentFact, ElementFact, EngagementFact, Facts, Ground, ServiceFact

AT = datetime(2026, 5, 3, 12, tzinfo=UTC)
SOON, JUST_AFTER, JUST_BEFORE = (
    AT + timedelta(**{unit: n}) for unit, n in [("days", 9), ("microseconds", 1), ("microseconds", -1)]
)

EMAIL, PHONE, ALLERGIES = "contact.email", "contact.phone", "health.allergies"
PLAIN = (EMAIL, PHONE)
ALL = (EMAIL, PHONE, ALLERGIES)
HOME, ABROAD = "CN", "SG"

ENGAGEMENT = EngagementFact(
    role="third_party",
    valid_from=AT - timedelta(days=30),
    valid_until=None,
    ended_at=None,
    purposes=frozenset({"updates"}),
    fields=frozenset(ALL),
    actions=frozenset({"share", "sell"}),
    countries={HOME: "", ABROAD: "standard_contract"},
)
GIVEN = ConsentFact(
    state="ConsentGiven",
    expires_at=None,
    text_version=1,
    fields=frozenset(ALL),
    actions=frozenset({"share", "sell"}),
    countries=frozenset({HOME, ABROAD}),
)
SERVICE = ServiceFact(is_open=True, necessary=frozenset(ALL))

ON_CONSENT = Facts(
    ground=Ground.CONSENT,
    purpose="updates",
    action="share",
    fields=PLAIN,
    countries=(HOME,),
    home_country=HOME,
    policy_version=1,
    person_known=True,
    person_erased=False,
    person_frozen=False,
    related=True,
    purpose_basis="consent",
    elements={EMAIL: ElementFact(False, False), PHONE: ElementFact(False, False)},
    engagement=ENGAGEMENT,
    consents={"base": GIVEN},
    service=None,
)
ON_SERVICE = replace(ON_CONSENT, ground=Ground.SERVICE_REQUEST, purpose_basis="contract", consents={}, service=SERVICE)
# Selling sensitive data abroad: whatever the law wants allowed separately is allowed.
ON_EVERY_CONSENT = replace(
    ON_CONSENT,
    action="sell",
    fields=ALL,
    countries=(HOME, ABROAD),
    elements={**ON_CONSENT.elements, ALLERGIES: ElementFact(sensitive=True, excluded=False)},
    consents=dict.fromkeys(("base", "sensitive", "abroad", "sell"), GIVEN),
)


def engaged(facts: Facts, **changes: Any) -> Facts:
    """The facts with another engagement than theirs."""
    assert facts.engagement is not None
    return replace(facts, engagement=replace(facts.engagement, **changes))


def consented(facts: Facts, aspect: str = "base", **changes: Any) -> Facts:
    """The facts with another consent of this aspect than theirs."""
    return replace(facts, consents={**facts.consents, aspect: replace(facts.consents[aspect], **changes)})


def without(facts: Facts, aspect: str) -> Facts:
    """The facts without a consent of this aspect."""
    return replace(facts, consents={key: consent for key, consent in facts.consents.items() if key != aspect})
