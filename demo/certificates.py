"""What the demo's partners certify after an engagement has ended: one on the second try, one waits; one is late."""

from datetime import datetime, timedelta
from functools import partial

from demo.world import World
from disclosure.models import Engagement
from disclosure.services.certificates import accept, give_back, submit
from users.roles import Role
from users.services.actors import as_client

_NORTHWIND_ENDED, _KESTREL_ENDED = 75, 300
_OFFICES = {"northwind": ("Wang Fang", "Data protection officer"), "kestrel": ("Dr. Jana Vogt", "Head of data trust")}


def plan_certificates(world: World) -> None:
    """Put the certificates, and what becomes of them, into the year."""
    timeline = world.timeline
    methods = ("Customer rows deleted.", "Customer rows deleted; backups overwritten.")
    for number, method in enumerate(methods):
        day = _NORTHWIND_ENDED + 8 + 6 * number
        timeline.add(world.day(day, 15), partial(_certify, world, "northwind", method))
        timeline.add(world.day(day + 2, 10), partial(_decide, world, "northwind", number == 1))
    timeline.add(world.day(_KESTREL_ENDED + 20, 15), partial(_certify, world, "kestrel", "Study data deleted."))


def _first_engagement(world: World, partner: str) -> Engagement:
    return Engagement.objects.filter(partner=world.partners[partner]).earliest("valid_from")


def _certify(world: World, partner: str, method: str, at: datetime) -> None:
    engagement = _first_engagement(world, partner)
    name, office = _OFFICES[partner]
    submit(
        engagement,
        client=world.clients[partner],
        certifier_name=name,
        certifier_office=office,
        fields=engagement.fields,
        method=method,
        deleted_at=at - timedelta(days=1),
        statement="We keep nothing that we read under this engagement, and nothing that tells of the people concerned.",
        by=as_client(world.clients[partner]),
        at=at,
    )


def _decide(world: World, partner: str, is_good: bool, at: datetime) -> None:
    engagement, by = _first_engagement(world, partner), world.staff[Role.ADMINISTRATOR]
    if is_good:
        accept(engagement, by=by, at=at)
    else:
        give_back(engagement, reason="Say what became of the backups.", by=by, at=at)
