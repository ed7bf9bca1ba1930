"""Who works here, and who of them may do something."""

from uuid import UUID

from users.models import User
from users.roles import PERMISSIONS, Role


def colleagues() -> dict[UUID, str]:
    """The address of every member of staff, by id: colleagues know each other by them."""
    staff = User.objects.filter(role_assignments__isnull=False, is_active=True).distinct()
    return {pk: email or str(pk) for pk, email in staff.values_list("pk", "email")}


def those_who(permission: str) -> set[UUID]:
    """The members of staff whose role allows this."""
    roles = [role for role in Role if permission in PERMISSIONS[role]]
    staff = User.objects.filter(role_assignments__role__in=roles, is_active=True)
    return set(staff.values_list("pk", flat=True))
