"""Freezing a person's disclosures, and letting them go on (SEC-b)."""

from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import Freeze, User
from users.services.actors import pseudonym_of


@locks.in_transaction
def freeze(person: User, *, cause: Freeze.Cause, by: Actor, at: datetime) -> Freeze:
    """From the return of this call on, nothing of the person is disclosed. Freezing twice is freezing once."""
    locks.exclude(people=[person.pk])
    row, created = Freeze.objects.get_or_create(person=person, cause=cause, ended_at=None, defaults={"started_at": at})
    if created:
        append(kind="person.frozen", pseudonym=pseudonym_of(person), actor=by, body={"cause": str(cause)}, at=at)
    return row


@locks.in_transaction
def unfreeze(person: User, *, cause: Freeze.Cause, by: Actor, at: datetime) -> None:
    """End the freeze of this cause, if there is one; another cause's freeze goes on."""
    locks.exclude(people=[person.pk])
    if Freeze.objects.filter(person=person, cause=cause, ended_at=None).update(ended_at=at):
        append(kind="person.unfrozen", pseudonym=pseudonym_of(person), actor=by, body={"cause": str(cause)}, at=at)
