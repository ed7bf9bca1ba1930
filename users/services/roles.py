"""Giving members of staff their roles."""

from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import RoleAssignment, User
from users.roles import Role
from users.services.actors import pseudonym_of


@locks.in_transaction
def grant_role(person: User, role: Role, *, by: Actor, at: datetime, granted_by: User | None = None) -> None:
    """Give a person a role. Giving it twice is giving it once."""
    _, is_new = RoleAssignment.objects.get_or_create(
        person=person, role=role, defaults={"granted_at": at, "granted_by": granted_by}
    )
    if is_new:
        append(kind="role.granted", pseudonym=pseudonym_of(person), actor=by, body={"role": str(role)}, at=at)
