"""How the demo's partners ask for data and read it: in rounds, as a partner's nightly job would."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from consent.models import Action
from demo.engagements import KINDS, Kind
from demo.own_purposes import PARTNER_OFFERS
from demo.partner_purposes import PARTNER_PURPOSES
from demo.world import DAYS, Inhabitant, World
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import Status
from disclosure.services.disclosures import Answer, read_disclosures, request_disclosures

_STRANGER = "nobody@example.com"
_EVERY = {"northwind": 9, "harbourpay": 14, "brightleaf": 35, "meridian": 35, "kestrel": 60}
_EVERY |= {"lanterncare": 20, "hanamachi": 20}
_ASKS_TOO_MUCH, _ASKS_WRONGLY, _ASKS_FOR_A_STRANGER, _READS_A_REFUSAL = 0.04, 0.03, 0.3, 0.05
_READS_AGAIN = 0.5
# What a purpose named in the beginning is what its partner asks for all year.
_CONSENT_PURPOSES = {sketch.key: sketch for sketch in (*PARTNER_PURPOSES, PARTNER_OFFERS) if not sketch.day}
_TOO_MUCH = ("contact.address", "identity.national_id", "activity.search_keywords")


@dataclass(frozen=True, slots=True)
class Wish:
    """A query that names nobody yet, and whom it is about (None: somebody whom the marketplace does not know)."""

    inhabitant: Inhabitant | None
    query: Query


def plan_rounds(world: World) -> None:
    """Put each partner's rounds into the year."""
    for number, (partner, every) in enumerate(sorted(_EVERY.items())):
        rng, handles = world.rng(f"rounds of {partner}"), list[UUID]()
        for day in range(every // 2 + number, DAYS, every):
            world.timeline.add(world.day(day, 3, number), partial(_round, world, partner, rng, handles))


def _round(world: World, partner: str, rng: Random, handles: list[UUID], at: datetime) -> None:
    wishes = [*_for_errands(world, partner, rng), *_for_audiences(world, partner, rng)]
    if wishes and rng.random() < _ASKS_FOR_A_STRANGER:
        wishes.append(Wish(None, consent_query("partner-offers")))
    new = [
        answer.request.pk
        for answer in ask(world, partner, wishes, at)
        if answer.request.status == Status.RELEASED or rng.random() < _READS_A_REFUSAL
    ]
    again = rng.sample(handles, min(len(handles), 6 + len(handles) // 8)) if rng.random() < _READS_AGAIN else []
    handles += new
    if new or again:
        world.timeline.add(at + timedelta(hours=30), partial(read, world, partner, [*new, *again]))


def _for_errands(world: World, partner: str, rng: Random) -> Iterator[Wish]:
    """Everything that is needed for the services requested since the last round, and now and then more than that."""
    for kind in (kind for kind in KINDS if kind.partner == partner):
        for errand in world.errands.pop(kind.key, []):
            yield Wish(errand.inhabitant, _now_and_then_wrong(service_query(kind, errand.request.pk), rng))


def _for_audiences(world: World, partner: str, rng: Random) -> Iterator[Wish]:
    """Some of those who ever decided about one of the partner's purposes."""
    for purpose in _CONSENT_PURPOSES:
        audience = world.audiences.get((partner, purpose), [])
        for inhabitant in rng.sample(audience, min(len(audience), 2 + len(audience) // 6)):
            yield Wish(inhabitant, _now_and_then_wrong(consent_query(purpose), rng))


def service_query(kind: Kind, request: UUID) -> Query:
    """What the partner needs for one service request of this kind."""
    return Query(
        subject_kind="email",
        subject=_STRANGER,
        purpose=kind.purpose,
        fields=kind.fields,
        ground=Ground.SERVICE_REQUEST,
        action=Action.PROVIDE.value,
        country=kind.country,
        service_request=request,
    )


def consent_query(purpose: str) -> Query:
    """All that a purpose which rests on consent names."""
    sketch = _CONSENT_PURPOSES[purpose]
    return Query(
        subject_kind="email",
        subject=_STRANGER,
        purpose=sketch.key,
        fields=sketch.fields,
        ground=Ground.CONSENT,
        action=sketch.actions[0].value,
    )


def _now_and_then_wrong(query: Query, rng: Random) -> Query:
    if rng.random() < _ASKS_TOO_MUCH:
        query = replace(query, fields=tuple(dict.fromkeys((*query.fields, rng.choice(_TOO_MUCH)))))
    if rng.random() < _ASKS_WRONGLY:
        query = replace(query, action=Action.TRADE.value)
    return query


def _named(world: World, partner: str, wish: Wish) -> Query:
    """By the partner's name for the person if it has heard one, else by e-mail address."""
    if wish.inhabitant is None:
        return wish.query
    if name := world.names.get((partner, wish.inhabitant.number)):
        return replace(wish.query, subject_kind="id", subject=str(name))
    return replace(wish.query, subject=wish.inhabitant.profile.email)


def ask(world: World, partner: str, wishes: Sequence[Wish], at: datetime) -> list[Answer]:
    """Ask for all these at once; the partner remembers under which names it hears of people."""
    if not wishes:
        return []
    queries = [_named(world, partner, wish) for wish in wishes]
    answers = request_disclosures(world.clients[partner], queries, clock=lambda: at)
    for wish, answer in zip(wishes, answers, strict=True):
        if wish.inhabitant and answer.subject:
            world.names[partner, wish.inhabitant.number] = answer.subject
    return answers


def read(world: World, partner: str, handles: Sequence[UUID], at: datetime) -> None:
    """Read through these handles."""
    read_disclosures(world.clients[partner], handles, clock=lambda: at)
