"""Taking data from a partner: decided, recorded and held in one transaction, and the person is told (COL-b).

In the order that `locks` owns, as a disclosure does it. The person is locked against every other change, since what is
held about them may change; somebody unknown stands in for the person where nobody matched, at the same cost.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from disclosure.contributing import Decision, Facts, Offer, Refusal, decide, reasons_for_partner
from disclosure.contribution_queries import items_of
from disclosure.models import Contribution, Engagement, EvidenceReading
from disclosure.queries import contribution_facts
from disclosure.services.errors import EvidenceGone
from privacy_app import locks
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue
from users.models import ApiClient, Partner, Source, User
from users.queries import find_people, people_by_pairwise_id
from users.services.actors import as_client, as_staff, pseudonym_of, pseudonyms_of
from users.services.items import NewValue, evidence_of, store
from users.services.people import pairwise_ids_of

TOLD = "contribution.told"
"""The kind of message by which the person hears of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A contribution with its decision's ledger body. `subject` is the partner's name for the person, if it may have it."""

    contribution: Contribution
    decision: dict[str, Any]
    subject: UUID | None


@locks.in_transaction
def contribute(client: ApiClient, offer: Offer, *, clock: Callable[[], datetime]) -> Answer:
    """Decide on each item of the offer, record it, and hold what is accepted beside what is held already.

    Raises ValidationError where a value is not one of its element: nothing is kept then.
    """
    partner = client.partner
    found = _person_named(partner, offer)
    person_id = found or uuid.uuid4()
    engagements = list(Engagement.objects.filter(partner=partner).values_list("pk", flat=True))
    locks.share(engagements=engagements, partners=[partner.pk])
    locks.exclude(people=[person_id])
    at = clock()
    facts = contribution_facts(partner, person_id, offer.fields, engagements=engagements, at=at)
    decision = decide(offer, facts, at=at)
    body = _to_json(partner, offer, facts, decision, at=at)
    entry = append(
        kind="contribution.accepted" if decision.accepted else "contribution.refused",
        pseudonym=pseudonyms_of([person_id]).get(person_id),
        actor=as_client(client),
        body=body,
        at=at,
    )
    contribution = Contribution.objects.create(
        client=client,
        partner=partner,
        person_id=found,
        fields=list(offer.fields),
        accepted=list(decision.accepted),
        at=at,
        entry_id=entry,
    )
    if not decision.accepted:
        return Answer(contribution, body, None)
    _hold(client, User.objects.get(pk=person_id), offer, decision, at=at)
    enqueue(TOLD, {"contribution": str(contribution.pk)}, at=at)
    return Answer(contribution, body, pairwise_ids_of(partner, [person_id], at=at)[person_id])


def _person_named(partner: Partner, offer: Offer) -> UUID | None:
    """In one query, whoever it is about."""
    if offer.subject_kind == "id":
        name = UUID(offer.subject)
        return people_by_pairwise_id(partner, [name]).get(name)
    address = offer.subject_kind, offer.subject
    return find_people([address]).get(address)


def _hold(client: ApiClient, person: User, offer: Offer, decision: Decision, *, at: datetime) -> None:
    store(
        person,
        [
            NewValue(item.field, item.value, item.obtained_at)
            for item in offer.items
            if item.field in decision.accepted and item.obtained_at
        ],
        source=Source.PARTNER,
        partner=client.partner,
        channel=offer.channel,
        by=as_client(client),
        at=at,
    )


def _to_json(partner: Partner, offer: Offer, facts: Facts, decision: Decision, *, at: datetime) -> dict[str, Any]:
    """The body of the ledger entry: no value, and nothing that the partner wrote in words of its own."""
    return {
        "partner": str(partner.pk),
        "fields": {field: "accepted" if field in decision.accepted else "refused" for field in offer.fields},
        "reasons": [{"code": refusal.code, "fields": list(fields)} for refusal, fields in decision.reasons],
        "obtained_at": {
            item.field: instant(item.obtained_at)
            for item in offer.items
            if item.field in decision.accepted and item.obtained_at
        },
        "basis": str(offer.channel.basis),
        "policy_version": facts.policy_version,
        "decided_at": instant(at),
    }


_REFUSALS = {refusal.code: refusal for refusal in Refusal}


def for_partner(body: dict[str, Any]) -> dict[str, Any]:
    """A decision as its partner may see it, from the entry's body."""
    reasons = [(_REFUSALS[reason["code"]], tuple(reason["fields"])) for reason in body["reasons"]]
    return {
        "fields": body["fields"],
        "reasons": [
            {"code": refusal.code, "clause": refusal.clause, "message": refusal.message, "fields": list(fields)}
            for refusal, fields in reasons_for_partner(reasons, fields=tuple(body["fields"]))
        ],
        "at": body["decided_at"],
    }


@locks.in_transaction
def read_evidence(contribution: Contribution, *, by: User, at: datetime) -> str:
    """The evidence of a contribution, for a member of staff; it is entered, and the person sees it.

    Raises EvidenceGone where nothing of it is held any more, and Unreadable.
    """
    if contribution.person is None:
        raise EvidenceGone
    locks.share(people=[contribution.person.pk])
    items = list(items_of(contribution))
    if not items:
        raise EvidenceGone
    fields = [item.element_id for item in items]
    entry = append(
        kind="contribution.evidence_read",
        pseudonym=pseudonym_of(contribution.person),
        actor=as_staff(by),
        body={"partner": str(contribution.partner_id), "fields": fields, "decided_in": contribution.entry_id},
        at=at,
    )
    EvidenceReading.objects.create(
        contribution=contribution, person=contribution.person, fields=fields, at=at, entry_id=entry
    )
    # One channel and one evidence came with all of them.
    return evidence_of(items[0])
