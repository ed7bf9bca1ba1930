"""The year of Ada, as whom one sees most: values of every category, consents in many states, readers near and far.

And the year of Ben, to whom hardly anything happens.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from consent.models import Aspect
from consent.states import Event
from demo.answers import Question, answer, be_asked
from demo.joining import confirm, hold, sign_up_with, take_cookies
from demo.logins import ADA, BEN
from demo.orders import KINDS_BY_KEY, contribute_address, plan_order
from demo.people import Profile
from demo.rounds import Wish, ask, consent_query, read, service_query
from demo.visits import IPHONE, MAC, plan_visits
from demo.world import Inhabitant, World
from disclosure.facts import Query
from users.models import Source

_ADA = Profile(
    locale="en",
    email=ADA.email,
    phone="+8612000000417",
    told={
        "identity.name": ADA.name,
        "identity.birth_date": "1991-11-23",
        "identity.gender": "female",
        "identity.nationality": "SG",
        "identity.national_id": "990000199111230021",
        "contact.phone": "+8612000000417",
        "contact.address": "27 Listening Rain Lane, Flat 402, Shanghai",
        "preference.interests": "tea, pottery, travel",
        "preference.language": "en",
        "location.country": "CN",
        "location.city": "Shanghai",
        "payment.bank_account": "629900001177340098",
        "payment.tax_number": "9900 1123 0021",
        "health.allergies": "peanuts",
        "health.access_needs": "hard of hearing: please write, do not ring",
    },
    recorded={
        "device.ip_address": "203.0.113.17",
        "device.browser": "Firefox 140",
        "device.system": "macOS 15",
        "device.pages": "/en/goods/4417",
    },
    cookie="5e1fa3c09b72d846",
)
_FROM_THE_SHOP = {
    "contact.phone": "+8612000000350",
    "activity.search_keywords": "celadon teapot; travel cup with lid",
    "activity.transactions": "Order 20417: celadon teapot, paid and delivered",
    "activity.reviews": "Order 20417: five stars. The lid fits.",
    "activity.participation": "Tea lovers' circle, member",
    "enforcement.violations": "Rule 4: a review quoted a seller's telephone number",
    "enforcement.measures": "The review was taken down; a reminder was sent",
}
_BEN = Profile(
    locale="zh-hans",
    email=BEN.email,
    phone="+8612000000733",
    told={
        "identity.name": BEN.name,
        "contact.phone": "+8612000000733",
        "contact.address": "成都市竹林街16号2栋301室",
        "preference.language": "zh-hans",
        "location.city": "成都市",
    },
    recorded={"device.browser": "WeChat 8", "device.system": "HarmonyOS 5"},
    cookie="",
)


class _Year:
    """One person's days, put into the world's year."""

    def __init__(self, world: World, inhabitant: Inhabitant) -> None:
        self.world = world
        self.inhabitant = inhabitant

    def on(self, day: int, happening: Callable[[datetime], None], *, hour: int = 19, minute: int = 0) -> None:
        self.world.timeline.add(self.world.day(day, hour, minute), happening)

    def sign_up(self, day: int, hashed: str) -> None:
        self.on(day, partial(sign_up_with, self.inhabitant, hashed))
        self.on(day, partial(confirm, self.inhabitant), minute=4)
        self.holds(day, self.inhabitant.profile.told, Source.PERSON)

    def holds(self, day: int, values: dict[str, str], source: Source) -> None:
        self.on(day, lambda at: hold(self.inhabitant, values, source, at), minute=12)

    def answers(self, day: int, purpose: str, recipient: str | None, event: Event, *aspects: Aspect) -> None:
        question = Question(purpose, recipient, 1, 1, aspects or (Aspect.BASE,))
        if event in (Event.REQUEST, Event.DEFER):
            self.on(day, partial(be_asked, self.world, self.inhabitant, question, event), minute=30)
        else:
            self.on(day, partial(answer, self.world, self.inhabitant, question, event, question.aspects), minute=30)

    def orders(self, day: int, kind: str, *, days: int | None, asked: int = 1, reads: tuple[int, ...] = (2,)) -> None:
        """Order something; its partner asks and reads so many days later."""
        plan_order(self.world, self.inhabitant, kind, self.world.day(day, 20), days=days)
        self.on(day + asked, partial(self._ask_for_order, kind, reads), hour=2)

    def _ask_for_order(self, kind: str, reads: tuple[int, ...], at: datetime) -> None:
        errands = self.world.errands.get(kind, [])
        mine = [errand for errand in errands if errand.inhabitant is self.inhabitant]
        for errand in mine:
            errands.remove(errand)
            sketch = KINDS_BY_KEY[kind]
            self._ask(sketch.partner, service_query(sketch, errand.request.pk), reads, at)

    def is_asked_for(self, day: int, partner: str, purpose: str, *reads: int) -> None:
        """A partner asks on the ground of consent, and reads so many days later."""
        self.on(day, lambda at: self._ask(partner, consent_query(purpose), reads, at), hour=2, minute=30)

    def _ask(self, partner: str, query: Query, reads: tuple[int, ...], at: datetime) -> None:
        answers = ask(self.world, partner, [Wish(self.inhabitant, query)], at)
        handles: list[UUID] = [answer.request.pk for answer in answers]
        for days in reads:
            self.world.timeline.add(at + timedelta(days=days), partial(read, self.world, partner, handles))


def plan_ada(world: World, hashed: str) -> Inhabitant:
    """Put Ada's year into the world's."""
    ada = Inhabitant(-101, _ADA, world.rng("Ada"))
    year = _Year(world, ada)
    year.sign_up(1, hashed)
    year.holds(5, {"contact.phone": _FROM_THE_SHOP["contact.phone"]}, Source.PLATFORM)
    year.holds(6, {"contact.phone": _ADA.told["contact.phone"]}, Source.PERSON)

    year.answers(15, "card-payment", "harbourpay", Event.GIVE, Aspect.SENSITIVE)
    year.orders(16, "card-payment", days=4)
    year.orders(16, "parcel-delivery", days=8, reads=(1, 4, 30))
    year.answers(20, "partner-offers", "northwind", Event.GIVE)
    year.answers(20, "partner-offers", "brightleaf", Event.REFUSE)
    year.answers(25, "interest-profiles", "brightleaf", Event.REFUSE, Aspect.BASE, Aspect.SELL)
    year.answers(30, "recommendations", None, Event.GIVE)
    year.answers(45, "allergy-study", "kestrel", Event.GIVE, Aspect.BASE, Aspect.SENSITIVE, Aspect.ABROAD)
    year.is_asked_for(46, "kestrel", "allergy-study", 1, 90, 200)
    year.answers(60, "insurance-quotes", "meridian", Event.GIVE, Aspect.BASE, Aspect.ABROAD)
    year.is_asked_for(62, "meridian", "insurance-quotes", 1, 190)
    year.is_asked_for(64, "brightleaf", "partner-offers", 1)
    year.is_asked_for(90, "northwind", "partner-offers", 1, 20, 45)
    year.answers(95, "delivery-updates", "northwind", Event.GIVE)
    year.is_asked_for(100, "northwind", "delivery-updates", 20, 101, 259)
    year.orders(119, "parcel-delivery", days=11)
    year.answers(125, "partner-offers", "harbourpay", Event.REQUEST)
    year.answers(126, "partner-offers", "harbourpay", Event.DEFER)
    year.answers(130, "partner-offers", "northwind", Event.WITHDRAW)
    year.orders(140, "support-case", days=6)
    year.holds(150, {key: _FROM_THE_SHOP[key] for key in _ENFORCEMENT}, Source.PLATFORM)
    year.answers(160, "product-news", None, Event.WITHDRAW)
    year.orders(180, "order-from-japan", days=25, reads=(2, 20, 40))
    year.orders(199, "parcel-delivery", days=12)
    year.on(210, lambda at: contribute_address(world, ada, "27 Listening Rain Lane, back door, Shanghai", at))
    year.answers(214, "recommendations", None, Event.GIVE)
    year.holds(230, {"contact.address": _ADA.told["contact.address"]}, Source.PERSON)
    year.holds(
        300, {key: value for key, value in _FROM_THE_SHOP.items() if key.startswith("activity.")}, Source.PLATFORM
    )
    year.holds(340, _ADA.recorded, Source.AUTOMATIC)
    gathered = {"device.cookie_id": _ADA.cookie, "device.campaign": "spring-fair"}
    year.on(341, lambda at: take_cookies(ada, gathered, at), minute=12)
    year.holds(352, {"location.precise": "31.2247, 121.4581"}, Source.PERSON)
    year.orders(357, "card-payment", days=3)
    year.orders(357, "parcel-delivery", days=None, reads=(1, 5))
    plan_visits(world, ada, language="en-GB", browsers=[(MAC, "203.0.113.17"), (IPHONE, "198.51.100.23")])
    return ada


_ENFORCEMENT = ("enforcement.violations", "enforcement.measures")


def plan_ben(world: World, hashed: str) -> Inhabitant:
    """Put Ben's year into the world's."""
    ben = Inhabitant(-102, _BEN, world.rng("Ben"))
    year = _Year(world, ben)
    year.sign_up(80, hashed)
    year.answers(81, "delivery-updates", "northwind", Event.REFUSE)
    year.answers(81, "recommendations", None, Event.GIVE)
    year.orders(150, "parcel-delivery", days=9)
    year.holds(330, _BEN.recorded, Source.AUTOMATIC)
    plan_visits(world, ben, language="zh-CN", browsers=[(IPHONE, "192.0.2.88")])
    return ben
