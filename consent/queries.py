"""Reads that pages and the API share."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet

from consent.models import (
    Acceptance,
    Agreement,
    Aspect,
    Basis,
    Consent,
    ConsentChange,
    Policy,
    Purpose,
    PurposeRecipient,
    PurposeText,
    PurposeVersion,
)
from consent.states import LIVE, State
from privacy_app.languages import current
from users.models import DataElement, Partner, User

PRODUCT_NEWS = "product-news"
"""The key of the purpose under which this website sends its own news (USE-c)."""

# What ends a use that is on by the policy.
_OBJECTED = frozenset({State.REFUSED, State.WITHDRAWN, State.REVOKED})


def policy_in_force(*, at: datetime) -> Policy | None:
    """The newest policy published by then."""
    return Policy.objects.filter(published_at__lte=at).order_by("-version").first()


def agreement_in_force(*, at: datetime) -> Agreement | None:
    """The newest agreement published by then, with the policy it pins."""
    return Agreement.objects.filter(published_at__lte=at).select_related("policy").order_by("-version").first()


def has_accepted(person: User) -> bool:
    """Whether the person has accepted any version of the agreement."""
    return Acceptance.objects.filter(person=person).exists()


def version_in_force(purpose: Purpose, *, at: datetime) -> PurposeVersion:
    """The newest version of a purpose published by then. Raises PurposeVersion.DoesNotExist."""
    found = (
        PurposeVersion.objects.filter(purpose=purpose, published_at__lte=at)
        .prefetch_related("recipients")
        .order_by("-version")
        .first()
    )
    if found is None:
        raise PurposeVersion.DoesNotExist
    return found


def _sensitive_keys() -> frozenset[str]:
    return frozenset(DataElement.objects.filter(is_sensitive=True).values_list("key", flat=True))


def aspects_of(version: PurposeVersion, sensitive: frozenset[str] | None = None) -> tuple[Aspect, ...]:
    """What a version asks for: the base, and each thing in it that the law wants allowed separately."""
    sensitive = _sensitive_keys() if sensitive is None else sensitive
    aspects = [Aspect.BASE]
    if sensitive.intersection(version.fields):
        aspects.append(Aspect.SENSITIVE)
    if set(version.countries) - {settings.HOME_COUNTRY}:
        aspects.append(Aspect.ABROAD)
    aspects += [aspect for aspect in (Aspect.SELL, Aspect.RENT, Aspect.TRADE) if aspect.value in version.actions]
    return tuple(aspects)


def asked_aspects(version: PurposeVersion, sensitive: frozenset[str]) -> tuple[Aspect, ...]:
    """What a person decides about a version; nothing where a law requires it."""
    match version.basis:
        case Basis.CONSENT:
            return aspects_of(version, sensitive)
        case Basis.POLICY_OPT_OUT:
            return (Aspect.BASE,)
        case Basis.CONTRACT:
            # PIPL 39: going abroad is asked separately where consent is the ground.
            not_asked = (Aspect.BASE, Aspect.ABROAD)
            return tuple(aspect for aspect in aspects_of(version, sensitive) if aspect not in not_asked)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One switch of a person: a purpose version, a recipient (None: nobody outside), an aspect, and where it stands.

    `is_offered` is False for what the version in force no longer asks for: it can be withdrawn, but not given.
    """

    version: PurposeVersion
    recipient: PurposeRecipient | None
    aspect: Aspect
    consent: Consent | None
    at: datetime
    is_offered: bool = True

    @property
    def state(self) -> State:
        if self.consent is None:
            return State.UNKNOWN
        expired = self.consent.expires_at is not None and self.consent.expires_at <= self.at
        return State.EXPIRED if expired and self.consent.state in LIVE else State(self.consent.state)

    @property
    def rests_on_policy(self) -> bool:
        """Whether it is on by the policy until the person objects (USE-c)."""
        return self.version.basis == Basis.POLICY_OPT_OUT and self.aspect is Aspect.BASE and self.is_offered

    @property
    def is_on(self) -> bool:
        return self.would_be_on(self.state)

    def would_be_on(self, state: State) -> bool:
        """Whether the use is allowed where the consent stands like this."""
        return state not in _OBJECTED if self.rests_on_policy else state in LIVE

    @property
    def revision(self) -> int:
        return self.consent.revision if self.consent else 0


def versions_in_force(*, at: datetime) -> "QuerySet[PurposeVersion]":
    """The version in force of every purpose, with texts and recipients."""
    return (
        PurposeVersion.objects.filter(published_at__lte=at)
        .order_by("purpose_id", "-version")
        .distinct("purpose_id")
        .select_related("purpose__owner")
        .prefetch_related("texts", Prefetch("recipients", PurposeRecipient.objects.select_related("partner")))
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands towards one purpose and recipient. No choices: it rests on something else than consent."""

    version: PurposeVersion
    recipient: PurposeRecipient | None
    choices: tuple[Choice, ...]


def standings_of(person: User, *, at: datetime, also: Consent | None = None) -> list[Standing]:
    """Where the person stands, by purpose key and recipient, in a constant number of queries.

    What still counts although the version in force no longer asks for it stands here too, with its own version; and
    so does `also`, which was changed a moment ago, even if it counts no more.
    """
    sensitive = _sensitive_keys()
    consents = {
        (consent.purpose_id, consent.recipient_id, consent.aspect): consent
        for consent in Consent.objects.filter(person=person)
        .select_related("version__purpose")
        .prefetch_related("version__texts", "version__recipients")
    }
    found: dict[tuple[UUID, UUID | None], Standing] = {}
    for version in versions_in_force(at=at):
        recipients: list[PurposeRecipient | None] = list(version.recipients.all()) or [None]
        for recipient in recipients:
            partner = recipient.partner_id if recipient else None
            choices = tuple(
                Choice(version, recipient, aspect, consents.pop((version.purpose_id, partner, aspect.value), None), at)
                for aspect in asked_aspects(version, sensitive)
            )
            found[version.purpose_id, partner] = Standing(version, recipient, choices)
    for (purpose, partner, aspect), consent in consents.items():
        version = consent.version
        recipient = next((named for named in version.recipients.all() if named.partner_id == partner), None)
        choice = Choice(version, recipient, Aspect(aspect), consent, at, is_offered=False)
        if choice.is_on or consent == also:
            standing = found.get((purpose, partner), Standing(version, recipient, ()))
            found[purpose, partner] = Standing(standing.version, standing.recipient, (*standing.choices, choice))
    return sorted(
        found.values(),
        key=lambda standing: (
            standing.version.purpose.key,
            standing.recipient.legal_name if standing.recipient else "",
        ),
    )


def permits_use(person: User, purpose_key: str, *, at: datetime) -> bool:
    """Whether this website may use the person's data for a purpose of its own, as its version in force says.

    On by the policy: until they object. By consent: while they allow it. Anything else, and a purpose that there is
    not: no.
    """
    version = PurposeVersion.objects.filter(purpose__key=purpose_key, published_at__lte=at).order_by("-version").first()
    if version is None or version.basis not in (Basis.POLICY_OPT_OUT, Basis.CONSENT):
        return False
    consent = Consent.objects.filter(
        person=person, purpose=version.purpose_id, recipient=None, aspect=Aspect.BASE
    ).first()
    return Choice(version, None, Aspect.BASE, consent, at).is_on


def choices_of(person: User, *, at: datetime) -> list[Choice]:
    """Every switch the person has: by purpose key, then recipient, then aspect."""
    return [choice for standing in standings_of(person, at=at) for choice in standing.choices]


def changes_of(person: User) -> "QuerySet[ConsentChange]":
    """Every change of the person's consents, newest first, with what its sentence needs."""
    return (
        ConsentChange.objects.filter(consent__person=person)
        .select_related("consent__purpose", "consent__recipient", "version")
        .prefetch_related("version__texts")
        .order_by("-at", "-pk")
    )


def last_changes_of(person: User) -> dict[UUID, ConsentChange]:
    """The last change of each of the person's consents, by the consent's id."""
    rows = ConsentChange.objects.filter(consent__person=person).order_by("consent_id", "-at", "-pk")
    return {change.consent_id: change for change in rows.distinct("consent_id")}


def change_of(person: User, number: int) -> ConsentChange:
    """One change of the person's own, with what its receipt needs. Raises ConsentChange.DoesNotExist."""
    return changes_of(person).select_related("entry").prefetch_related("version__recipients__partner").get(pk=number)


def published_versions(key: str, *, at: datetime) -> list[PurposeVersion]:
    """Every version of a purpose published by then, newest first, with texts and recipients; none for an unknown key."""
    return list(
        PurposeVersion.objects.filter(purpose__key=key, published_at__lte=at)
        .order_by("-version")
        .select_related("purpose__owner")
        .prefetch_related("texts", Prefetch("recipients", PurposeRecipient.objects.select_related("partner")))
    )


def purpose_text(key: str, *, at: datetime) -> PurposeText | None:
    """What a purpose's version in force says, in the language of the page; None where there is no such purpose."""
    return (
        PurposeText.objects.filter(version__purpose__key=key, version__published_at__lte=at, language=current())
        .order_by("-version__version")
        .first()
    )


def purpose_titles(*, at: datetime) -> dict[UUID, str]:
    """The title of every purpose's version in force, by the purpose's id, in the language of the page."""
    rows = (
        PurposeText.objects.filter(version__published_at__lte=at, language=current())
        .order_by("version__purpose_id", "-version__version")
        .distinct("version__purpose_id")
    )
    return dict(rows.values_list("version__purpose_id", "title"))


def version_numbered(purpose: Purpose, number: int) -> PurposeVersion:
    """The version of this number, with its recipients. Raises DoesNotExist."""
    return PurposeVersion.objects.prefetch_related("recipients").get(purpose=purpose, version=number)


def purpose_and_recipient(key: str, recipient: UUID | None) -> tuple[Purpose, Partner | None]:
    """The purpose of this key and, where given, the partner of this id. Raises DoesNotExist."""
    return Purpose.objects.get(key=key), Partner.objects.get(pk=recipient) if recipient else None


def latest_acceptance(person: User) -> Acceptance | None:
    """The person's acceptance of the newest agreement version that they accepted."""
    return (
        Acceptance.objects.filter(person=person)
        .select_related("agreement__policy")
        .order_by("-agreement__version")
        .first()
    )


def live_consent_counts(person: User, *, at: datetime) -> tuple[int, int]:
    """How many recipients the person allows something, and for how many purposes going abroad."""
    counts = Consent.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=at), person=person, state__in=LIVE
    ).aggregate(
        recipients=Count("recipient", filter=Q(aspect=Aspect.BASE), distinct=True),
        abroad=Count("purpose", filter=Q(aspect=Aspect.ABROAD), distinct=True),
    )
    return counts["recipients"], counts["abroad"]


def policy_uses_count(person: User, *, at: datetime) -> tuple[int, int]:
    """How many purposes are on by the policy alone, and to how many of them the person objected (USE-c)."""
    newest = PurposeVersion.objects.filter(published_at__lte=at).order_by("purpose_id", "-version")
    rows = newest.distinct("purpose_id").values_list("purpose_id", "basis")
    on = [purpose for purpose, basis in rows if basis == Basis.POLICY_OPT_OUT]
    objected = Consent.objects.filter(person=person, purpose__in=on, aspect=Aspect.BASE, state__in=_OBJECTED)
    return len(on), objected.values("purpose").distinct().count()
