"""Reads that pages and the API share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from privacy_app.crypto import blind_index
from privacy_app.keyrings import index_keys
from privacy_app.outbox.models import Message
from users.models import (
    Category,
    ContactIndex,
    DataElement,
    EventType,
    Freeze,
    LoginSession,
    PairwiseId,
    Partner,
    PartnerEvent,
    PersonalDataItem,
    Source,
    User,
    WebhookEndpoint,
)


def find_people(contacts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The owner of each (kind, normalised address) that has exactly one, in one query, under every key of the ring.

    Rows exist for addresses that the person confirmed or the platform vouched for; ambiguity finds nobody.
    """
    wanted = {
        blind_index(address, key=key, kind=kind): (kind, address)
        for kind, address in contacts
        for key in index_keys().keys.values()
    }
    owners: dict[tuple[str, str], set[UUID]] = {}
    rows = ContactIndex.objects.filter(hmac__in=list(wanted)).values_list("hmac", "kind", "person_id")
    for hmac, kind, person_id in rows:
        contact = wanted[bytes(hmac)]
        if contact[0] == kind:
            owners.setdefault(contact, set()).add(person_id)
    return {contact: people.pop() for contact, people in owners.items() if len(people) == 1}


def people_by_pairwise_id(partner: Partner, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person behind each of this partner's names, in one query."""
    return dict(PairwiseId.objects.filter(partner=partner, id__in=list(ids)).values_list("id", "person_id"))


def find_person(partner: Partner, kind: str, value: str) -> User | None:
    """The person a partner names by its `id` for them, or by a normalised `email` or `phone`."""
    if kind == "id":
        person_id = people_by_pairwise_id(partner, [UUID(value)]).get(UUID(value))
    else:
        person_id = find_people([(kind, value)]).get((kind, value))
    return User.objects.filter(pk=person_id, erased_at=None).first() if person_id else None


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many values are held in a category, and whether it lies outside the policy."""

    category: Category
    count: int
    is_excluded: bool


def current_items(person: User, *, at: datetime) -> "QuerySet[PersonalDataItem]":
    """What is held about the person, without what its retention has outlived."""
    return PersonalDataItem.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), person=person)


def items_from_others(person: User, *, at: datetime) -> "QuerySet[PersonalDataItem]":
    """What partners gave and the website entered about the person, newest first."""
    return (
        current_items(person, at=at)
        .filter(source__in=[Source.PARTNER, Source.PLATFORM])
        .select_related("element", "partner")
        .order_by("-stored_at", "element_id")
    )


def unreadable_count(person: User, *, at: datetime) -> int:
    """How many values that stand for the person, and that they could state again, were found not to open."""
    return (
        current_items(person, at=at)
        .filter(unreadable_since__isnull=False, is_chosen=True, element__excluded_by="")
        .exclude(element__category=Category.DEVICE)
        .count()
    )


def counts_by_category(person: User, *, at: datetime) -> list[CategoryCount]:
    """How many values are held, by category in the order of the registry; categories without any are left out."""
    rows = (
        current_items(person, at=at)
        .values_list("element__category")
        .annotate(count=Count("id"), excluded=Count("id", filter=~Q(element__excluded_by="")))
    )
    found = {Category(category): (count, excluded == count) for category, count, excluded in rows}
    return [CategoryCount(category, *found[category]) for category in Category if category in found]


def element_titles() -> dict[str, str]:
    """The title of every element of the registry, by key."""
    return {element.key: element.title for element in DataElement.objects.all()}


@dataclass(frozen=True, slots=True)
class HoldingsSummary:
    """What is held about a person in a few numbers. `excluded` counts by the clause that puts it outside the policy."""

    from_partners: int
    countries: tuple[str, ...]
    excluded: dict[str, int]


def holdings_summary(person: User, *, at: datetime) -> HoldingsSummary:
    """Where the person's data came from and where it is, in one query."""
    rows = (
        current_items(person, at=at)
        .values_list("source", "location__country", "element__excluded_by")
        .annotate(Count("id"))
    )
    from_partners, countries, excluded = 0, set(), dict[str, int]()
    for source, country, clause, count in rows:
        countries.add(country)
        if source == Source.PARTNER:
            from_partners += count
        if clause:
            excluded[clause] = excluded.get(clause, 0) + count
    return HoldingsSummary(from_partners, tuple(sorted(countries)), excluded)


@dataclass(frozen=True, slots=True)
class ProtectionSummary:
    """How a person's account and data are guarded: open log-ins, a second factor, a freeze, partners with a name for them."""

    logins: int
    has_second_factor: bool
    frozen_since: datetime | None
    names: int


def protection_summary(person: User, *, at: datetime) -> ProtectionSummary:
    """The same in four queries, none of which opens anything."""
    return ProtectionSummary(
        logins=LoginSession.objects.filter(person=person, expire_date__gt=at).count(),
        has_second_factor=Authenticator.objects.filter(
            user=person, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exists(),
        frozen_since=Freeze.objects.filter(person=person, ended_at=None).aggregate(since=Min("started_at"))["since"],
        names=PairwiseId.objects.filter(person=person).count(),
    )


def events_after(partner: Partner, position: int) -> "QuerySet[PartnerEvent]":
    """What the partner is told after this position, in order."""
    return PartnerEvent.objects.filter(partner=partner, position__gt=position).order_by("position")


def last_position(partner: Partner) -> int:
    """The position of the last event that the partner can read; 0 where there is none."""
    given = PartnerEvent.objects.filter(partner=partner, position__isnull=False).order_by("-position")
    return given.values_list("position", flat=True).first() or 0


def unacknowledged_count(partner: Partner) -> int:
    """How many of the events that it can read the partner has not acknowledged."""
    return PartnerEvent.objects.filter(partner=partner, position__isnull=False, acknowledged_at=None).count()


def with_unacknowledged(partners: "QuerySet[Partner]") -> "QuerySet[Partner]":
    """The partners with `unacknowledged_events`, how many that is, and `unacknowledged_since`, when the oldest was told."""
    waiting = PartnerEvent.objects.filter(
        partner=OuterRef("pk"), position__isnull=False, acknowledged_at=None
    ).order_by()
    grouped = waiting.values("partner").annotate(count=Count("pk"), since=Min("at"))
    return partners.annotate(
        unacknowledged_events=Coalesce(Subquery(grouped.values("count")), 0),
        unacknowledged_since=Subquery(grouped.values("since")),
    )


def told_on(occasions: Iterable[str]) -> set[tuple[EventType, str]]:
    """What was told on each of these occasions."""
    rows = PartnerEvent.objects.filter(occasion__in=list(occasions)).exclude(occasion="")
    return {(EventType(type_), occasion) for type_, occasion in rows.values_list("type", "occasion")}


def calls_of(endpoint: WebhookEndpoint, *, kind: str) -> "QuerySet[Message]":
    """The messages of this kind by which an endpoint is called, the latest first, as far as the outbox still has them."""
    return Message.objects.filter(kind=kind, payload__endpoint=str(endpoint.pk)).order_by("-created_at")
