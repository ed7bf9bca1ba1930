"""What the makers of the demo's year share."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from consent.models import Purpose
from demo.people import Profile
from demo.timeline import Timeline
from disclosure.models import ServiceKind, ServiceRequest
from privacy_app.ledger.actors import Actor
from users.models import ApiClient, Partner, User
from users.roles import Role

DAYS = 365


@dataclass
class Inhabitant:
    """Somebody in the demo. `user` and `actor` are there once they joined; `is_gone` once they had themselves erased."""

    number: int
    profile: Profile
    rng: Random
    user: User | None = None
    actor: Actor | None = None
    is_confirmed: bool = False
    is_gone: bool = False

    @property
    def may_act(self) -> bool:
        return self.is_confirmed and not self.is_gone


@dataclass
class Errand:
    """A service request that its partner has not yet asked data for."""

    inhabitant: Inhabitant
    request: ServiceRequest


@dataclass
class World:
    """The demo while it is made. Day 0 is a year before the day it is made on; partners and the rest are by their keys.

    `members` are the people on the staff, by the address of their log-in.
    """

    start: datetime
    seed: int
    timeline: Timeline = field(default_factory=Timeline)
    staff: dict[Role, Actor] = field(default_factory=dict)
    members: dict[str, User] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    clients: dict[str, ApiClient] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)
    kinds: dict[str, ServiceKind] = field(default_factory=dict)
    inhabitants: list[Inhabitant] = field(default_factory=list)
    audiences: dict[tuple[str, str], list[Inhabitant]] = field(default_factory=dict)
    errands: dict[str, list[Errand]] = field(default_factory=dict)
    names: dict[tuple[str, int], UUID] = field(default_factory=dict)
    """Under which pairwise id a partner (by key) knows an inhabitant (by number)."""

    def day(self, number: int, hour: int = 9, minute: int = 0) -> datetime:
        return self.start + timedelta(days=number, hours=hour, minutes=minute)

    def rng(self, name: str) -> Random:
        """Chance for one thing, independent of what else there is."""
        return Random(f"{self.seed}:{name}")
