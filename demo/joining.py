"""How people come to the demo's marketplace: they sign up, or the website brings them in."""

from datetime import datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress

from consent.cookie_choice import Choice
from consent.cookies import OPTIONAL
from consent.models import Agreement
from consent.queries import agreement_in_force
from consent.services.cookie_choices import choose
from consent.services.sign_up import accept, sign_up
from demo.partners import WEBSITE
from demo.world import Inhabitant, World
from users.models import Source, User
from users.services.actors import as_client, as_person
from users.services.items import NewValue, store
from users.services.people import bring_in, confirm_email

_BROUGHT_IN, _CLAIMS, _NEVER_CONFIRMS, _IS_RECORDED, _TAKES_COOKIES = 0.2, 0.5, 0.04, 0.6, 0.4


def plan_joining(world: World, inhabitant: Inhabitant, at: datetime) -> None:
    """Put somebody's coming, from `at` on, into the year."""
    rng = inhabitant.rng
    if rng.random() < _BROUGHT_IN:
        world.timeline.add(at, partial(_bring_in, world, inhabitant))
        if rng.random() < _CLAIMS:
            claims_at = at + timedelta(days=rng.randrange(1, 40))
            world.timeline.add(claims_at, partial(accept_agreement, inhabitant))
            world.timeline.add(claims_at + timedelta(minutes=2), partial(confirm, inhabitant))
        return
    world.timeline.add(at, partial(sign_up_with, inhabitant, None))
    if rng.random() >= _NEVER_CONFIRMS:
        world.timeline.add(at + timedelta(minutes=3), partial(confirm, inhabitant))
        world.timeline.add(at + timedelta(minutes=9), partial(_tell, inhabitant))


def sign_up_with(inhabitant: Inhabitant, password_hash: str | None, at: datetime) -> None:
    """As the sign-up form does it. Without a hash the account has no usable password."""
    user = User(email=inhabitant.profile.email, locale=inhabitant.profile.locale, created_at=at)
    if password_hash:
        user.password = password_hash
    else:
        user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=inhabitant.profile.email, primary=True, verified=False)
    sign_up(user, _agreement(at), language=user.locale, at=at)
    inhabitant.user, inhabitant.actor = user, as_person(user)


def accept_agreement(inhabitant: Inhabitant, at: datetime) -> None:
    """Somebody who was brought in claims the account."""
    assert inhabitant.user and inhabitant.actor
    if not inhabitant.is_gone:
        accept(inhabitant.user, _agreement(at), language=inhabitant.profile.locale, by=inhabitant.actor, at=at)


def confirm(inhabitant: Inhabitant, at: datetime) -> None:
    """As the link in the mail does it."""
    assert inhabitant.user and inhabitant.actor
    if inhabitant.is_gone:
        return
    EmailAddress.objects.filter(user=inhabitant.user).update(verified=True)
    confirm_email(inhabitant.user, inhabitant.profile.email, by=inhabitant.actor, at=at)
    inhabitant.is_confirmed = True


def _bring_in(world: World, inhabitant: Inhabitant, at: datetime) -> None:
    profile = inhabitant.profile
    phone = profile.told.get("contact.phone")
    user = bring_in(
        email=profile.email,
        phone=phone,
        locale=profile.locale,
        items=[NewValue(field, value, at) for field, value in profile.told.items() if field != "contact.phone"],
        by=as_client(world.clients[WEBSITE]),
        at=at,
    )
    inhabitant.user, inhabitant.actor = user, as_person(user)


def _tell(inhabitant: Inhabitant, at: datetime) -> None:
    hold(inhabitant, inhabitant.profile.told, Source.PERSON, at)
    if inhabitant.rng.random() < _IS_RECORDED:
        hold(inhabitant, inhabitant.profile.recorded, Source.AUTOMATIC, at)
    if inhabitant.rng.random() < _TAKES_COOKIES:
        take_cookies(inhabitant, {"device.cookie_id": inhabitant.profile.cookie}, at)


def take_cookies(inhabitant: Inhabitant, gathered: dict[str, str], at: datetime) -> None:
    """Accept all cookies; what they gather is held."""
    assert inhabitant.user and inhabitant.actor
    choice = Choice(frozenset(OPTIONAL), at)
    choose(inhabitant.user, choice, signal=False, language=inhabitant.profile.locale, by=inhabitant.actor, at=at)
    hold(inhabitant, gathered, Source.COOKIE, at)


def hold(inhabitant: Inhabitant, values: dict[str, str], source: Source, at: datetime) -> None:
    """Hold values by element, obtained now, from a source that is no partner."""
    assert inhabitant.user and inhabitant.actor
    new = [NewValue(field, value, at) for field, value in values.items()]
    store(inhabitant.user, new, source=source, by=inhabitant.actor, at=at)


def _agreement(at: datetime) -> Agreement:
    agreement = agreement_in_force(at=at)
    assert agreement is not None
    return agreement
