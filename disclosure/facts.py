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

from disclosure.gate import ConsentFact, ElementFact, EngagementFact, Facts, Ground, ServiceFact
from users.models import Partner
from users.queries import find_people, people_by_pairwise_id


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
    """A query with what it is about found out. `engagements` are those that may be considered: the locked ones."""

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


class Sheet(NamedTuple):
    """The facts of one case, and the rows that were chosen as its engagement and its service request."""

    facts: Facts
    engagement: UUID | None
    service_request: UUID | None


def _rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def find_cases(partner: Partner, queries: Sequence[Query]) -> list[Case]:
    """Find out whom and what these queries are about; at most four queries, by the kinds of subject that are named."""
    people: dict[tuple[str, str], UUID] = {}
    if ids := [query.subject for query in queries if query.subject_kind == "id"]:
        known = people_by_pairwise_id(partner, map(UUID, ids))
        people.update({("id", str(pairwise)): person for pairwise, person in known.items()})
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


class _Service(NamedTuple):
    id: UUID
    fact: ServiceFact


def read_facts(partner: Partner, cases: Sequence[Case], *, at: datetime) -> list[Sheet]:
    """The facts of every case, in eight queries. Under locks, this must be a later statement than the locking one."""
    people = list({case.person for case in cases if case.person})
    persons = _read_persons(people)
    bases = _read_bases({case.purpose for case in cases if case.purpose}, at)
    elements = _read_elements({field for case in cases for field in case.fields})
    engagements = _read_engagements({id_ for case in cases for id_ in case.engagements}, at)
    consents, related = _read_consents(partner, people)
    services = _read_services(partner, people)
    policy_version = _read_policy_version(at)
    home = settings.HOME_COUNTRY
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
            person_erased=person is not None and person[0],
            person_frozen=person is not None and person[1],
            related=case.person in related or bool(requested),
            purpose_basis=bases.get(case.purpose) if case.purpose else None,
            elements={field: elements[field] for field in case.fields if field in elements},
            engagement=engagement,
            consents=consents.get((case.person, case.purpose), _NO_CONSENTS),
            service=service.fact if service else None,
            request_refused=case.request_refused,
        )
        sheets.append(Sheet(facts, engagement_id, service.id if service else None))
    return sheets


_NO_CONSENTS: Mapping[str, ConsentFact] = {}


def _read_persons(people: list[UUID]) -> dict[UUID, tuple[bool, bool]]:
    """Erased?, frozen? by person."""
    rows = _rows(
        """
        SELECT id, erased_at IS NOT NULL,
               EXISTS (SELECT 1 FROM users_freeze f WHERE f.person_id = u.id AND f.ended_at IS NULL)
        FROM users_user u WHERE id = ANY(%s)
        """,
        [people],
    )
    return {id_: (erased, frozen) for id_, erased, frozen in rows}


def _read_bases(purposes: Iterable[UUID], at: datetime) -> dict[UUID, str]:
    """The legal basis of the version in force, by purpose."""
    return dict(
        _rows(
            """
            SELECT DISTINCT ON (purpose_id) purpose_id, basis FROM consent_purposeversion
            WHERE purpose_id = ANY(%s) AND published_at <= %s ORDER BY purpose_id, version DESC
            """,
            [list(purposes), at],
        )
    )


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
    partner: Partner, people: list[UUID]
) -> tuple[dict[tuple[UUID | None, UUID | None], dict[str, ConsentFact]], set[UUID | None]]:
    """By person and purpose, the consents that name this partner, by aspect; and the people who have any."""
    rows = _rows(
        """
        SELECT person_id, purpose_id, aspect, state, expires_at, version_id FROM consent_consent
        WHERE person_id = ANY(%s) AND recipient_id = %s
        """,
        [people, partner.pk],
    )
    versions = {
        id_: (version, frozenset(fields), frozenset(actions), frozenset(countries))
        for id_, version, fields, actions, countries in _rows(
            "SELECT id, version, fields, actions, countries FROM consent_purposeversion WHERE id = ANY(%s)",
            [list({row[5] for row in rows})],
        )
    }
    consents: dict[tuple[UUID | None, UUID | None], dict[str, ConsentFact]] = {}
    related: set[UUID | None] = set()
    for person, purpose, aspect, state, expires_at, version in rows:
        related.add(person)
        fact = ConsentFact(state, expires_at, *versions[version])
        consents.setdefault((person, purpose), {})[aspect] = fact
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


def _read_policy_version(at: datetime) -> int | None:
    rows = _rows("SELECT max(version) FROM consent_policy WHERE published_at <= %s", [at])
    version: int | None = rows[0][0]
    return version


def _choose_engagement(case: Case, engagements: Mapping[UUID, EngagementFact], at: datetime) -> UUID | None:
    """Of the candidates, the one that fits best: in force, for this purpose, with most of the fields; then the newest."""

    def fit(id_: UUID) -> tuple[bool, bool, int, datetime, str]:
        engagement = engagements[id_]
        ended = any(end is not None and end <= at for end in (engagement.valid_until, engagement.ended_at))
        return (
            engagement.valid_from <= at and not ended,
            case.purpose_key in engagement.purposes,
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
