"""What the demo's people answer when they are asked for consent, and how they change their minds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from consent.models import Aspect
from consent.services.consents import Subject, change
from consent.states import Event
from demo.partners import WEBSITE
from demo.world import DAYS, Inhabitant, World
from privacy_app.ledger.actors import SYSTEM
from users.services.actors import as_client


@dataclass(frozen=True, slots=True)
class Question:
    """Something people decide about; `asked` of them do, and `yes` of those agree, at first."""

    purpose: str
    recipient: str | None
    asked: float
    yes: float
    aspects: tuple[Aspect, ...] = (Aspect.BASE,)
    valid_days: int | None = None
    from_day: int = 0
    needs: str = ""
    """A field without which there is nothing to decide."""


QUESTIONS = (
    Question("delivery-updates", "northwind", 0.6, 0.8, valid_days=365),
    Question("recommendations", None, 0.5, 0.75, valid_days=180),
    Question("partner-offers", "northwind", 0.2, 0.5, valid_days=270),
    Question("partner-offers", "brightleaf", 0.2, 0.35, valid_days=270),
    Question("partner-offers", "harbourpay", 0.1, 0.4, valid_days=270, from_day=121),
    Question("interest-profiles", "brightleaf", 0.2, 0.4, (Aspect.BASE, Aspect.SELL), valid_days=180),
    Question("insurance-quotes", "meridian", 0.15, 0.75, (Aspect.BASE, Aspect.ABROAD), valid_days=365),
    Question(
        "allergy-study",
        "kestrel",
        0.5,
        0.65,
        (Aspect.BASE, Aspect.SENSITIVE, Aspect.ABROAD),
        valid_days=180,
        needs="health.allergies",
    ),
    Question("card-payment", "harbourpay", 0.8, 0.9, (Aspect.SENSITIVE,), needs="payment.bank_account"),
)
_CHANGES_MIND, _COMES_BACK, _RELENTS, _RENEWS, _GIVES_ASPECT, _OBJECTS_TO_NEWS = 0.18, 0.25, 0.12, 0.6, 0.85, 0.1


def plan_answers(world: World, inhabitant: Inhabitant, joined: datetime) -> None:
    """Put what somebody answers after joining into the year."""
    rng = inhabitant.rng
    for question in QUESTIONS:
        if rng.random() >= question.asked or (question.needs and question.needs not in inhabitant.profile.told):
            continue
        later = 0 if rng.random() < 0.5 else rng.randrange(80)
        at = max(joined, world.day(question.from_day)) + timedelta(days=later, minutes=20 + rng.randrange(200))
        _plan_answer(world, inhabitant, question, at)
    if rng.random() < _OBJECTS_TO_NEWS:
        at = joined + timedelta(days=rng.randrange(1, DAYS))
        news = Question("product-news", None, 1, 1)
        world.timeline.add(at, partial(answer, world, inhabitant, news, Event.WITHDRAW, news.aspects))


def _plan_answer(world: World, inhabitant: Inhabitant, question: Question, at: datetime) -> None:
    rng = inhabitant.rng
    given = tuple(
        aspect for aspect in question.aspects if aspect is question.aspects[0] or rng.random() < _GIVES_ASPECT
    )
    not_given = tuple(aspect for aspect in question.aspects if aspect not in given)

    def then(event: Event, days: int, aspects: Iterable[Aspect] = given) -> None:
        world.timeline.add(
            at + timedelta(days=days), partial(answer, world, inhabitant, question, event, tuple(aspects))
        )

    if rng.random() >= question.yes:
        then(Event.REFUSE, 0, question.aspects)
        if rng.random() < _RELENTS:
            then(Event.GIVE, rng.randrange(5, 90))
        return
    then(Event.GIVE, 0)
    then(Event.REFUSE, 0, not_given)
    if rng.random() < _CHANGES_MIND:
        withdrawn = rng.randrange(7, 140)
        then(Event.WITHDRAW, withdrawn)
        if rng.random() < _COMES_BACK:
            then(Event.GIVE, withdrawn + rng.randrange(10, 60))
    elif question.valid_days and rng.random() < _RENEWS:
        then(Event.GIVE, question.valid_days + rng.randrange(-12, 15))


def answer(
    world: World, inhabitant: Inhabitant, question: Question, event: Event, aspects: Iterable[Aspect], at: datetime
) -> None:
    """Answer now: on the page, or, by somebody without a confirmed account, on paper that the website enters."""
    if inhabitant.user is None or inhabitant.is_gone:
        return
    on_page = inhabitant.is_confirmed
    if on_page:
        by, evidence = inhabitant.actor, ""
    else:
        by, evidence = as_client(world.clients[WEBSITE]), f"Signed form {inhabitant.number:05d}"
    assert by is not None
    for aspect in aspects:
        change(
            _subject(world, inhabitant, question, aspect),
            event,
            by=by,
            at=at,
            language=inhabitant.profile.locale,
            evidence=evidence,
            origin="page" if on_page else "platform",
        )
    if question.recipient and aspects:
        audience = world.audiences.setdefault((question.recipient, question.purpose), [])
        if inhabitant not in audience:
            audience.append(inhabitant)


def be_asked(world: World, inhabitant: Inhabitant, question: Question, event: Event, at: datetime) -> None:
    """The website asks (REQUEST), or the person puts the question off (DEFER)."""
    by = SYSTEM if event is Event.REQUEST else inhabitant.actor
    assert by is not None
    change(
        _subject(world, inhabitant, question, question.aspects[0]),
        event,
        by=by,
        at=at,
        language=inhabitant.profile.locale,
        origin="system" if event is Event.REQUEST else "page",
    )


def _subject(world: World, inhabitant: Inhabitant, question: Question, aspect: Aspect) -> Subject:
    assert inhabitant.user is not None
    recipient = world.partners[question.recipient] if question.recipient else None
    return Subject(inhabitant.user, world.purposes[question.purpose], recipient, aspect)
