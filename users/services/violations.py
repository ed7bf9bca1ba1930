"""Violations: found by one member of staff, confirmed or dismissed by another (DIS-d)."""

import uuid
from datetime import datetime

from privacy_app import locks
from privacy_app.crypto import associated_data, seal, unseal
from privacy_app.ledger.services import append
from users.models import User, Violation
from users.services.actors import as_staff, pseudonym_of
from users.services.data_keys import open_data_keys
from users.services.errors import PersonErased, Refused


class SameFinder(Refused):
    """Whoever found a violation does not confirm it."""


class OwnViolation(Refused):
    """Nobody decides on a violation that is said to be theirs."""


class AlreadyDecided(Refused):
    """The violation was confirmed or dismissed already."""


@locks.in_transaction
def find_violation(person: User, *, rule: str, evidence: str, by: User, at: datetime) -> Violation:
    """Record what somebody found, with its evidence sealed under the person's key. Raises PersonErased."""
    locks.exclude(people=[person.pk])
    data_key = open_data_keys([person.pk]).get(person.pk)
    if data_key is None:
        raise PersonErased
    violation_id = uuid.uuid4()
    violation = Violation.objects.create(
        id=violation_id,
        person=person,
        rule=rule,
        evidence=seal(evidence.encode(), key=data_key, context=_context(violation_id)),
        found_by=by,
        found_at=at,
    )
    _record(violation, kind="violation.found", by=by, at=at)
    return violation


@locks.in_transaction
def decide_violation(violation: Violation, *, confirm: bool, by: User, at: datetime) -> None:
    """Confirm or dismiss it. Raises SameFinder, OwnViolation and AlreadyDecided."""
    locks.exclude(evidence=[violation.pk])
    violation.refresh_from_db()
    if violation.state != Violation.State.FOUND:
        raise AlreadyDecided
    if violation.found_by_id == by.pk:
        raise SameFinder
    if violation.person_id == by.pk:
        raise OwnViolation
    violation.state = Violation.State.CONFIRMED if confirm else Violation.State.DISMISSED
    violation.decided_by, violation.decided_at = by, at
    violation.save(update_fields=["state", "decided_by", "decided_at"])
    _record(violation, kind="violation.confirmed" if confirm else "violation.dismissed", by=by, at=at)


@locks.in_transaction
def read_evidence(violation: Violation, *, by: User, at: datetime) -> str:
    """The evidence, for a member of staff; that they read it is entered first. Raises PersonErased, Unreadable."""
    _record(violation, kind="violation.looked_at", by=by, at=at)
    data_key = open_data_keys([violation.person_id]).get(violation.person_id)
    if data_key is None:
        raise PersonErased
    return unseal(bytes(violation.evidence), key=data_key, context=_context(violation.pk)).decode()


def _context(violation_id: uuid.UUID) -> bytes:
    return associated_data("violation", str(violation_id))


def _record(violation: Violation, *, kind: str, by: User, at: datetime) -> None:
    append(
        kind=kind,
        pseudonym=pseudonym_of(violation.person),
        actor=as_staff(by),
        body={"violation": str(violation.pk), "rule": violation.rule},
        at=at,
    )
