"""The gate: whether these fields of this person may go to this recipient, now, on this ground, and why (PRE-1).

Pure. `decide` looks at nothing but the facts it is handed and the time. Every rule is evaluated, so that a refusal
lists every reason; whatever is unknown or missing denies.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import NamedTuple

GATE_VERSION = 1


def gettext_noop(message: str) -> str:
    """Mark a message for translation; whoever shows it translates it."""
    return message


class Ground(StrEnum):
    """What a disclosure can rest on: DIS-a to DIS-g."""

    CONSENT = "consent"
    SERVICE_REQUEST = "service_request"
    LEGAL_INSTRUMENT = "legal_instrument"
    VIOLATION = "violation"
    IP_COMPLAINT = "ip_complaint"
    TRANSACTION = "transaction"
    OTHER_PROVISION = "other_provision"

    @property
    def clause(self) -> str:
        return _CLAUSES[self]


_CLAUSES = dict(zip(Ground, ("DIS-a", "DIS-b", "DIS-c", "DIS-d", "DIS-e", "DIS-f", "DIS-g"), strict=True))


class Outcome(StrEnum):
    PERMIT = "permit"
    REVIEW = "review"
    DENY = "deny"


class Audience(Enum):
    """Who may be told a reason."""

    PARTNER = "partner"
    STAFF = "staff"


class Meaning(NamedTuple):
    code: str
    clause: str
    message: str
    audience: Audience = Audience.PARTNER


class Reason(Enum):
    """Why something is denied: its code, the clause it keeps, and what it says."""

    NOT_AVAILABLE = Meaning("not_available", "PRE-1", gettext_noop("Nothing is available on this request."))
    UNKNOWN_PERSON = Meaning("unknown_person", "PRE-1", gettext_noop("The person is not known."), Audience.STAFF)
    PERSON_ERASED = Meaning("person_erased", "PRE-1", gettext_noop("The person was erased."), Audience.STAFF)
    PERSON_FROZEN = Meaning(
        "person_frozen", "SEC-b", gettext_noop("Disclosures of this person are frozen."), Audience.STAFF
    )
    UNKNOWN_PURPOSE = Meaning("unknown_purpose", "PRE-1", gettext_noop("The purpose is not known."))
    UNKNOWN_FIELD = Meaning("unknown_field", "PRE-1", gettext_noop("The field is not known."))
    UNKNOWN_ACTION = Meaning("unknown_action", "PRE-1", gettext_noop("The action is not known."))
    PUBLIC_RELEASE = Meaning("public_release", "PRE-2", gettext_noop("Personal data is never released to the public."))
    NOTHING_ASKED = Meaning("nothing_asked", "PRE-1", gettext_noop("No field was asked for."))
    NO_POLICY = Meaning("no_policy", "PRE-3", gettext_noop("No policy version is in force."), Audience.STAFF)
    EXCLUDED_FIELD = Meaning(
        "excluded_field",
        "PRE-2",
        gettext_noop("The field lies outside the policy and is not disclosed on this ground."),
    )
    NO_ENGAGEMENT = Meaning("no_engagement", "USE-a", gettext_noop("There is no engagement with this partner."))
    ENGAGEMENT_NOT_BEGUN = Meaning("engagement_not_begun", "USE-a", gettext_noop("The engagement has not begun."))
    ENGAGEMENT_ENDED = Meaning("engagement_ended", "USE-a", gettext_noop("The engagement has ended."))
    PURPOSE_NOT_ENGAGED = Meaning(
        "purpose_not_engaged", "USE-a", gettext_noop("The engagement does not cover this purpose.")
    )
    FIELD_NOT_ENGAGED = Meaning("field_not_engaged", "USE-a", gettext_noop("The engagement does not cover this field."))
    ACTION_NOT_ENGAGED = Meaning(
        "action_not_engaged", "USE-a", gettext_noop("The engagement does not cover this action.")
    )
    COUNTRY_NOT_ENGAGED = Meaning(
        "country_not_engaged", "STO-2", gettext_noop("The engagement does not cover this country.")
    )
    NO_TRANSFER_MECHANISM = Meaning(
        "no_transfer_mechanism", "STO-2", gettext_noop("No transfer mechanism covers this country.")
    )
    GROUND_UNAVAILABLE = Meaning("ground_unavailable", "PRE-1", gettext_noop("This ground cannot be claimed here."))
    BASIS_MISMATCH = Meaning("basis_mismatch", "PRE-1", gettext_noop("The purpose does not rest on this ground."))
    CONSENT_MISSING = Meaning("consent_missing", "DIS-a", gettext_noop("The person has not consented."))
    CONSENT_REFUSED = Meaning("consent_refused", "DIS-a", gettext_noop("The person refused."))
    CONSENT_WITHDRAWN = Meaning("consent_withdrawn", "DIS-a", gettext_noop("The person withdrew the consent."))
    CONSENT_ENDED = Meaning("consent_ended", "DIS-a", gettext_noop("The consent is no longer valid."))
    CONSENT_EXPIRED = Meaning("consent_expired", "DIS-a", gettext_noop("The consent has expired."))
    TEXT_NOT_COVERING_FIELD = Meaning(
        "text_not_covering_field",
        "DIS-a",
        gettext_noop("The consent does not cover this field."),
    )
    TEXT_NOT_COVERING_ACTION = Meaning(
        "text_not_covering_action",
        "DIS-a",
        gettext_noop("The consent does not cover this action."),
    )
    TEXT_NOT_COVERING_COUNTRY = Meaning(
        "text_not_covering_country",
        "DIS-a",
        gettext_noop("The consent does not cover this country."),
    )
    SENSITIVE_NOT_CONSENTED = Meaning(
        "sensitive_not_consented", "DIS-a", gettext_noop("Sensitive data needs a separate consent.")
    )
    ABROAD_NOT_CONSENTED = Meaning(
        "abroad_not_consented", "STO-2", gettext_noop("Going abroad needs a separate consent.")
    )
    ACTION_NOT_CONSENTED = Meaning(
        "action_not_consented", "USE-a", gettext_noop("Selling, renting or trading needs a separate consent.")
    )
    NO_SERVICE_REQUEST = Meaning(
        "no_service_request", "DIS-b", gettext_noop("There is no service request by this person with this partner.")
    )
    SERVICE_ENDED = Meaning("service_ended", "DIS-b", gettext_noop("The requested service has ended."))
    FIELD_NOT_NECESSARY = Meaning(
        "field_not_necessary", "DIS-b", gettext_noop("The field is not necessary for this kind of service.")
    )
    REQUEST_REFUSED = Meaning(
        "request_refused",
        "PRE-2",
        gettext_noop("This request was refused. Ask again: a later permission does not cure it."),
    )
    DISCLOSURE_REVOKED = Meaning(
        "disclosure_revoked",
        "PRE-2",
        gettext_noop("This disclosure was revoked. No later permission revives it."),
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

    @property
    def audience(self) -> Audience:
        return self.value.audience


Denial = tuple[Reason, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ElementFact:
    sensitive: bool
    excluded: bool


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """Where a consent stands, and what it covers: what the text it is bound to names, and every text after it."""

    state: str
    expires_at: datetime | None
    text_version: int
    fields: frozenset[str]
    actions: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class EngagementFact:
    """What a partner is engaged for. `countries` maps each country to its transfer mechanism, empty where none is needed."""

    role: str
    valid_from: datetime
    valid_until: datetime | None
    ended_at: datetime | None
    purposes: frozenset[str]
    fields: frozenset[str]
    actions: frozenset[str]
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ServiceFact:
    """A service request by the person with the partner: whether it is open, and the fields its kind needs."""

    is_open: bool
    necessary: frozenset[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision rests on. Holds no personal data; what could not be read is None or absent, and denies.

    `related`: partner and person have a relation on record. `countries`: from where the data would be accessed.
    `elements` holds the known ones among `fields`; `consents` is by aspect; `request_refused`: this is a read, and
    the request it belongs to was not permitted; `request_revoked`: it was, and was taken back since.
    """

    ground: Ground
    purpose: str
    action: str
    fields: tuple[str, ...]
    countries: tuple[str, ...]
    home_country: str
    policy_version: int | None
    person_known: bool
    person_erased: bool
    person_frozen: bool
    related: bool
    purpose_basis: str | None
    elements: Mapping[str, ElementFact]
    engagement: EngagementFact | None
    consents: Mapping[str, ConsentFact]
    service: ServiceFact | None
    request_refused: bool = False
    request_revoked: bool = False


class Obligations(NamedTuple):
    """What a recipient takes on with the data."""

    valid_until: datetime | None
    delete_at_end: bool
    transfer_mechanisms: tuple[str, ...]


class Decision(NamedTuple):
    outcome: Outcome
    ground: Ground
    fields: Mapping[str, Outcome]
    reasons: tuple[Denial, ...]
    obligations: Obligations | None
    policy_version: int | None
    at: datetime

    @property
    def clause(self) -> str:
        return self.ground.clause

    @property
    def permitted(self) -> tuple[str, ...]:
        return tuple([field for field, outcome in self.fields.items() if outcome is Outcome.PERMIT])


# To look a member of an enum up costs as much as a whole rule.
_CONSENT, _SERVICE_REQUEST = Ground.CONSENT, Ground.SERVICE_REQUEST
_PERMIT, _DENY = Outcome.PERMIT, Outcome.DENY

Rule = Callable[[Facts, datetime], "Denial | None"]

_LIVE = frozenset({"ConsentGiven", "RenewedConsentGiven"})
_STATE_REASONS = {
    "ConsentRefused": Reason.CONSENT_REFUSED,
    "ConsentWithdrawn": Reason.CONSENT_WITHDRAWN,
    "ConsentRevoked": Reason.CONSENT_ENDED,
    "ConsentInvalidated": Reason.CONSENT_ENDED,
    "ConsentExpired": Reason.CONSENT_EXPIRED,
}
ACTIONS = frozenset({"provide", "sell", "rent", "share", "trade"})
_SEPARATE_ACTIONS = frozenset({"sell", "rent", "trade"})
_PUBLIC_RELEASE = "publish"
AVAILABLE = frozenset({Ground.CONSENT, Ground.SERVICE_REQUEST})
_BASES = {Ground.CONSENT: "consent", Ground.SERVICE_REQUEST: "contract"}


def _is_live(consent: ConsentFact, at: datetime) -> bool:
    return consent.state in _LIVE and (consent.expires_at is None or at < consent.expires_at)


def _beyond(asked: Sequence[str], named: Container[str]) -> tuple[str, ...]:
    """What is asked and not named. Most often that is nothing, which costs no list here."""
    for one in asked:
        if one not in named:
            return tuple([each for each in asked if each not in named])
    return ()


def _abroad(facts: Facts) -> tuple[str, ...]:
    return _beyond(facts.countries, (facts.home_country,))


def _sensitive(facts: Facts) -> list[str]:
    elements = facts.elements
    return [field for field in facts.fields if field in elements and elements[field].sensitive]


def _beyond_separate(
    facts: Facts, aspect: str, at: datetime, *, fields: Sequence[str], countries: Sequence[str]
) -> tuple[str, ...]:
    """Those of the fields that the separate consent does not allow: it must be live, and its own text name what is asked."""
    consent = facts.consents.get(aspect)
    if (
        consent is None
        or not _is_live(consent, at)
        or facts.action not in consent.actions
        or not all([country in consent.countries for country in countries])
    ):
        return tuple(fields)
    return tuple([field for field in fields if field not in consent.fields])


# -- who and what ------------------------------------------------------------------------------


def something_is_asked(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.fields else (Reason.NOTHING_ASKED, ())


def person_is_known(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.person_known else (Reason.UNKNOWN_PERSON, facts.fields)


def person_is_not_erased(facts: Facts, at: datetime) -> Denial | None:
    return (Reason.PERSON_ERASED, facts.fields) if facts.person_erased else None


def person_is_not_frozen(facts: Facts, at: datetime) -> Denial | None:
    return (Reason.PERSON_FROZEN, facts.fields) if facts.person_frozen else None


def purpose_is_known(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.purpose_basis else (Reason.UNKNOWN_PURPOSE, facts.fields)


def action_is_possible(facts: Facts, at: datetime) -> Denial | None:
    """PRE-2: public release is an action of its own, always refused. So is whatever else is none of the five."""
    if facts.action in ACTIONS:
        return None
    return Reason.PUBLIC_RELEASE if facts.action == _PUBLIC_RELEASE else Reason.UNKNOWN_ACTION, facts.fields


def policy_is_in_force(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.policy_version else (Reason.NO_POLICY, facts.fields)


def fields_are_known(facts: Facts, at: datetime) -> Denial | None:
    unknown = _beyond(facts.fields, facts.elements)
    return (Reason.UNKNOWN_FIELD, unknown) if unknown else None


def fields_are_governed(facts: Facts, at: datetime) -> Denial | None:
    """EXC-a to EXC-c: excluded is never a permission to share."""
    elements = facts.elements
    excluded = tuple([field for field in facts.fields if field in elements and elements[field].excluded])
    return (Reason.EXCLUDED_FIELD, excluded) if excluded else None


def request_was_permitted(facts: Facts, at: datetime) -> Denial | None:
    """PRE-2: a later consent never cures an earlier refusal."""
    return (Reason.REQUEST_REFUSED, facts.fields) if facts.request_refused else None


def request_was_not_revoked(facts: Facts, at: datetime) -> Denial | None:
    """PRE-2: what staff took back stays taken back, whatever is consented to afterwards."""
    return (Reason.DISCLOSURE_REVOKED, facts.fields) if facts.request_revoked else None


# -- the engagement (USE-a, STO-2) ----------------------------------------------------------


def partner_is_engaged(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.engagement else (Reason.NO_ENGAGEMENT, facts.fields)


def engagement_has_begun(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    return (Reason.ENGAGEMENT_NOT_BEGUN, facts.fields) if engagement and at < engagement.valid_from else None


def engagement_has_not_ended(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    if engagement is None:
        return None
    for end in (engagement.valid_until, engagement.ended_at):
        if end is not None and end <= at:
            return Reason.ENGAGEMENT_ENDED, facts.fields
    return None


def engagement_covers_purpose(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    if engagement and facts.purpose not in engagement.purposes:
        return Reason.PURPOSE_NOT_ENGAGED, facts.fields
    return None


def engagement_covers_fields(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    if engagement is None:
        return None
    beyond = _beyond(facts.fields, engagement.fields)
    return (Reason.FIELD_NOT_ENGAGED, beyond) if beyond else None


def engagement_covers_action(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    if engagement and facts.action not in engagement.actions:
        return Reason.ACTION_NOT_ENGAGED, facts.fields
    return None


def engagement_covers_countries(facts: Facts, at: datetime) -> Denial | None:
    engagement = facts.engagement
    if engagement is None:
        return None
    if not facts.countries or _beyond(facts.countries, engagement.countries):
        return Reason.COUNTRY_NOT_ENGAGED, facts.fields
    return None


def transfer_has_mechanism(facts: Facts, at: datetime) -> Denial | None:
    """Viewing from abroad is a transfer: each country beyond the border needs a mechanism."""
    engagement = facts.engagement
    if engagement is None:
        return None
    for country in facts.countries:
        if country != facts.home_country and not engagement.countries.get(country):
            return Reason.NO_TRANSFER_MECHANISM, facts.fields
    return None


# -- the ground ---------------------------------------------------------------------------------


def ground_is_available(facts: Facts, at: datetime) -> Denial | None:
    return None if facts.ground in AVAILABLE else (Reason.GROUND_UNAVAILABLE, facts.fields)


def purpose_rests_on_ground(facts: Facts, at: datetime) -> Denial | None:
    expected = _BASES.get(facts.ground)
    if expected and facts.purpose_basis and facts.purpose_basis != expected:
        return Reason.BASIS_MISMATCH, facts.fields
    return None


def consent_is_live(facts: Facts, at: datetime) -> Denial | None:
    """DIS-a."""
    if facts.ground is not _CONSENT:
        return None
    consent = facts.consents.get("base")
    if consent is None:
        return Reason.CONSENT_MISSING, facts.fields
    if consent.state not in _LIVE:
        return _STATE_REASONS.get(consent.state, Reason.CONSENT_MISSING), facts.fields
    if consent.expires_at is not None and consent.expires_at <= at:
        return Reason.CONSENT_EXPIRED, facts.fields
    return None


def text_covers_fields(facts: Facts, at: datetime) -> Denial | None:
    consent = facts.consents.get("base") if facts.ground is _CONSENT else None
    if consent is None:
        return None
    beyond = _beyond(facts.fields, consent.fields)
    return (Reason.TEXT_NOT_COVERING_FIELD, beyond) if beyond else None


def text_covers_action(facts: Facts, at: datetime) -> Denial | None:
    consent = facts.consents.get("base") if facts.ground is _CONSENT else None
    if consent and facts.action not in consent.actions:
        return Reason.TEXT_NOT_COVERING_ACTION, facts.fields
    return None


def text_covers_countries(facts: Facts, at: datetime) -> Denial | None:
    consent = facts.consents.get("base") if facts.ground is _CONSENT else None
    if consent and _beyond(facts.countries, consent.countries):
        return Reason.TEXT_NOT_COVERING_COUNTRY, facts.fields
    return None


def service_is_requested(facts: Facts, at: datetime) -> Denial | None:
    """DIS-b."""
    if facts.ground is not _SERVICE_REQUEST:
        return None
    if facts.service is None:
        return Reason.NO_SERVICE_REQUEST, facts.fields
    return None if facts.service.is_open else (Reason.SERVICE_ENDED, facts.fields)


def fields_are_necessary(facts: Facts, at: datetime) -> Denial | None:
    """DIS-b: the fields declared necessary for that kind of service, and nothing beyond them."""
    if facts.ground is not _SERVICE_REQUEST or facts.service is None:
        return None
    beyond = _beyond(facts.fields, facts.service.necessary)
    return (Reason.FIELD_NOT_NECESSARY, beyond) if beyond else None


# -- what the law wants allowed separately ---------------------------------------------------
# What a separate consent covers is computed from the text it is bound to, which need not be the base consent's.


def sensitive_is_consented(facts: Facts, at: datetime) -> Denial | None:
    """PIPL 29: for sensitive data, whichever of the two grounds is claimed."""
    sensitive = _sensitive(facts)
    if not sensitive:
        return None
    beyond = _beyond_separate(facts, "sensitive", at, fields=sensitive, countries=facts.countries)
    return (Reason.SENSITIVE_NOT_CONSENTED, beyond) if beyond else None


def abroad_is_consented(facts: Facts, at: datetime) -> Denial | None:
    """PIPL 39: where consent is the ground."""
    if facts.ground is not _CONSENT:
        return None
    abroad = _abroad(facts)
    if not abroad:
        return None
    beyond = _beyond_separate(facts, "abroad", at, fields=facts.fields, countries=abroad)
    return (Reason.ABROAD_NOT_CONSENTED, beyond) if beyond else None


def action_is_consented(facts: Facts, at: datetime) -> Denial | None:
    """USE-a: selling, renting and trading are each allowed on their own."""
    if facts.action not in _SEPARATE_ACTIONS:
        return None
    beyond = _beyond_separate(facts, facts.action, at, fields=facts.fields, countries=facts.countries)
    return (Reason.ACTION_NOT_CONSENTED, beyond) if beyond else None


RULES: tuple[Rule, ...] = (
    something_is_asked,
    person_is_known,
    person_is_not_erased,
    person_is_not_frozen,
    purpose_is_known,
    action_is_possible,
    policy_is_in_force,
    fields_are_known,
    fields_are_governed,
    request_was_permitted,
    request_was_not_revoked,
    partner_is_engaged,
    engagement_has_begun,
    engagement_has_not_ended,
    engagement_covers_purpose,
    engagement_covers_fields,
    engagement_covers_action,
    engagement_covers_countries,
    transfer_has_mechanism,
    ground_is_available,
    purpose_rests_on_ground,
    consent_is_live,
    text_covers_fields,
    text_covers_action,
    text_covers_countries,
    service_is_requested,
    fields_are_necessary,
    sensitive_is_consented,
    abroad_is_consented,
    action_is_consented,
)


def decide(facts: Facts, *, at: datetime) -> Decision:
    """Decide, field by field. A field is permitted if no rule denies it; the whole is a permit if any field is."""
    reasons: list[Denial] = []
    denied: set[str] = set()
    for rule in RULES:
        denial = rule(facts, at)
        if denial is not None:
            reasons.append(denial)
            denied.update(denial[1])
    fields = dict.fromkeys(facts.fields, _PERMIT)
    permitted: Sequence[str] = facts.fields
    if denied:
        fields.update(dict.fromkeys(denied, _DENY))
        permitted = [field for field in fields if field not in denied]
    return Decision(
        outcome=_PERMIT if permitted else _DENY,
        ground=facts.ground,
        fields=fields,
        reasons=tuple(reasons),
        obligations=_obligations(facts, permitted) if permitted else None,
        policy_version=facts.policy_version,
        at=at,
    )


def _obligations(facts: Facts, permitted: Sequence[str]) -> Obligations:
    engagement = facts.engagement
    ends: list[datetime | None] = []
    for aspect in _aspects_relied_on(facts, permitted):
        consent = facts.consents.get(aspect)
        ends.append(consent.expires_at if consent else None)
    mechanisms: set[str] = set()
    if engagement:
        ends += (engagement.valid_until, engagement.ended_at)
        for country in facts.countries:
            mechanisms.add(engagement.countries[country])
        mechanisms.discard("")
    return Obligations(
        valid_until=min([end for end in ends if end is not None], default=None),
        delete_at_end=True,
        transfer_mechanisms=tuple(sorted(mechanisms)) if mechanisms else (),
    )


def _aspects_relied_on(facts: Facts, permitted: Sequence[str]) -> list[str]:
    """The consents on which a permit rests: when the first of them expires, so does what was permitted."""
    aspects = []
    if facts.ground is _CONSENT:
        aspects.append("base")
        if _abroad(facts):
            aspects.append("abroad")
    if any([facts.elements[field].sensitive for field in permitted]):
        aspects.append("sensitive")
    if facts.action in _SEPARATE_ACTIONS:
        aspects.append(facts.action)
    return aspects


def reasons_for_partner(reasons: Sequence[Denial], *, related: bool, fields: Sequence[str]) -> tuple[Denial, ...]:
    """The reasons a partner may hear.

    Where partner and person have no relation on record, or a reason is none of the partner's business, the only
    reason is that nothing is available: nobody is found out by asking.
    """
    if not reasons or (related and all(reason.audience is Audience.PARTNER for reason, _ in reasons)):
        return tuple(reasons)
    return ((Reason.NOT_AVAILABLE, tuple(fields)),)
