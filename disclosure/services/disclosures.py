"""Decide, record and release in one transaction, in the order that `locks` owns (PRE-1, PRE-2).

(1) Lock; (2) read the facts in later statements; (3) decide, with the clock read now; (4) append to the ledger;
(5) release. If the ledger cannot be written, nothing is released.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from disclosure.facts import Case, Query, Sheet, find_cases, find_reads, read_facts
from disclosure.gate import Outcome, decide
from disclosure.models import DisclosureRequest, Release, Status
from disclosure.records import decision_to_json, tells_of_person
from privacy_app import locks
from privacy_app.copying import copy_in
from privacy_app.ledger.services import Draft, append_all
from users.models import ApiClient
from users.services.actors import as_client
from users.services.chosen import ChosenValue, chosen_values
from users.services.people import pairwise_ids_of

Clock = Callable[[], datetime]


class Made(NamedTuple):
    """A request that was made: a row of `DisclosureRequest`, without the cost of a model for each of a batch."""

    id: UUID
    client_id: int
    partner_id: UUID
    person_id: UUID | None
    purpose_id: UUID
    engagement_id: UUID | None
    service_request_id: UUID | None
    ground: str
    action: str
    country: str
    fields: list[str]
    status: Status
    requested_at: datetime
    entry_id: int

    @property
    def pk(self) -> UUID:
        return self.id


@dataclass(frozen=True, slots=True)
class Answer:
    """A request with its decision's ledger body. `subject` is the partner's name for the person, if it may have it."""

    request: Made
    decision: dict[str, Any]
    subject: UUID | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one read through a handle gave: by permitted field the value, or None where nothing is held or it does not open."""

    handle: UUID
    decision: dict[str, Any]
    subject: UUID | None
    fields: Mapping[str, ChosenValue | None]

    @property
    def is_permitted(self) -> bool:
        return bool(self.decision["outcome"] == Outcome.PERMIT)


_STATUS = {Outcome.PERMIT: Status.RELEASED, Outcome.REVIEW: Status.IN_REVIEW, Outcome.DENY: Status.REFUSED}


def _share_locks(client: ApiClient, cases: Sequence[Case]) -> None:
    locks.share(
        engagements={id_ for case in cases for id_ in case.engagements},
        purposes={case.purpose for case in cases if case.purpose},
        partners=[client.partner_id],
        people={case.person for case in cases if case.person},
    )


@locks.in_transaction
def request_disclosures(client: ApiClient, queries: Sequence[Query], *, clock: Clock) -> list[Answer]:
    """Decide each query on its own merits and record it; what is permitted can be read through its handle.

    The purposes must exist. A constant number of queries, however many are asked.
    """
    partner = client.partner
    cases = find_cases(partner, queries)
    _share_locks(client, cases)
    at = clock()
    sheets = read_facts(partner, cases, at=at)
    decisions = [decide(sheet.facts, at=at) for sheet in sheets]
    bodies = [
        decision_to_json(sheet.facts, decision, partner=str(partner.pk))
        for sheet, decision in zip(sheets, decisions, strict=True)
    ]
    actor = as_client(client)
    entries = append_all(
        Draft("disclosure.decided", sheet.pseudonym, actor, body, at)
        for sheet, body in zip(sheets, bodies, strict=True)
    )
    requests = [
        Made(
            id=uuid.uuid4(),
            client_id=client.pk,
            partner_id=partner.pk,
            person_id=case.person,
            purpose_id=cast(UUID, case.purpose),
            engagement_id=sheet.engagement,
            service_request_id=sheet.service_request,
            ground=case.ground,
            action=case.action,
            country=case.country,
            fields=list(case.fields),
            status=_STATUS[decision.outcome],
            requested_at=at,
            entry_id=entry,
        )
        for case, sheet, decision, entry in zip(cases, sheets, decisions, entries, strict=True)
    ]
    copy_in(DisclosureRequest._meta.db_table, Made._fields, requests)
    subjects = _subjects(client, cases, sheets, bodies, at=at)
    return [Answer(request, body, subject) for request, body, subject in zip(requests, bodies, subjects, strict=True)]


def _subjects(
    client: ApiClient,
    cases: Iterable[Case],
    sheets: Iterable[Sheet],
    bodies: Iterable[Mapping[str, Any]],
    *,
    at: datetime,
) -> list[UUID | None]:
    """The partner's name for each person of whom it may hear at all, made where there is none yet."""
    told = [
        (case.person, sheet.name) if case.person and tells_of_person(body) else None
        for case, sheet, body in zip(cases, sheets, bodies, strict=True)
    ]
    nameless = {person for person, name in filter(None, told) if name is None}
    names = pairwise_ids_of(client.partner, nameless, at=at) if nameless else {}
    return [(who[1] or names.get(who[0])) if who else None for who in told]


@locks.in_transaction
def read_disclosures(client: ApiClient, ids: Sequence[UUID], *, clock: Clock) -> list[Disclosure | None]:
    """Read through handles, each decided anew on the facts of this moment; None for one that is not this partner's.

    A constant number of queries, however many are read. Refused reads are recorded like permitted ones.
    """
    partner = client.partner
    cases = find_reads(partner, ids)
    _share_locks(client, cases)
    at = clock()
    sheets = read_facts(partner, cases, at=at)
    decisions = [decide(sheet.facts, at=at) for sheet in sheets]
    bodies = [
        decision_to_json(sheet.facts, decision, partner=str(partner.pk))
        for sheet, decision in zip(sheets, decisions, strict=True)
    ]
    permitted = [decision.permitted for decision in decisions]
    actor = as_client(client)
    entries = append_all(
        Draft("disclosure.read" if fields else "disclosure.read_refused", sheet.pseudonym, actor, body, at)
        for sheet, fields, body in zip(sheets, permitted, bodies, strict=True)
    )
    copy_in(
        Release._meta.db_table,
        ("id", "request_id", "person_id", "partner_id", "fields", "at", "entry_id"),
        [
            (uuid.uuid4(), case.handle, case.person, partner.pk, list(fields), at, entry)
            for case, fields, entry in zip(cases, permitted, entries, strict=True)
            if fields
        ],
    )
    values = _values(cases, permitted, at=at)
    subjects = _subjects(client, cases, sheets, bodies, at=at)
    results = {
        case.handle: Disclosure(
            cast(UUID, case.handle),
            body,
            subject,
            {field: values.get((cast(UUID, case.person), field)) for field in fields},
        )
        for case, body, subject, fields in zip(cases, bodies, subjects, permitted, strict=True)
    }
    return [results.get(id_) for id_ in ids]


def _values(
    cases: Iterable[Case], permitted: Iterable[Sequence[str]], *, at: datetime
) -> dict[tuple[UUID, str], ChosenValue]:
    """The readable chosen values of the fields that were permitted, by person and field."""
    wanted = [(case.person, fields) for case, fields in zip(cases, permitted, strict=True) if fields and case.person]
    people, elements = {person for person, _ in wanted}, {field for _, fields in wanted for field in fields}
    return chosen_values(people, elements, at=at)
