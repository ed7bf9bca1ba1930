"""What the demo's people order, and so which services partners perform for them."""

from datetime import datetime, timedelta
from functools import partial

from demo.engagements import KINDS, Kind
from demo.partners import WEBSITE
from demo.world import DAYS, Errand, Inhabitant, World
from disclosure.contributing import Item, Offer
from disclosure.models import ServiceRequest
from disclosure.services.contributions import contribute
from disclosure.services.service_requests import close_service, open_service
from users.models import ChannelBasis
from users.services.actors import as_client
from users.services.items import Channel

KINDS_BY_KEY = {kind.key: kind for kind in KINDS}
_FROM_JAPAN_SINCE = 61
_NEW_ADDRESS = 0.06


def plan_orders(world: World, inhabitant: Inhabitant, joined: datetime) -> None:
    """Put what somebody orders after joining into the year."""
    rng = inhabitant.rng
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3))):
        at = joined + timedelta(days=rng.randrange(1, DAYS), minutes=rng.randrange(300))
        plan_order(world, inhabitant, "parcel-delivery", at, days=rng.randrange(6, 17))
        if "payment.bank_account" in inhabitant.profile.told:
            plan_order(world, inhabitant, "card-payment", at + timedelta(minutes=1), days=rng.randrange(5, 14))
    if rng.random() < 0.15:
        at = joined + timedelta(days=rng.randrange(1, 200), minutes=rng.randrange(300))
        plan_order(world, inhabitant, "support-case", at, days=rng.randrange(2, 20))
    if rng.random() < 0.12:
        at = max(joined, world.day(_FROM_JAPAN_SINCE)) + timedelta(days=rng.randrange(1, 250))
        plan_order(world, inhabitant, "order-from-japan", at, days=rng.randrange(12, 40))


def plan_order(world: World, inhabitant: Inhabitant, kind: str, at: datetime, *, days: int | None) -> None:
    """An order whose service ends after so many days (None: not yet)."""
    world.timeline.add(at, partial(_order, world, inhabitant, KINDS_BY_KEY[kind], days))


def _order(world: World, inhabitant: Inhabitant, kind: Kind, days: int | None, at: datetime) -> None:
    if inhabitant.user is None or inhabitant.is_gone:
        return
    request = open_service(
        person=inhabitant.user,
        partner=world.partners[kind.partner],
        kind=world.kinds[kind.key],
        by=as_client(world.clients[WEBSITE]),
        at=at,
    )
    world.errands.setdefault(kind.key, []).append(Errand(inhabitant, request))
    if days is not None:
        world.timeline.add(at + timedelta(days=days), partial(_perform, world, inhabitant, request))


def _perform(world: World, inhabitant: Inhabitant, request: ServiceRequest, at: datetime) -> None:
    client = as_client(world.clients[WEBSITE])
    close_service(request, by=client, at=at)
    brought_home = request.kind_id == "parcel-delivery" and not inhabitant.is_gone
    if brought_home and inhabitant.rng.random() < _NEW_ADDRESS:
        contribute_address(world, inhabitant, inhabitant.profile.told["contact.address"] + " (2)", at)


def contribute_address(world: World, inhabitant: Inhabitant, address: str, at: datetime) -> None:
    """The courier reports where it really found somebody (COL-b)."""
    offer = Offer(
        subject_kind="email",
        subject=inhabitant.profile.email,
        items=(Item("contact.address", address, at),),
        channel=Channel(
            "Corrected by the recipient at the door",
            ChannelBasis.CONTRACT,
            "Delivery contract, section 4; signed delivery note",
        ),
    )
    contribute(world.clients["northwind"], offer, clock=lambda: at)
