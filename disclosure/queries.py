"""Reads that pages and the API share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import CharField, Count, Exists, Func, Max, OuterRef, Q, QuerySet

from consent.models import Consent, Purpose
from consent.queries import policy_in_force
from disclosure.contributing import Facts
from disclosure.ends import is_over
from disclosure.models import (
    CertificateState,
    Complaint,
    Contribution,
    DeletionCertificate,
    DisclosureRequest,
    Engagement,
    Release,
    Revocation,
    ServiceKind,
    ServiceRequest,
    Status,
    Transaction,
)
from disclosure.records import tells_of_person
from users.models import DataElement, Freeze, PairwiseId, Partner, User
from users.services.actors import NOBODY


def requests_of_partner(partner: Partner) -> "QuerySet[DisclosureRequest]":
    """A partner's own requests with their decisions, newest first."""
    return (
        DisclosureRequest.objects.filter(partner=partner)
        .select_related("purpose", "entry")
        .order_by("-requested_at", "-id")
    )


def engagements_of_partner(partner: Partner) -> "QuerySet[Engagement]":
    """A partner's engagements, newest first, with purposes, countries, and what was demanded and came after the end."""
    return (
        Engagement.objects.filter(partner=partner)
        .select_related("demand")
        .prefetch_related("purposes", "countries", "demand__certificates")
        .order_by("-valid_from")
    )


def engagement_of_partner(partner: Partner, engagement_id: UUID) -> Engagement:
    """One of a partner's own. Raises Engagement.DoesNotExist."""
    return Engagement.objects.get(pk=engagement_id, partner=partner)


def certificate(certificate_id: UUID) -> DeletionCertificate:
    """A certificate of deletion with its demand. Raises DeletionCertificate.DoesNotExist."""
    return DeletionCertificate.objects.select_related("demand").get(pk=certificate_id)


def releases_of_person(person: User) -> "QuerySet[Release]":
    """Every time data of the person was read by somebody, newest first, with who, what for and the ledger entry."""
    return (
        Release.objects.filter(person=person)
        .select_related("partner", "request__purpose", "request__service_request__kind", "request__revocation", "entry")
        .order_by("-at", "-id")
    )


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which releases are looked for: to this partner, from this moment on, before that one; None does not narrow."""

    partner: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def applied_to(self, releases: "QuerySet[Release]") -> "QuerySet[Release]":
        if self.partner:
            releases = releases.filter(partner=self.partner)
        if self.since:
            releases = releases.filter(at__gte=self.since)
        if self.until:
            releases = releases.filter(at__lt=self.until)
        return releases


class Reading(NamedTuple):
    """That a partner has read data of a person: how often, and when last."""

    partner: UUID
    legal_name: str
    reads: int
    last_read_at: datetime


def readers_of_person(person: User) -> list[Reading]:
    """The partners that have read data of the person, the latest first."""
    readers = Partner.objects.filter(releases__person=person).annotate(
        reads=Count("releases"), last_read_at=Max("releases__at")
    )
    rows = readers.order_by("-last_read_at").values_list("pk", "legal_name", "reads", "last_read_at")
    return [Reading(*row) for row in rows]


def ended_engagements_read(person: User, *, at: datetime) -> "QuerySet[Engagement]":
    """Engagements that are over and under which data of the person was read, in the order of their beginning."""
    read = Release.objects.filter(person=person, request__engagement=OuterRef("pk"))
    over = Engagement.objects.filter(is_over(at)).filter(Exists(read))
    return over.select_related("demand").order_by("valid_from", "pk")


def last_reads_of(person: User) -> dict[tuple[UUID, UUID], datetime]:
    """When each partner last read data of the person for each purpose."""
    rows = Release.objects.filter(person=person).order_by().values_list("partner_id", "request__purpose_id")
    return {(partner, purpose): at for partner, purpose, at in rows.annotate(last=Max("at"))}


def unread_handles_of(person: User, *, at: datetime) -> "QuerySet[DisclosureRequest]":
    """Requests about the person that were permitted, under engagements not over, and with nothing read so far, newest first."""
    return (
        DisclosureRequest.objects.filter(person=person, status=Status.RELEASED, releases=None)
        .exclude(is_over(at, "engagement__"))
        .select_related("partner", "purpose")
        .order_by("-requested_at", "-id")
    )


def refused_requests_of(person: User) -> "QuerySet[DisclosureRequest]":
    """Requests about the person that were refused."""
    return DisclosureRequest.objects.filter(person=person, status=Status.REFUSED)


def revocations_of(person: User) -> "QuerySet[Revocation]":
    """What we took back of what was permitted about the person, newest first."""
    return (
        Revocation.objects.filter(request__person=person)
        .select_related("request__partner", "request__purpose", "entry")
        .order_by("-at", "-pk")
    )


def open_services_of(person: User) -> "QuerySet[ServiceRequest]":
    """The person's open service requests, newest first."""
    return ServiceRequest.objects.filter(person=person, closed_at=None).select_related("partner", "kind")


def engagements_in_force(*, at: datetime) -> "QuerySet[Engagement]":
    """Every engagement that permits anything at this moment."""
    return Engagement.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at), valid_from__lte=at, ended_at=None
    )


def engagements_until(moment: datetime) -> "QuerySet[Engagement]":
    """The engagements that nobody has ended and whose last day comes no later than this."""
    return Engagement.objects.filter(ended_at=None, valid_until__lte=moment)


def known_purposes(keys: set[str]) -> set[str]:
    """Those of the keys that name a purpose."""
    return set(Purpose.objects.filter(key__in=keys).values_list("key", flat=True))


def known_fields(keys: set[str]) -> set[str]:
    """Those of the keys that name a data element."""
    return set(DataElement.objects.filter(key__in=keys).values_list("key", flat=True))


def subjects_of(partner: Partner, requests: Iterable[DisclosureRequest]) -> dict[UUID, UUID]:
    """By request, the partner's name for its person, where the decision lets it know of them."""
    people = {row.pk: row.person_id for row in requests if row.person_id and tells_of_person(row.entry.body)}
    names = dict(
        PairwiseId.objects.filter(partner=partner, person_id__in=[NOBODY, *people.values()]).values_list(
            "person_id", "id"
        )
    )
    return {request: names[person] for request, person in people.items() if person in names}


def partner_and_kind(partner_id: UUID, kind: str) -> tuple[Partner, ServiceKind]:
    """The partner and the kind of service. Raises DoesNotExist."""
    return Partner.objects.get(pk=partner_id), ServiceKind.objects.get(pk=kind)


def service_request(request_id: UUID) -> ServiceRequest | None:
    """A service request with its person, if there is one of that id."""
    return ServiceRequest.objects.select_related("person").filter(pk=request_id).first()


def transaction(transaction_id: UUID | str) -> Transaction:
    """A transaction with its parties. Raises Transaction.DoesNotExist."""
    return Transaction.objects.select_related("first", "second").get(pk=transaction_id)


def complaint(complaint_id: UUID | str) -> Complaint:
    """A complaint with both sides and its proof, but for the content. Raises Complaint.DoesNotExist."""
    complaints = Complaint.objects.select_related("complainant", "respondent", "proof").defer("proof__content")
    return complaints.get(pk=complaint_id)


def engaged_partners_count(*, at: datetime) -> int:
    """How many partners have an engagement in force."""
    return engagements_in_force(at=at).order_by().values("partner").distinct().count()


def ends_summary(*, at: datetime) -> tuple[int, int]:
    """How many engagements are over, and for how many of them the deletion is certified and that was accepted."""
    found = Engagement.objects.filter(is_over(at)).aggregate(
        over=Count("pk"), certified=Count("pk", filter=Q(demand__state=CertificateState.ACCEPTED))
    )
    return found["over"], found["certified"]


def reading_summary(person: User) -> tuple[int, datetime | None]:
    """How many partners have read data of the person, and when that last happened."""
    found = Release.objects.filter(person=person).aggregate(readers=Count("partner", distinct=True), last=Max("at"))
    return found["readers"], found["last"]


def contribution_facts(
    partner: Partner, person_id: UUID, fields: Iterable[str], *, engagements: Iterable[UUID], at: datetime
) -> Facts:
    """What it depends on whether a contribution is accepted, in four queries; `engagements` are those that may be considered.

    Under locks, this must be a later statement than the locking one.
    """
    person = (
        User.objects.filter(pk=person_id)
        .annotate(
            is_frozen=Exists(Freeze.objects.filter(person=OuterRef("pk"), ended_at=None)),
            is_related=Exists(Consent.objects.filter(person=OuterRef("pk"), recipient=partner))
            | Exists(ServiceRequest.objects.filter(person=OuterRef("pk"), partner=partner)),
        )
        .values("erased_at", "is_frozen", "is_related")
        .first()
    )
    policy = policy_in_force(at=at)
    return Facts(
        person_known=person is not None,
        person_erased=person is not None and person["erased_at"] is not None,
        person_frozen=person is not None and person["is_frozen"],
        related=person is not None and person["is_related"],
        engagements=list(Engagement.objects.filter(pk__in=engagements)),
        elements={element.key: element for element in DataElement.objects.filter(key__in=fields)},
        policy_version=policy.version if policy else None,
    )


def contribution(contribution_id: UUID) -> Contribution:
    """A contribution with its partner, its person and its decision. Raises Contribution.DoesNotExist."""
    return Contribution.objects.select_related("partner", "person", "entry").get(pk=contribution_id)


def subject_of(contribution: Contribution) -> UUID | None:
    """The partner's name for the person of a contribution; None once they are erased."""
    names = PairwiseId.objects.filter(partner=contribution.partner_id, person=contribution.person_id)
    return names.values_list("pk", flat=True).first()


def receivers_of_person(person: User, *, at: datetime) -> dict[UUID, frozenset[str]]:
    """By partner, the fields of the person that it has read, and those that it holds a handle on which may still be read."""
    field = Func("fields", function="unnest", output_field=CharField())
    read = Release.objects.filter(person=person, partner__isnull=False)
    held = DisclosureRequest.objects.filter(
        person=person, status=Status.RELEASED, engagement__in=engagements_in_force(at=at)
    )
    found: dict[UUID, set[str]] = {}
    for rows in (read, held):
        for partner, key in rows.order_by().annotate(field=field).values_list("partner_id", "field").distinct():
            found.setdefault(partner, set()).add(key)
    return {partner: frozenset(fields) for partner, fields in found.items()}
