"""Reads that pages and the API share."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from consent.lineages import Edition as PurposeEdition
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
from consent.states import LIVE, OBJECTED
from privacy_app.languages import current
from users.models import DataElement, Partner, User

PRODUCT_NEWS = "product-news"
"""The key of the purpose under which this website sends its own news (USE-c)."""


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


def last_version(purpose: Purpose) -> PurposeVersion | None:
    """The newest version of a purpose, in force or not yet, with texts and recipients; None where there is none."""
    return purpose.versions.order_by("-version").prefetch_related("texts", "recipients").first()


def sensitive_keys() -> frozenset[str]:
    return frozenset(DataElement.objects.filter(is_sensitive=True).values_list("key", flat=True))


def aspects_of(version: PurposeVersion | PurposeEdition, sensitive: frozenset[str] | None = None) -> tuple[Aspect, ...]:
    """What a version asks for: the base, and each thing in it that the law wants allowed separately."""
    sensitive = sensitive_keys() if sensitive is None else sensitive
    aspects = [Aspect.BASE]
    if sensitive.intersection(version.fields):
        aspects.append(Aspect.SENSITIVE)
    if set(version.countries) - {settings.HOME_COUNTRY}:
        aspects.append(Aspect.ABROAD)
    aspects += [aspect for aspect in (Aspect.SELL, Aspect.RENT, Aspect.TRADE) if aspect.value in version.actions]
    return tuple(aspects)


def asked_aspects(version: PurposeVersion | PurposeEdition, sensitive: frozenset[str]) -> tuple[Aspect, ...]:
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


def versions_in_force(*, at: datetime) -> "QuerySet[PurposeVersion]":
    """The version in force of every purpose, with texts and recipients."""
    return (
        PurposeVersion.objects.filter(published_at__lte=at)
        .order_by("purpose_id", "-version")
        .distinct("purpose_id")
        .select_related("purpose__owner")
        .prefetch_related("texts", Prefetch("recipients", PurposeRecipient.objects.select_related("partner")))
    )


def purpose_of_news(*, at: datetime) -> PurposeVersion | None:
    """The version in force of the purpose under which this website sends its own news; None where none covers that."""
    version = (
        PurposeVersion.objects.filter(purpose__key=PRODUCT_NEWS, published_at__lte=at).order_by("-version").first()
    )
    covers = version is not None and version.basis in (Basis.POLICY_OPT_OUT, Basis.CONSENT)
    return version if covers else None


def changes_of(person: User) -> "QuerySet[ConsentChange]":
    """Every change of the person's consents, newest first, with what its sentence needs."""
    return (
        ConsentChange.objects.filter(consent__person=person)
        .select_related("consent__purpose", "consent__recipient", "version")
        .prefetch_related("version__texts")
        .order_by("-at", "-pk")
    )


def answers_about_more(person: User) -> dict[UUID, list[ConsentChange]]:
    """By consent, every time its owner was asked for what a newer text names beyond the one allowed, or refused it."""
    answers: dict[UUID, list[ConsentChange]] = {}
    rows = ConsentChange.objects.filter(consent__person=person).exclude(more="").select_related("version")
    for change in rows.order_by("pk"):
        answers.setdefault(change.consent_id, []).append(change)
    return answers


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
    later = PurposeVersion.objects.filter(purpose=OuterRef("purpose"), published_at__lte=at)
    named = PurposeRecipient.objects.filter(partner=OuterRef("recipient"), version=OuterRef("in_force"))
    counts = (
        Consent.objects.annotate(in_force=later.order_by("-version").values("pk")[:1])
        .filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at),
            Q(recipient__isnull=True) | Exists(named),
            ~Exists(later.filter(meaning_changed=True, version__gt=OuterRef("version__version"))),
            person=person,
            state__in=LIVE,
        )
        .aggregate(
            recipients=Count("recipient", filter=Q(aspect=Aspect.BASE), distinct=True),
            abroad=Count("purpose", filter=Q(aspect=Aspect.ABROAD), distinct=True),
        )
    )
    return counts["recipients"], counts["abroad"]


def policy_uses_count(person: User, *, at: datetime) -> tuple[int, int]:
    """How many purposes are on by the policy alone, and to how many of them the person objected (USE-c)."""
    newest = PurposeVersion.objects.filter(published_at__lte=at).order_by("purpose_id", "-version")
    rows = newest.distinct("purpose_id").values_list("purpose_id", "basis")
    on = [purpose for purpose, basis in rows if basis == Basis.POLICY_OPT_OUT]
    objected = Consent.objects.filter(person=person, purpose__in=on, aspect=Aspect.BASE, state__in=OBJECTED)
    return len(on), objected.values("purpose").distinct().count()
