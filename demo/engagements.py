"""For what, when and where the demo's partners are engaged, and what kinds of service they perform."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from consent.models import Action
from demo.world import DAYS, World
from disclosure.models import Engagement, Role, ServiceKind, TransferMechanism
from disclosure.services.engagements import end, engage
from disclosure.services.service_kinds import add_kind
from privacy_app.ledger.actors import Actor
from users.roles import Role as StaffRole

_HOME = {"CN": ("", "")}
_PARCEL = ("identity.name", "contact.phone", "contact.address")
_OFFERS = ("contact.email", "preference.interests")


@dataclass(frozen=True, slots=True)
class Sketch:
    """An engagement from one day to another (None: open). It is signed before it begins, and may be ended early."""

    partner: str
    role: Role
    purposes: tuple[str, ...]
    fields: tuple[str, ...]
    actions: tuple[Action, ...]
    countries: dict[str, tuple[str, str]]
    begins: int
    until: int | None
    signed: int = 0
    ends: int | None = None
    end_reason: str = ""
    contributes: tuple[str, ...] = ()


_STANDARD = TransferMechanism.STANDARD_CONTRACT.value
ENGAGEMENTS = (
    Sketch(
        "northwind",
        Role.THIRD_PARTY,
        ("parcel-delivery", "partner-offers"),
        (*_PARCEL, *_OFFERS),
        (Action.PROVIDE, Action.SHARE),
        _HOME,
        begins=0,
        until=180,
        ends=75,
        end_reason="Replaced by a contract that also covers delivery updates.",
        contributes=("contact.address",),
    ),
    Sketch(
        "northwind",
        Role.THIRD_PARTY,
        ("parcel-delivery", "delivery-updates", "partner-offers"),
        (*_PARCEL, *_OFFERS),
        (Action.PROVIDE, Action.SHARE),
        _HOME,
        begins=75,
        until=DAYS + 400,
        signed=70,
        contributes=("contact.address",),
    ),
    Sketch(
        "harbourpay",
        Role.THIRD_PARTY,
        ("card-payment", "partner-offers"),
        ("identity.name", "payment.bank_account", *_OFFERS),
        (Action.PROVIDE, Action.SHARE),
        _HOME,
        begins=0,
        until=None,
    ),
    Sketch(
        "brightleaf",
        Role.THIRD_PARTY,
        ("partner-offers",),
        _OFFERS,
        (Action.SHARE,),
        _HOME,
        begins=10,
        until=200,
    ),
    Sketch(
        "brightleaf",
        Role.THIRD_PARTY,
        ("partner-offers", "interest-profiles"),
        (*_OFFERS, "location.city", "device.cookie_id"),
        (Action.SHARE, Action.SELL),
        _HOME,
        begins=20,
        until=DAYS + 100,
        ends=340,
        end_reason="The partner gave up its business with profiles.",
    ),
    Sketch(
        "meridian",
        Role.THIRD_PARTY,
        ("insurance-quotes",),
        ("identity.name", "identity.birth_date", "contact.email", "contact.phone"),
        (Action.SHARE,),
        {"SG": (_STANDARD, "Standard contract filed as SH-0117")},
        begins=30,
        until=DAYS + 200,
    ),
    Sketch(
        "kestrel",
        Role.JOINT_CONTROLLER,
        ("allergy-study",),
        ("health.allergies", "identity.birth_date", "location.city"),
        (Action.SHARE,),
        {"DE": (_STANDARD, "Standard contract filed as SH-0142")},
        begins=40,
        until=300,
    ),
    Sketch(
        "kestrel",
        Role.JOINT_CONTROLLER,
        ("allergy-study",),
        ("health.allergies", "identity.birth_date", "location.city"),
        (Action.SHARE,),
        {"DE": (_STANDARD, "Standard contract filed as SH-0207")},
        begins=DAYS + 30,
        until=DAYS + 395,
        signed=355,
    ),
    Sketch(
        "hanamachi",
        Role.JOINT_CONTROLLER,
        ("cross-border-orders",),
        _PARCEL,
        (Action.PROVIDE,),
        {"JP": (_STANDARD, "Standard contract filed as SH-0125")},
        begins=60,
        until=DAYS + 300,
    ),
    Sketch(
        "lanterncloud",
        Role.PROCESSOR,
        ("tax-records",),
        ("identity.name", "contact.address", "payment.tax_number"),
        (Action.PROVIDE,),
        _HOME,
        begins=0,
        until=None,
    ),
    Sketch(
        "lanterncare",
        Role.PROCESSOR,
        ("customer-support",),
        ("identity.name", "contact.email", "preference.language"),
        (Action.PROVIDE,),
        {**_HOME, "SG": (TransferMechanism.CERTIFICATION.value, "Certificate PIP-2231")},
        begins=0,
        until=None,
    ),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service, the partner that performs it, and the purpose for which that partner reads data."""

    key: str
    title_en: str
    title_zh_hans: str
    partner: str
    purpose: str
    fields: tuple[str, ...]
    country: str = ""


KINDS = (
    Kind("parcel-delivery", "Parcel delivery", "包裹配送", "northwind", "parcel-delivery", _PARCEL),
    Kind(
        "card-payment",
        "Payment by bank card",
        "银行卡付款",
        "harbourpay",
        "card-payment",
        ("identity.name", "payment.bank_account"),
    ),
    Kind(
        "support-case",
        "Help with a question",
        "客服咨询",
        "lanterncare",
        "customer-support",
        ("identity.name", "contact.email", "preference.language"),
        country="SG",
    ),
    Kind("order-from-japan", "Order from Japan", "日本订单", "hanamachi", "cross-border-orders", _PARCEL),
)


def plan_engagements(world: World) -> None:
    """Put the signing and the early end of each engagement into the year."""
    for sketch in ENGAGEMENTS:
        world.timeline.add(world.day(sketch.signed, 11), partial(_sign, world, sketch))


def _sign(world: World, sketch: Sketch, at: datetime) -> None:
    engagement = engage(
        partner=world.partners[sketch.partner],
        role=sketch.role,
        valid_from=world.day(sketch.begins, 11),
        valid_until=world.day(sketch.until, 0) if sketch.until is not None else None,
        purposes=[world.purposes[key] for key in sketch.purposes],
        fields=sketch.fields,
        actions=sketch.actions,
        countries=sketch.countries,
        contributes=sketch.contributes,
        by=world.staff[StaffRole.ADMINISTRATOR],
        at=at,
    )
    if sketch.ends is not None:
        world.timeline.add(world.day(sketch.ends, 11), partial(_end, world, sketch, engagement))


def _end(world: World, sketch: Sketch, engagement: Engagement, at: datetime) -> None:
    end(engagement, reason=sketch.end_reason, by=world.staff[StaffRole.ADMINISTRATOR], at=at)


def make_kinds(*, by: Actor, at: datetime) -> dict[str, ServiceKind]:
    """The kinds of service, by key."""
    return {
        kind.key: add_kind(
            key=kind.key,
            title_en=kind.title_en,
            title_zh_hans=kind.title_zh_hans,
            necessary_fields=kind.fields,
            by=by,
            at=at,
        )
        for kind in KINDS
    }
