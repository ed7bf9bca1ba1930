"""Accepting the agreement: one acceptance of it and of the policy it pins, and no consent to anything (PRE-4, PRE-5)."""

from datetime import datetime

from consent.models import Acceptance, Agreement
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import User
from users.services.actors import pseudonym_of
from users.services.people import register


@locks.in_transaction
def accept(person: User, agreement: Agreement, *, language: str, by: Actor, at: datetime) -> Acceptance:
    """Record that the person accepted this version of the agreement. Accepting twice is accepting once."""
    locks.exclude(people=[person.pk])
    if accepted := Acceptance.objects.filter(person=person, agreement=agreement).first():
        return accepted
    seq = append(
        kind="agreement.accepted",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={
            "agreement_version": agreement.version,
            "policy_version": agreement.policy.version,
            "language": language,
        },
        at=at,
    )
    return Acceptance.objects.create(
        person=person, agreement=agreement, language=language, accepted_at=at, entry_id=seq
    )


@locks.in_transaction
def sign_up(person: User, agreement: Agreement, *, language: str, at: datetime) -> Acceptance:
    """Complete a sign-up whose account row exists: key, pseudonym and acceptance, or none of them."""
    pseudonym = register(person, origin="sign_up", at=at)
    return accept(person, agreement, language=language, by=Actor.person(pseudonym), at=at)
