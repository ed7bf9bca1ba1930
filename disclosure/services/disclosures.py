"""Decide, record and release in one transaction, in the order that `locks` owns (PRE-1, PRE-2).

(1) Lock; (2) read the facts in later statements; (3) decide, with the clock read now; (4) append to the ledger;
(5) release. If the ledger cannot be written, nothing is released.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from disclosure.facts import Case, Query, find_cases, read_facts
from disclosure.gate import Decision, Ground, Outcome, decide
from disclosure.models import DisclosureRequest, Release, Status
from disclosure.records import decision_to_json, tells_of_person
from privacy_app import locks
from privacy_app.copying import insert
from privacy_app.ledger.services import Draft, append_all
from users.models import ApiClient
from users.services.actors import as_client, pseudonyms_of
from users.services.chosen import ChosenValue, chosen_values
from users.services.people import pairwise_ids_of

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    """A request with its decision's ledger body. `subject` is the partner's name for the person, if it may have it."""

    request: DisclosureRequest
    decision: dict[str, Any]
    subject: UUID | None


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one read through a handle gave: by permitted field the value, or None where nothing is held or it does not open."""

    request: DisclosureRequest
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
    pseudonyms = pseudonyms_of({case.person for case in cases if case.person})
    actor = as_client(client)
    entries = append_all(
        Draft("disclosure.decided", pseudonyms.get(case.person) if case.person else None, actor, body, at)
        for case, body in zip(cases, bodies, strict=True)
    )
    requests = [
        DisclosureRequest(
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
    insert(requests)
    subjects = _subjects(client, requests, bodies, at=at)
    return [Answer(request, body, subject) for request, body, subject in zip(requests, bodies, subjects, strict=True)]


def _subjects(
    client: ApiClient, requests: Sequence[DisclosureRequest], bodies: Sequence[Mapping[str, Any]], *, at: datetime
) -> list[UUID | None]:
    """The partner's name for each person of whom it may hear at all."""
    people = [
        request.person_id if tells_of_person(body) else None for request, body in zip(requests, bodies, strict=True)
    ]
    names = pairwise_ids_of(client.partner, [person for person in people if person], at=at)
    return [names.get(person) if person else None for person in people]


@locks.in_transaction
def read_disclosures(client: ApiClient, ids: Sequence[UUID], *, clock: Clock) -> list[Disclosure | None]:
    """Read through handles, each decided anew on the facts of this moment; None for one that is not this partner's.

    A constant number of queries, however many are read. Refused reads are recorded like permitted ones.
    """
    partner = client.partner
    owned = {
        request.pk: request
        for request in DisclosureRequest.objects.filter(partner=partner, pk__in=list(ids)).select_related("purpose")
    }
    requests = [owned[id_] for id_ in ids if id_ in owned]
    cases = [_case(request) for request in requests]
    _share_locks(client, cases)
    at = clock()
    sheets = read_facts(partner, cases, at=at)
    decisions = [decide(sheet.facts, at=at) for sheet in sheets]
    bodies = [
        decision_to_json(sheet.facts, decision, partner=str(partner.pk))
        for sheet, decision in zip(sheets, decisions, strict=True)
    ]
    pseudonyms = pseudonyms_of({request.person_id for request in requests if request.person_id})
    actor = as_client(client)
    entries = append_all(
        Draft(
            "disclosure.read" if decision.permitted else "disclosure.read_refused",
            pseudonyms.get(request.person_id) if request.person_id else None,
            actor,
            body,
            at,
        )
        for request, decision, body in zip(requests, decisions, bodies, strict=True)
    )
    insert(
        [
            Release(
                id=uuid.uuid4(),
                request_id=request.pk,
                person_id=cast(UUID, request.person_id),
                partner_id=partner.pk,
                fields=list(decision.permitted),
                at=at,
                entry_id=entry,
            )
            for request, decision, entry in zip(requests, decisions, entries, strict=True)
            if decision.permitted
        ]
    )
    values = _values(requests, decisions, at=at)
    subjects = _subjects(client, requests, bodies, at=at)
    results = {
        request.pk: Disclosure(
            request,
            body,
            subject,
            {field: values.get((cast(UUID, request.person_id), field)) for field in decision.permitted},
        )
        for request, body, subject, decision in zip(requests, bodies, subjects, decisions, strict=True)
    }
    return [results.get(id_) for id_ in ids]


def _case(request: DisclosureRequest) -> Case:
    """A read is about what its request was about: the same engagement and service request, never a later one."""
    return Case(
        person=request.person_id,
        purpose=request.purpose_id,
        purpose_key=request.purpose.key,
        fields=tuple(request.fields),
        ground=Ground(request.ground),
        action=request.action,
        country=request.country,
        engagements=(request.engagement_id,) if request.engagement_id else (),
        service_request=request.service_request_id,
        request_refused=request.status != Status.RELEASED,
    )


def _values(
    requests: Iterable[DisclosureRequest], decisions: Iterable[Decision], *, at: datetime
) -> dict[tuple[UUID, str], ChosenValue]:
    """The readable chosen values of the fields that were permitted, by person and field."""
    wanted = [
        (request.person_id, decision.permitted)
        for request, decision in zip(requests, decisions, strict=True)
        if decision.permitted and request.person_id
    ]
    people, fields = {person for person, _ in wanted}, {field for _, fields in wanted for field in fields}
    return chosen_values(people, fields, at=at)
