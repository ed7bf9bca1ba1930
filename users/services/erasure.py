"""Erasing a person: their key, their items, every link to them, in one transaction (PIPL 47, GDPR 17).

Each app registers what it must do for its own tables; this module knows that they exist, not what they do.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import (
    AccessRecord,
    AccessTally,
    ContactIndex,
    LedgerPseudonym,
    LoginSession,
    PairwiseId,
    PersonalDataItem,
    PersonKey,
    RoleAssignment,
    User,
)
from users.services.actors import pseudonym_of
from users.services.events import tell_of_erasure

Eraser = Callable[[User, datetime], None]
Foresight = Callable[[User], Iterable[UUID]]
_erasers: list[Eraser] = []
_foresights: list[Foresight] = []


def on_erasure(eraser: Eraser) -> Eraser:
    """Register a function that erases what an app's own tables hold of a person, in the same transaction."""
    _erasers.append(eraser)
    return eraser


def foresees_erasure(foresight: Foresight) -> Foresight:
    """Register which evidence an app's eraser will end: it is locked along with the person, in the order of locks."""
    _foresights.append(foresight)
    return foresight


@locks.in_transaction
def erase(person: User, *, by: Actor, at: datetime) -> None:
    """Erase the person for good; their row stays as a tombstone. Erasing twice is erasing once."""
    locks.exclude(evidence={key for foresight in _foresights for key in foresight(person)}, people=[person.pk])
    person.refresh_from_db()
    if person.erased_at is not None:
        return
    append(kind="person.erased", pseudonym=pseudonym_of(person), actor=by, body={}, at=at)
    for eraser in _erasers:
        eraser(person, at)
    tell_of_erasure(person, at=at)
    for model in (
        AccessRecord,
        AccessTally,
        PersonKey,
        PersonalDataItem,
        ContactIndex,
        PairwiseId,
        LedgerPseudonym,
        LoginSession,
        RoleAssignment,
    ):
        model._default_manager.filter(person=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.email, person.is_active, person.erased_at = None, False, at
    person.locale, person.time_zone, person.last_login = "en", "UTC", None
    person.set_unusable_password()
    person.save()
