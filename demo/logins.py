"""Whom one can log in as in the demo: two people, and staff of each role."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from demo.joining import confirm, hold, sign_up_with
from demo.people import Profile
from demo.world import Inhabitant, World
from privacy_app.ledger.actors import SYSTEM
from users.models import Source
from users.roles import Role
from users.services.actors import as_staff
from users.services.roles import grant_role

PASSWORD = "lantern-light-demo"


@dataclass(frozen=True, slots=True)
class Login:
    role: str
    email: str
    name: str


ADA = Login("person", "ada@lantern.example", "Ada Lin")
BEN = Login("person", "ben@lantern.example", "周本")
STAFF = {
    Role.ADMINISTRATOR: Login("administrator", "admin@lantern.example", "Agnes Hall"),
    Role.POLICY_EDITOR: Login("policy_editor", "editor@lantern.example", "Edith Song"),
    Role.REVIEWER: Login("reviewer", "reviewer@lantern.example", "Ravi Mehta"),
    Role.SECURITY_OFFICER: Login("security_officer", "officer@lantern.example", "Olga Brandt"),
}
SECOND_REVIEWER = Login("reviewer", "second@lantern.example", "Sibyl Okafor")
"""What the law, a violation or another provision requires is approved by two."""
SECOND_EDITOR = Login("policy_editor", "publisher@lantern.example", "Pia Wendt")
"""What one writes of the policy another publishes."""
_COLLEAGUES = ((Role.REVIEWER, SECOND_REVIEWER), (Role.POLICY_EDITOR, SECOND_EDITOR))
LOGINS = (ADA, BEN, *STAFF.values(), *(login for _, login in _COLLEAGUES))


def password_hash() -> str:
    """The one password of all log-ins, hashed once: a demo has no secret to keep apart."""
    return make_password(PASSWORD)


def employ(world: World, hashed: str, at: datetime) -> None:
    """Let the staff sign up, and give them their roles: the first by the system, the others by the administrator."""
    administrator = None
    for number, (role, login) in enumerate([*STAFF.items(), *_COLLEAGUES], 1):
        profile = Profile("en", login.email, None, {"identity.name": login.name}, {}, "")
        inhabitant = Inhabitant(-number, profile, world.rng(login.role))
        sign_up_with(inhabitant, hashed, at)
        confirm(inhabitant, at)
        hold(inhabitant, profile.told, Source.PERSON, at)
        assert inhabitant.user is not None
        by = world.staff[Role.ADMINISTRATOR] if administrator else SYSTEM
        grant_role(inhabitant.user, role, by=by, at=at, granted_by=administrator)
        administrator = administrator or inhabitant.user
        world.staff.setdefault(role, as_staff(inhabitant.user))
        world.members[login.email] = inhabitant.user
