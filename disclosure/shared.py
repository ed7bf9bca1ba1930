"""Who received a person's data, as they read it: readers, releases, what may still be read, each ready in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.models import Action
from consent.queries import purpose_titles
from consent.rows import row_id
from disclosure.ends import end_of
from disclosure.gate import Ground
from disclosure.models import (
    CertificateDemand,
    CertificateState,
    DisclosureRequest,
    Engagement,
    Release,
    Revocation,
    Role,
    ServiceRequest,
)
from disclosure.models.requests import GROUND_CHOICES
from disclosure.queries import (
    Narrowing,
    Reading,
    ended_engagements_read,
    open_services_of,
    readers_of_person,
    refused_requests_of,
    releases_of_person,
    revocations_of,
    unread_handles_of,
)
from users.countries import country_name
from users.models import User
from users.queries import element_titles
from users.wording import day, listed

# Links from elsewhere lead to the latest releases by their id: they have to be on the first page.
PER_PAGE = 20
_UNREAD_SHOWN, _TAKEN_BACK_SHOWN = 20, 20
_GROUNDS = dict(GROUND_CHOICES)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has read data of the person. `ends` tells of each engagement for it that is over."""

    reading: Reading
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One release. What was decided is told from its ledger entry, as it stood then."""

    release: Release
    purpose: str
    fields: str
    ground: str
    clause: str
    recipient_country: str
    countries: str
    role: str
    action: str
    href: str
    link: str

    @property
    def rests_on_consent(self) -> bool:
        return self.release.request.ground == Ground.CONSENT

    @property
    def leaf(self) -> str:
        return bytes(self.release.entry.leaf).hex()

    @property
    def revocation(self) -> Revocation | None:
        """That we took back what this was read through."""
        return getattr(self.release.request, "revocation", None)


@dataclass(frozen=True, slots=True)
class Unread:
    """A request that was permitted and under which nothing was read so far."""

    request: DisclosureRequest
    purpose: str
    fields: str
    clause: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A request that was permitted and that we revoked."""

    revocation: Revocation
    purpose: str
    fields: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is open, and what it needs."""

    request: ServiceRequest
    fields: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The page: what was released (a page of it), what may be read, and how much was refused."""

    page: Page[Release]
    rows: list[Row]
    unread: list[Unread]
    unread_count: int
    taken_back: list[TakenBack]
    taken_back_count: int
    services: list[Service]
    refused: int

    @property
    def more_unread(self) -> int:
        """How many requests that were not read so far are not shown."""
        return self.unread_count - len(self.unread)

    @property
    def more_taken_back(self) -> int:
        """How many revocations are not shown."""
        return self.taken_back_count - len(self.taken_back)


class _Words:
    """The titles that many rows need, read once."""

    def __init__(self, at: datetime) -> None:
        self.purposes = purpose_titles(at=at)
        self.elements = element_titles()

    def purpose(self, request: DisclosureRequest) -> str:
        return self.purposes.get(request.purpose_id, request.purpose.key)

    def fields(self, keys: Iterable[str]) -> str:
        return listed(self.elements.get(key, key) for key in keys)


def shared_of(person: User, narrowing: Narrowing | None, *, number: str | None, at: datetime) -> Shared:
    """Everything on who received data of the person, in a constant number of queries.

    Of the releases, page `number` of those that are looked for; without a `narrowing` none is.
    """
    words = _Words(at)
    releases = releases_of_person(person)
    page = Paginator(narrowing.applied_to(releases) if narrowing else releases.none(), PER_PAGE).get_page(number)
    unread, taken_back = unread_handles_of(person, at=at), revocations_of(person)
    return Shared(
        page=page,
        rows=[_row(release, words) for release in page],
        unread=[
            Unread(request, words.purpose(request), words.fields(request.fields), Ground(request.ground).clause)
            for request in unread[:_UNREAD_SHOWN]
        ],
        unread_count=unread.count(),
        taken_back=[
            TakenBack(each, words.purpose(each.request), words.fields(each.request.fields))
            for each in taken_back[:_TAKEN_BACK_SHOWN]
        ],
        taken_back_count=taken_back.count(),
        services=[
            Service(request, words.fields(request.kind.necessary_fields)) for request in open_services_of(person)
        ],
        refused=refused_requests_of(person).count(),
    )


def readers_of(person: User, *, at: datetime) -> list[Reader]:
    """Who has read data of the person, the latest first, in two queries."""
    ends: dict[UUID, list[str]] = {}
    for engagement in ended_engagements_read(person, at=at):
        ends.setdefault(engagement.partner_id, []).append(_end_words(engagement, at))
    return [Reader(reading, tuple(ends.get(reading.partner, ()))) for reading in readers_of_person(person)]


def _end_words(engagement: Engagement, at: datetime) -> str:
    """That it ended, and whether the partner has certified that it deleted what it had read."""
    ended_at = end_of(engagement, at=at)
    assert ended_at is not None
    ended = _("An engagement ended on %(date)s; nothing is read under it any more.") % {"date": day(ended_at)}
    return f"{ended} {_certificate_words(getattr(engagement, 'demand', None), at)}"


def _certificate_words(demand: CertificateDemand | None, at: datetime) -> str:
    if demand is None:
        return _("The recipient will be asked to certify that it deleted what it had read.")
    date = {"date": day(demand.due_at)}
    if demand.is_overdue(at):
        return _("It was to certify by %(date)s that it deleted what it had read, and has not done so.") % date
    if demand.state == CertificateState.ACCEPTED:
        return _("The recipient has certified that it deleted what it had read.")
    if demand.state == CertificateState.SUBMITTED:
        return _("The recipient says that it deleted what it had read; we are checking that.")
    return _("It has until %(date)s to certify that it deleted what it had read.") % date


def row_of(person: User, release_id: UUID, *, at: datetime) -> Row:
    """One release of the person's data. Raises Release.DoesNotExist, also for somebody else's."""
    return _row(releases_of_person(person).get(pk=release_id), _Words(at))


def _row(release: Release, words: _Words) -> Row:
    request, facts = release.request, release.entry.body["facts"]
    engagement = facts["engagement"]
    href, link = _where_to_act(request)
    return Row(
        release=release,
        purpose=words.purpose(request),
        fields=words.fields(release.fields),
        ground=_ground_words(request),
        clause=Ground(request.ground).clause,
        recipient_country=country_name(release.partner.country),
        countries=listed(country_name(code) for code in facts["countries"]),
        role=str(Role(engagement["role"]).label) if engagement else "",
        action=str(Action(request.action).label),
        href=href,
        link=link,
    )


def _ground_words(request: DisclosureRequest) -> str:
    if request.ground == Ground.CONSENT:
        return _("You had consented to it.")
    if service := request.service_request:
        words = _("A service that you asked for needed it: %(service)s.") % {"service": service.kind.title}
        return f"{words} " + _("It has ended: nothing more is read for it.") if service.closed_at else words
    return _("The ground: %(ground)s.") % {"ground": _GROUNDS[request.ground]}


def _where_to_act(request: DisclosureRequest) -> tuple[str, str]:
    """Where the person can stop more of it, and in which words; empty where it stops by itself."""
    if request.ground != Ground.CONSENT:
        return "", ""
    return f"{reverse('consent:consents')}#{row_id(request.purpose.key, request.partner_id)}", _(
        "See or withdraw your consent"
    )
