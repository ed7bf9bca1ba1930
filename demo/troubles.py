"""What goes wrong for a few of the demo's people: a leak that freezes their disclosures; and one in a hundred leaves."""

from datetime import datetime, timedelta
from functools import partial

from demo.world import DAYS, Inhabitant, World
from users.models import Freeze
from users.roles import Role
from users.services.erasure import erase
from users.services.freezing import freeze, unfreeze

_ONE_IN = 100
_SETTLED_BEFORE = 300


def plan_troubles(world: World) -> None:
    """Put freezes and erasures into the year."""
    rng = world.rng("troubles")
    for _ in range(1 + len(world.inhabitants) // _ONE_IN):
        frozen, leaving = rng.choice(world.inhabitants), rng.choice(world.inhabitants)
        day = rng.randrange(200, DAYS - 10)
        world.timeline.add(world.day(day, 21), partial(_freeze, world, frozen))
        if day < _SETTLED_BEFORE:
            world.timeline.add(world.day(day, 21) + timedelta(days=20), partial(_unfreeze, world, frozen))
        world.timeline.add(world.day(rng.randrange(250, DAYS - 5), 22), partial(_leave, leaving))


def _freeze(world: World, inhabitant: Inhabitant, at: datetime) -> None:
    if inhabitant.user and not inhabitant.is_gone:
        freeze(inhabitant.user, cause=Freeze.Cause.LEAK, by=world.staff[Role.SECURITY_OFFICER], at=at)


def _unfreeze(world: World, inhabitant: Inhabitant, at: datetime) -> None:
    if inhabitant.user and not inhabitant.is_gone:
        unfreeze(inhabitant.user, cause=Freeze.Cause.LEAK, by=world.staff[Role.SECURITY_OFFICER], at=at)


def _leave(inhabitant: Inhabitant, at: datetime) -> None:
    if inhabitant.user and inhabitant.actor and not inhabitant.is_gone:
        erase(inhabitant.user, by=inhabitant.actor, at=at)
        inhabitant.is_gone = True
