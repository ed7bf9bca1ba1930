"""Making the demo world: a year of people, partners, consents and disclosures, through the services of real life."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from consent.models import Purpose
from consent.queries import agreement_in_force
from consent.services.consents import expire_due
from consent.services.reference import prepare, publish_shipped_texts
from demo.ada import plan_ada, plan_ben
from demo.answers import plan_answers
from demo.certificates import plan_certificates
from demo.engagements import make_kinds, plan_engagements
from demo.filings import plan_filings
from demo.handover import handover
from demo.joining import plan_joining
from demo.logins import employ, password_hash
from demo.notices import plan_notices, send_mailings
from demo.orders import plan_orders
from demo.own_purposes import OWN_PURPOSES
from demo.partner_purposes import PARTNER_PURPOSES
from demo.partners import PARTNERS, WEBSITE, settle
from demo.people import invent
from demo.policies import plan_policies
from demo.purposes import Sketch, publish
from demo.rounds import plan_rounds
from demo.troubles import plan_troubles
from demo.world import DAYS, Inhabitant, World
from disclosure.services.demands import enter_overdue
from disclosure.services.engagements import end_next_due
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import append
from privacy_app.outbox.models import Message
from users.models import User
from users.roles import Role
from users.services.items import delete_expired
from users.services.people import pairwise_ids_of

MARK = "demo.created"
_KNOWN_TO_WEBSITE = 20


class AlreadyCreated(Exception):
    """This database holds the demo world; there is only one."""


class HoldsRealPeople(Exception):
    """Somebody is in this database whom the demo did not make."""


@transaction.atomic
def create(*, people: int, seed: int, at: datetime, progress: Callable[[float], None]) -> dict[str, Any]:
    """Make the year before `at` in an empty database, all of it or nothing; returns the content of demo.json.

    The same seed makes the same people with the same year. `progress` hears of the part that is done, from 0 to 1.
    Raises AlreadyCreated and HoldsRealPeople.
    """
    if Entry.objects.filter(kind=MARK).exists():
        raise AlreadyCreated
    if User.objects.exists():
        raise HoldsRealPeople
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    world = World(start=midnight - timedelta(days=DAYS), seed=seed)
    hashed = password_hash()
    _found(world, hashed)
    ada = plan_ada(world, hashed)
    plan_ben(world, hashed)
    _populate(world, people)
    plan_rounds(world)
    plan_certificates(world)
    plan_notices(world, ada)
    _plan_sweeps(world)
    year = at - world.start
    world.timeline.run(until=at, progress=lambda now: progress((now - world.start) / year))
    _deliver()
    _introduce(world, ada, at)
    append(kind=MARK, pseudonym=None, actor=SYSTEM, body={"people": people, "seed": seed}, at=at)
    return handover(world, ada)


def _found(world: World, hashed: str) -> None:
    """The first morning: texts, staff, partners; purposes and engagements follow in the course of the day and the year."""
    morning = world.day(0, 8)
    prepare(by=SYSTEM, at=morning)
    if agreement_in_force(at=morning) is None:
        publish_shipped_texts(by=SYSTEM, at=morning)
    employ(world, hashed, morning)
    for sketch in PARTNERS:
        partner, client, secret = settle(sketch, by=world.staff[Role.ADMINISTRATOR], at=morning)
        world.partners[sketch.key], world.clients[sketch.key], world.secrets[sketch.key] = partner, client, secret
    world.kinds = make_kinds(by=world.staff[Role.ADMINISTRATOR], at=morning)
    for purpose in (*OWN_PURPOSES, *PARTNER_PURPOSES):
        world.timeline.add(world.day(purpose.day, 9), partial(_publish, world, purpose))
    plan_engagements(world)
    plan_policies(world)


def _publish(world: World, sketch: Sketch, at: datetime) -> None:
    publish(sketch, world.partners, by=world.staff[Role.POLICY_EDITOR], at=at)
    world.purposes[sketch.key] = Purpose.objects.get(key=sketch.key)


def _populate(world: World, people: int) -> None:
    for number in range(1, people + 1):
        rng = world.rng(f"person {number}")
        inhabitant = Inhabitant(number, invent(rng, number), rng)
        world.inhabitants.append(inhabitant)
        # More come in the beginning than towards the end.
        joined = world.day(int((DAYS - 5) * rng.random() ** 1.8), 12 + rng.randrange(11), rng.randrange(60))
        plan_joining(world, inhabitant, joined)
        plan_answers(world, inhabitant, joined)
        plan_orders(world, inhabitant, joined)
    if world.inhabitants:
        plan_troubles(world)
        plan_filings(world)


def _plan_sweeps(world: World) -> None:
    """What beat does every few minutes happens every ten days here."""
    for day in range(5, DAYS, 10):
        world.timeline.add(world.day(day, 4), _sweep)


def _sweep(at: datetime) -> None:
    while expire_due(at=at):
        pass
    while delete_expired(at=at):
        pass
    while end_next_due(at=at):
        pass
    enter_overdue(at=at)
    send_mailings(at)


def _deliver() -> None:
    """What people were written to in the course of the year they have read by now."""
    waiting = Message.objects.filter(state=Message.State.PENDING)
    waiting.update(state=Message.State.DELIVERED, settled_at=F("created_at"))


def _introduce(world: World, ada: Inhabitant, at: datetime) -> None:
    """Let the website, and the first partner, have a name for Ada, and the website for some of the others."""
    users = [inhabitant.user for inhabitant in (ada, *world.inhabitants[:_KNOWN_TO_WEBSITE]) if inhabitant.user]
    here = [user.pk for user in users if user.erased_at is None]
    pairwise_ids_of(world.partners[WEBSITE], here, at=at)
    pairwise_ids_of(world.partners[PARTNERS[0].key], here[:1], at=at)
