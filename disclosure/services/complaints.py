"""Complaints about intellectual property (DIS-e): opened, the complainant qualified, closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from disclosure.models.complaints import Complaint
from disclosure.models.documents import Document
from disclosure.services.documents import add_document
from disclosure.services.errors import AlreadyEnded, OwnMatter, SameParty
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import DataElement, User
from users.services.actors import as_staff, pseudonym_of
from users.services.errors import PersonErased


@locks.in_transaction
def open_complaint(
    *,
    complainant: User,
    respondent: User,
    right: Complaint.Right,
    subject_matter: str,
    fields: Iterable[str],
    proof: Document,
    by: Actor,
    at: datetime,
) -> Complaint:
    """Record a complaint. `fields` are the complainant's that the respondent needs to answer it.

    Raises SameParty, PersonErased, and DataElement.DoesNotExist where a field is not in the registry.
    """
    if complainant.pk == respondent.pk:
        raise SameParty
    locks.exclude(people=[complainant.pk, respondent.pk])
    if User.objects.filter(pk__in=[complainant.pk, respondent.pk], erased_at__isnull=False).exists():
        raise PersonErased
    wanted = sorted(set(fields))
    known = set(DataElement.objects.filter(key__in=wanted).values_list("key", flat=True))
    if unknown := set(wanted) - known:
        raise DataElement.DoesNotExist(", ".join(sorted(unknown)))
    complaint = Complaint.objects.create(
        complainant=complainant,
        respondent=respondent,
        right=right,
        subject_matter=subject_matter,
        fields=wanted,
        proof=proof,
        opened_at=at,
    )
    _record(complaint, kind="complaint.opened", by=by, at=at)
    return complaint


@locks.in_transaction
def receive_complaint(content: bytes, *, by: User, at: datetime, **details: Any) -> Complaint:
    """Staff take in the proof and record the complaint (`details` as `open_complaint`). Raises what both raise."""
    return open_complaint(proof=add_document(content, by=by, at=at), by=as_staff(by), at=at, **details)


@locks.in_transaction
def qualify(complaint: Complaint, *, how: str, by: User, at: datetime) -> None:
    """Somebody made sure that the complainant holds the right, and says how.

    Raises AlreadyEnded, and OwnMatter for the complainant and the respondent, who are staff now and then.
    """
    locks.exclude(evidence=[complaint.pk])
    complaint.refresh_from_db()
    if complaint.closed_at is not None:
        raise AlreadyEnded
    if by.pk in (complaint.complainant_id, complaint.respondent_id):
        raise OwnMatter
    complaint.qualified_at, complaint.qualified_by, complaint.qualified_how = at, by, how
    complaint.save(update_fields=["qualified_at", "qualified_by", "qualified_how"])
    _record(complaint, kind="complaint.qualified", by=as_staff(by), at=at)


@locks.in_transaction
def close_complaint(complaint: Complaint, *, by: Actor, at: datetime) -> None:
    """The complaint is over: from the return of this call on it is no ground any more. Raises AlreadyEnded."""
    locks.exclude(evidence=[complaint.pk])
    complaint.refresh_from_db()
    if complaint.closed_at is not None:
        raise AlreadyEnded
    complaint.closed_at = at
    complaint.save(update_fields=["closed_at"])
    _record(complaint, kind="complaint.closed", by=by, at=at)


def _record(complaint: Complaint, *, kind: str, by: Actor, at: datetime) -> None:
    append(
        kind=kind,
        pseudonym=pseudonym_of(complaint.complainant),
        actor=by,
        body={"complaint": str(complaint.pk), "right": str(complaint.right), "fields": list(complaint.fields)},
        at=at,
    )
