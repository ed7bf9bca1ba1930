"""Reading the facts of a whole batch in a constant number of queries.

Every query runs, whatever was found before it: an unknown person costs what a known one costs. The statements take
arrays rather than going through the ORM's `__in`, which leaves out the query where the list is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from consent.significance import NOTHING, Coverage, Named, still_covered
from consent.states import LIVE, State
from disclosure.gate import ConsentFact, ElementFact, EngagementFact, Facts, Ground, ServiceFact
from disclosure.models import Status
from users.models import Partner
from users.queries import find_people


@dataclass(frozen=True, slots=True)
class Query:
    """What a partner asks: whose data (`kind` is `id`, `email` or `phone`), for what, which fields, on what ground.

    `country` narrows the engagement's countries; empty: all of them.
    """

    subject_kind: str
    subject: str
    purpose: str
    fields: tuple[str, ...]
    ground: Ground
    action: str
    country: str = ""
    service_request: UUID | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A query with what it is about found out. `engagements` are those that may be considered: the locked ones.

    `handle` is the request that is read through, if one is.
    """

    person: UUID | None
    purpose: UUID | None
    purpose_key: str
    fields: tuple[str, ...]
    ground: Ground
    action: str
    country: str
    engagements: tuple[UUID, ...]
    service_request: UUID | None = None
    request_refused: bool = False
    handle: UUID | None = None


class Sheet(NamedTuple):
    """The facts of one case, the rows that were chosen as its engagement and its service request, and who the person is:

    `pseudonym` to the ledger, `name` to the partner; None where there is none.
    """

    facts: Facts
    engagement: UUID | None
    service_request: UUID | None
    pseudonym: UUID | None
    name: UUID | None


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def find_cases(partner: Partner, queries: Sequence[Query]) -> list[Case]:
    """Find out whom and what these queries are about; at most four queries, by the kinds of subject that are named."""
    people: dict[tuple[str, str], UUID] = {}
    if ids := [query.subject for query in queries if query.subject_kind == "id"]:
        select = "SELECT id::text, person_id FROM users_pairwiseid WHERE partner_id = %s AND id = ANY(%s::uuid[])"
        people.update({("id", name): person for name, person in _rows(select, [partner.pk, ids])})
    if contacts := [(query.subject_kind, query.subject) for query in queries if query.subject_kind != "id"]:
        people.update(find_people(contacts))
    purposes = dict(
        _rows("SELECT key, id FROM consent_purpose WHERE key = ANY(%s)", [[query.purpose for query in queries]])
    )
    engagements = _rows("SELECT id FROM disclosure_engagement WHERE partner_id = %s ORDER BY id", [partner.pk])
    candidates = tuple(id_ for (id_,) in engagements)
    return [
        Case(
            person=people.get((query.subject_kind, query.subject)),
            purpose=purposes.get(query.purpose),
            purpose_key=query.purpose,
            fields=query.fields,
            ground=query.ground,
            action=query.action,
            country=query.country,
            engagements=candidates,
            service_request=query.service_request,
        )
        for query in queries
    ]


def find_reads(partner: Partner, handles: Sequence[UUID]) -> list[Case]:
    """What the partner's requests are about that are read through these handles, in their order; foreign ones are left out.

    A read is about what its request was about: the same engagement and service request, never a later one.
    """
    rows = _rows(
        """
        SELECT r.id, r.person_id, r.purpose_id, p.key, r.fields, r.ground, r.action, r.country, r.engagement_id,
               r.service_request_id, r.status
        FROM disclosure_disclosurerequest r JOIN consent_purpose p ON p.id = r.purpose_id
        WHERE r.partner_id = %s AND r.id = ANY(%s)
        """,
        [partner.pk, list(handles)],
    )
    cases = {
        id_: Case(
            person=person,
            purpose=purpose,
            purpose_key=purpose_key,
            fields=tuple(fields),
            ground=Ground(ground),
            action=action,
            country=country,
            engagements=(engagement,) if engagement else (),
            service_request=service_request,
            # Whether it was revoked is a fact, and read behind the locks.
            request_refused=status not in (Status.RELEASED, Status.REVOKED),
            handle=id_,
        )
        for (
            id_,
            person,
            purpose,
            purpose_key,
            fields,
            ground,
            action,
            country,
            engagement,
            service_request,
            status,
        ) in rows
    }
    return [cases[handle] for handle in handles if handle in cases]


class _Person(NamedTuple):
    is_erased: bool
    is_frozen: bool
    pseudonym: UUID | None
    name: UUID | None


class _Version(NamedTuple):
    """What a consent bound to a version of a purpose covers now, as `ConsentFact` has it.

    `counts` is False where its meaning has changed since: the consent counts no more, whatever its row says as yet.
    """

    version: int
    counts: bool
    fields: frozenset[str]
    actions: frozenset[str]
    countries: frozenset[str]


class _Service(NamedTuple):
    id: UUID
    fact: ServiceFact


def read_facts(partner: Partner, cases: Sequence[Case], *, at: datetime) -> list[Sheet]:
    """The facts of every case, in seven queries, and one more for reads. Under locks, this must be a later statement than the locking one."""
    people = list({case.person for case in cases if case.person})
    persons = _read_persons(partner, people)
    bases, versions = _read_versions(partner, {case.purpose for case in cases if case.purpose}, at)
    elements = _read_elements({field for case in cases for field in case.fields})
    engagements = _read_engagements({id_ for case in cases for id_ in case.engagements}, at)
    consents, related = _read_consents(partner, people, versions)
    services = _read_services(partner, people)
    revoked = _read_revoked({case.handle for case in cases if case.handle})
    policy_version = _read_policy_version(at)
    home = settings.HOME_COUNTRY
    # A batch asks for the same few fields over and over.
    known = {
        fields: {field: elements[field] for field in fields if field in elements}
        for fields in {case.fields for case in cases}
    }
    sheets = []
    for case in cases:
        person = persons.get(case.person) if case.person else None
        engagement_id = _choose_engagement(case, engagements, at)
        engagement = engagements[engagement_id] if engagement_id else None
        requested = services.get(case.person, ()) if case.person else ()
        service = _choose_service(case, requested) if case.ground is Ground.SERVICE_REQUEST else None
        countries = (case.country,) if case.country else tuple(engagement.countries) if engagement else ()
        facts = Facts(
            ground=case.ground,
            purpose=case.purpose_key,
            action=case.action,
            fields=case.fields,
            countries=countries,
            home_country=home,
            policy_version=policy_version,
            person_known=person is not None,
            person_erased=person is not None and person.is_erased,
            person_frozen=person is not None and person.is_frozen,
            related=case.person in related or bool(requested),
            purpose_basis=bases.get(case.purpose) if case.purpose else None,
            elements=known[case.fields],
            engagement=engagement,
            consents=consents.get((case.person, case.purpose), _NO_CONSENTS),
            service=service.fact if service else None,
            request_refused=case.request_refused,
            request_revoked=case.handle in revoked,
        )
        sheets.append(
            Sheet(
                facts=facts,
                engagement=engagement_id,
                service_request=service.id if service else None,
                pseudonym=person.pseudonym if person else None,
                name=person.name if person else None,
            )
        )
    return sheets


_NO_CONSENTS: Mapping[str, ConsentFact] = {}


def _read_persons(partner: Partner, people: list[UUID]) -> dict[UUID, _Person]:
    rows = _rows(
        """
        SELECT u.id, u.erased_at IS NOT NULL,
               EXISTS (SELECT 1 FROM users_freeze f WHERE f.person_id = u.id AND f.ended_at IS NULL),
               (SELECT l.pseudonym FROM users_ledgerpseudonym l WHERE l.person_id = u.id
                ORDER BY l.created_at DESC LIMIT 1),
               (SELECT n.id FROM users_pairwiseid n WHERE n.person_id = u.id AND n.partner_id = %s)
        FROM users_user u WHERE u.id = ANY(%s)
        """,
        [partner.pk, people],
    )
    return {id_: _Person(*rest) for id_, *rest in rows}


def _read_versions(
    partner: Partner, purposes: Iterable[UUID], at: datetime
) -> tuple[dict[UUID, str], dict[int, _Version]]:
    """By purpose, the legal basis of the version in force; and what a consent to every version covers, by its row.

    It covers what all texts name from its own to the one in force: what was taken out of a text is covered no more.
    """
    rows = _rows(
        """
        SELECT v.purpose_id, v.id, v.published_at <= %s, v.basis, v.version, v.meaning_changed,
               v.fields, v.actions, v.countries,
               EXISTS (SELECT 1 FROM consent_purposerecipient r WHERE r.version_id = v.id AND r.partner_id = %s)
        FROM consent_purposeversion v WHERE v.purpose_id = ANY(%s) ORDER BY v.version
        """,
        [at, partner.pk, list(purposes)],
    )
    bases: dict[UUID, str] = {}
    versions: dict[int, _Version] = {}
    published: dict[UUID, list[tuple[int, int, Named]]] = {}
    for purpose, id_, is_published, basis, version, meaning_changed, fields, actions, countries, names_partner in rows:
        named = Coverage(frozenset(fields), frozenset(actions), frozenset(countries)) if names_partner else NOTHING
        versions[id_] = _Version(version, True, named.fields, named.actions, named.countries)
        if is_published:
            # The later ones overwrite the earlier ones.
            bases[purpose] = basis
            published.setdefault(purpose, []).append((id_, version, Named(named, meaning_changed)))
    for lineage in published.values():
        covered = still_covered([named for *_, named in lineage])
        for (id_, version, _), now in zip(lineage, covered, strict=True):
            if now is None:
                versions[id_] = versions[id_]._replace(counts=False)
            else:
                versions[id_] = _Version(version, True, now.fields, now.actions, now.countries)
    return bases, versions


def _read_elements(keys: Iterable[str]) -> dict[str, ElementFact]:
    rows = _rows("SELECT key, is_sensitive, excluded_by <> '' FROM users_dataelement WHERE key = ANY(%s)", [list(keys)])
    return {key: ElementFact(sensitive, excluded) for key, sensitive, excluded in rows}


def _read_engagements(ids: Iterable[UUID], at: datetime) -> dict[UUID, EngagementFact]:
    rows = _rows(
        """
        SELECT e.id, e.role, e.valid_from, e.valid_until, e.ended_at, e.fields, e.actions,
               ARRAY(SELECT p.key FROM disclosure_engagement_purposes ep JOIN consent_purpose p ON p.id = ep.purpose_id
                     WHERE ep.engagement_id = e.id),
               ARRAY(SELECT c.country FROM disclosure_engagementcountry c WHERE c.engagement_id = e.id ORDER BY c.id),
               ARRAY(SELECT c.mechanism FROM disclosure_engagementcountry c WHERE c.engagement_id = e.id ORDER BY c.id)
        FROM disclosure_engagement e WHERE e.id = ANY(%s)
        """,
        [list(ids)],
    )
    return {
        id_: EngagementFact(
            role=role,
            valid_from=valid_from,
            valid_until=valid_until,
            # What has ended has ended, also by another server's clock that is ahead of this one.
            ended_at=min(ended_at, at) if ended_at else None,
            purposes=frozenset(purposes),
            fields=frozenset(fields),
            actions=frozenset(actions),
            countries=dict(zip(countries, mechanisms, strict=True)),
        )
        for id_, role, valid_from, valid_until, ended_at, fields, actions, purposes, countries, mechanisms in rows
    }


def _read_consents(
    partner: Partner, people: list[UUID], versions: Mapping[int, _Version]
) -> tuple[dict[tuple[UUID | None, UUID | None], dict[str, ConsentFact]], set[UUID | None]]:
    """By person and purpose, the consents that name this partner, by aspect; and the people who have any."""
    # A time read as text is a time in a tenth of what Django takes for it.
    rows = _rows(
        """
        SELECT person_id, purpose_id, aspect, state, expires_at::text, version_id FROM consent_consent
        WHERE person_id = ANY(%s) AND recipient_id = %s
        """,
        [people, partner.pk],
    )
    consents: dict[tuple[UUID | None, UUID | None], dict[str, ConsentFact]] = {}
    related: set[UUID | None] = set()
    for person, purpose, aspect, state, expires_at, version in rows:
        related.add(person)
        # Those for other purposes are bound to versions that nobody asks about.
        if version in versions:
            expiry = datetime.fromisoformat(expires_at) if expires_at else None
            number, counts, *covers = versions[version]
            stands = state if counts or state not in LIVE else State.INVALIDATED.value
            consents.setdefault((person, purpose), {})[aspect] = ConsentFact(stands, expiry, number, *covers)
    return consents, related


def _read_services(partner: Partner, people: list[UUID]) -> dict[UUID, list[_Service]]:
    """The service requests of each person with this partner, open ones first, then the newest."""
    rows = _rows(
        """
        SELECT s.person_id, s.id, s.closed_at IS NULL, k.necessary_fields
        FROM disclosure_servicerequest s JOIN disclosure_servicekind k ON k.key = s.kind_id
        WHERE s.person_id = ANY(%s) AND s.partner_id = %s
        ORDER BY s.closed_at IS NULL DESC, s.opened_at DESC, s.id
        """,
        [people, partner.pk],
    )
    services: dict[UUID, list[_Service]] = {}
    for person, id_, is_open, necessary in rows:
        services.setdefault(person, []).append(_Service(id_, ServiceFact(is_open, frozenset(necessary))))
    return services


def _read_revoked(handles: set[UUID]) -> set[UUID | None]:
    """Those of the handles that were revoked. Whoever only asks has none, and nothing to look for."""
    if not handles:
        return set()
    rows = _rows("SELECT request_id FROM disclosure_revocation WHERE request_id = ANY(%s)", [list(handles)])
    return {handle for (handle,) in rows}


def _read_policy_version(at: datetime) -> int | None:
    rows = _rows("SELECT max(version) FROM consent_policy WHERE published_at <= %s", [at])
    version: int | None = rows[0][0]
    return version


def _choose_engagement(case: Case, engagements: Mapping[UUID, EngagementFact], at: datetime) -> UUID | None:
    """Of the candidates, the one that fits best: in force, for this purpose, action and country, with most of the fields.

    Of those that fit alike, the newest.
    """

    def fit(id_: UUID) -> tuple[bool, bool, bool, bool, int, datetime, str]:
        engagement = engagements[id_]
        ended = any(end is not None and end <= at for end in (engagement.valid_until, engagement.ended_at))
        return (
            engagement.valid_from <= at and not ended,
            case.purpose_key in engagement.purposes,
            case.action in engagement.actions,
            not case.country or case.country in engagement.countries,
            sum(field in engagement.fields for field in case.fields),
            engagement.valid_from,
            str(id_),
        )

    known = [id_ for id_ in case.engagements if id_ in engagements]
    if len(known) < 2:
        return known[0] if known else None
    return max(known, key=fit)


def _choose_service(case: Case, services: Sequence[_Service]) -> _Service | None:
    """The request that was named; else of the open ones (or, with none open, of all) the one that needs most of the fields."""
    if case.service_request:
        return next((service for service in services if service.id == case.service_request), None)
    candidates = [service for service in services if service.fact.is_open] or services
    return max(
        candidates, key=lambda service: sum(field in service.fact.necessary for field in case.fields), default=None
    )
