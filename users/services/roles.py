"""Giving members of staff their roles, and taking them away."""

from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import RoleAssignment, User
from users.roles import Role
from users.services.actors import pseudonym_of
from users.services.errors import PersonErased, Refused


class OwnRole(Refused):
    """Nobody gives a role to themselves."""


class LastAdministrator(Refused):
    """Without an administrator nobody could give a role any more."""


@locks.in_transaction
def grant_role(person: User, role: Role, *, by: Actor, at: datetime, granted_by: User | None = None) -> None:
    """Give a person a role. Giving it twice is giving it once. Raises OwnRole and PersonErased."""
    if granted_by == person:
        raise OwnRole
    locks.exclude(people=[person.pk])
    person.refresh_from_db()
    if person.erased_at is not None:
        raise PersonErased
    _, is_new = RoleAssignment.objects.get_or_create(
        person=person, role=role, defaults={"granted_at": at, "granted_by": granted_by}
    )
    if is_new:
        append(kind="role.granted", pseudonym=pseudonym_of(person), actor=by, body={"role": str(role)}, at=at)


@locks.in_transaction
def revoke_role(person: User, role: Role, *, by: Actor, at: datetime) -> None:
    """Take a role from a person, at once. Taking what they do not have changes nothing. Raises LastAdministrator."""
    administrators = RoleAssignment.objects.filter(role=Role.ADMINISTRATOR)
    # All of them: of two administrators who take the role from each other, only one may succeed.
    locks.exclude(people=[person.pk, *administrators.values_list("person_id", flat=True)])
    held = RoleAssignment.objects.filter(person=person, role=role)
    if not held.exists():
        return
    if role == Role.ADMINISTRATOR and not administrators.filter(person__is_active=True).exclude(person=person).exists():
        raise LastAdministrator
    held.delete()
    append(kind="role.revoked", pseudonym=pseudonym_of(person), actor=by, body={"role": str(role)}, at=at)
