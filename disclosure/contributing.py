"""Whether what a partner contributes is accepted, item by item, and why not (COL-b).

What the partner may hear depends on its request and its engagements alone. Whatever has to do with the person is one
answer, so that nobody is found out by contributing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from disclosure.gate import Audience, Meaning, gettext_noop
from disclosure.models import Engagement
from users.models import Category, DataElement
from users.models.elements import LOGIN_ADDRESS
from users.services.items import Channel

EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Item:
    """A value that is offered. `obtained_at` is empty where the partner does not say."""

    field: str
    value: str
    obtained_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a partner gives: about whom (`kind` is `id`, `email` or `phone`), what, and how it came by it.

    Each field stands once. Parts of the channel that the partner does not name are empty.
    """

    subject_kind: str
    subject: str
    items: tuple[Item, ...]
    channel: Channel

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(item.field for item in self.items)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on. `elements` are those of the fields that the registry knows."""

    person_known: bool
    person_erased: bool
    person_frozen: bool
    related: bool
    engagements: Sequence[Engagement]
    elements: Mapping[str, DataElement]
    policy_version: int | None


class Refusal(Enum):
    """Why something is refused: its code, the clause that keeps, and what it says."""

    NOT_AVAILABLE = Meaning("not_available", "PRE-1", gettext_noop("Nothing can be contributed on this subject."))
    UNKNOWN_PERSON = Meaning("unknown_person", "PRE-1", gettext_noop("The person is not known."), Audience.STAFF)
    PERSON_ERASED = Meaning("person_erased", "PRE-1", gettext_noop("The person was erased."), Audience.STAFF)
    PERSON_FROZEN = Meaning(
        "person_frozen", "SEC-b", gettext_noop("Disclosures of this person are frozen."), Audience.STAFF
    )
    NOT_RELATED = Meaning(
        "not_related",
        "COL-b",
        gettext_noop("The partner has no relation with this person on record."),
        Audience.STAFF,
    )
    NO_POLICY = Meaning("no_policy", "PRE-3", gettext_noop("No policy version is in force."), Audience.STAFF)
    NO_CHANNEL = Meaning("no_channel", "COL-b", gettext_noop("The channel is not named."))
    NO_BASIS = Meaning("no_basis", "COL-b", gettext_noop("The legal basis is not named."))
    NO_EVIDENCE = Meaning("no_evidence", "COL-b", gettext_noop("There is no evidence that the channel is lawful."))
    NO_OBTAINED_AT = Meaning("no_obtained_at", "COL-b", gettext_noop("It is not said when this was obtained."))
    OBTAINED_IN_THE_FUTURE = Meaning(
        "obtained_in_the_future", "COL-b", gettext_noop("This cannot have been obtained in the future.")
    )
    OBTAINED_TOO_EARLY = Meaning(
        "obtained_too_early", "COL-b", gettext_noop("Nobody living can have obtained this so early.")
    )
    UNKNOWN_FIELD = Meaning("unknown_field", "PRE-1", gettext_noop("The field is not known."))
    EXCLUDED_FIELD = Meaning(
        "excluded_field", "COL-b", gettext_noop("What lies outside the policy is not taken from partners.")
    )
    RECORDED_FIELD = Meaning(
        "recorded_field", "COL-a", gettext_noop("What is recorded automatically is not taken from partners.")
    )
    LOGIN_ADDRESS = Meaning(
        "login_address", "SEC-a", gettext_noop("The address that people log in with is theirs alone to confirm.")
    )
    NO_ENGAGEMENT = Meaning("no_engagement", "USE-a", gettext_noop("There is no engagement with this partner."))
    ENGAGEMENT_NOT_BEGUN = Meaning("engagement_not_begun", "USE-a", gettext_noop("The engagement has not begun."))
    ENGAGEMENT_ENDED = Meaning("engagement_ended", "USE-a", gettext_noop("The engagement has ended."))
    FIELD_NOT_ENGAGED = Meaning(
        "field_not_engaged", "USE-a", gettext_noop("No engagement in force lets the partner contribute this field.")
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


Denial = tuple[Refusal, tuple[str, ...]]
"""Why, and the fields that it concerns."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Which fields are accepted, and every reason why others are not."""

    accepted: tuple[str, ...]
    reasons: tuple[Denial, ...]


def decide(offer: Offer, facts: Facts, *, at: datetime) -> Decision:
    """Decide, field by field: one is accepted if nothing speaks against it. Every reason is given."""
    reasons = tuple(
        (refusal, fields) for refusal, fields in (*_of_person(offer, facts), *_of_offer(offer, facts, at)) if fields
    )
    refused = {field for _, fields in reasons for field in fields}
    return Decision(tuple(field for field in offer.fields if field not in refused), reasons)


def _of_person(offer: Offer, facts: Facts) -> list[Denial]:
    """What has to do with the person, and with us: none of the partner's business."""
    against = {
        Refusal.UNKNOWN_PERSON: not facts.person_known,
        Refusal.PERSON_ERASED: facts.person_erased,
        Refusal.PERSON_FROZEN: facts.person_frozen,
        Refusal.NOT_RELATED: facts.person_known and not facts.related,
        Refusal.NO_POLICY: facts.policy_version is None,
    }
    return [(refusal, offer.fields) for refusal, holds in against.items() if holds]


def _of_offer(offer: Offer, facts: Facts, at: datetime) -> list[Denial]:
    """What has to do with the offer itself and with the partner's engagements."""
    channel = offer.channel
    missing = {
        Refusal.NO_CHANNEL: not channel.name,
        Refusal.NO_BASIS: not channel.basis,
        Refusal.NO_EVIDENCE: not channel.evidence,
    }
    times = {item.field: item.obtained_at for item in offer.items}
    told = {field: time for field, time in times.items() if time is not None}
    return [
        *((refusal, offer.fields) for refusal, is_missing in missing.items() if is_missing),
        (Refusal.NO_OBTAINED_AT, tuple(field for field in times if field not in told)),
        (Refusal.OBTAINED_IN_THE_FUTURE, tuple(field for field, time in told.items() if time > at)),
        (Refusal.OBTAINED_TOO_EARLY, tuple(field for field, time in told.items() if time.year < EARLIEST_YEAR)),
        (Refusal.UNKNOWN_FIELD, tuple(field for field in offer.fields if field not in facts.elements)),
        (Refusal.EXCLUDED_FIELD, _those(offer, facts, _is_outside_the_policy)),
        (Refusal.RECORDED_FIELD, _those(offer, facts, lambda element: element.category == Category.DEVICE)),
        (Refusal.LOGIN_ADDRESS, _those(offer, facts, lambda element: element.key == LOGIN_ADDRESS)),
        _of_engagements(offer, facts, at),
    ]


def _those(offer: Offer, facts: Facts, holds: Callable[[DataElement], bool]) -> tuple[str, ...]:
    return tuple(field for field in offer.fields if field in facts.elements and holds(facts.elements[field]))


def _is_outside_the_policy(element: DataElement) -> bool:
    return element.is_excluded or element.category == Category.ENFORCEMENT


def _of_engagements(offer: Offer, facts: Facts, at: datetime) -> Denial:
    """A field may be contributed under any engagement in force that names it for that."""
    if not facts.engagements:
        return Refusal.NO_ENGAGEMENT, offer.fields
    # What has ended has ended, also by another server's clock that is ahead of this one.
    open_ones = [
        engagement
        for engagement in facts.engagements
        if engagement.ended_at is None and (engagement.valid_until is None or engagement.valid_until > at)
    ]
    if not open_ones:
        return Refusal.ENGAGEMENT_ENDED, offer.fields
    in_force = [engagement for engagement in open_ones if engagement.valid_from <= at]
    if not in_force:
        return Refusal.ENGAGEMENT_NOT_BEGUN, offer.fields
    named = {field for engagement in in_force for field in engagement.contributes}
    return Refusal.FIELD_NOT_ENGAGED, tuple(field for field in offer.fields if field not in named)


def reasons_for_partner(reasons: Sequence[Denial], *, fields: Sequence[str]) -> list[Denial]:
    """The reasons a partner may hear: those that are none of its business are one, whichever they are."""
    told = [(refusal, named) for refusal, named in reasons if refusal.audience is Audience.PARTNER]
    if len(told) < len(reasons):
        told.insert(0, (Refusal.NOT_AVAILABLE, tuple(fields)))
    return told
