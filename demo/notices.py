"""Notices to everybody in the demo's year: product news and a message by the editor, and how they went out by mail."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from consent.mailing_states import State
from consent.mailing_steps import advance
from consent.models import AnnouncementKind, Mailing
from consent.services.announcements import Told, mark_read, post
from consent.services.mailings import pause
from demo.logins import STAFF
from demo.world import Inhabitant, World
from users.roles import Role


@dataclass(frozen=True, slots=True)
class Sketch:
    """One notice: on which day, what it is, and what it says."""

    day: int
    kind: AnnouncementKind
    en: Told
    zh: Told


_CELADON = Sketch(
    120,
    AnnouncementKind.NEWS,
    Told(
        "Celadon from Longquan",
        "Four kilns from Longquan sell with us now:\n\n- teapots and cups\n- bowls for every day\n- **seconds** at half the price",
    ),
    Told("龙泉青瓷上架", "龙泉的四座窑现已入驻：\n\n- 茶壶与茶杯\n- 日用碗盘\n- **微瑕品**半价"),
)
_NIGHT = Sketch(
    352,
    AnnouncementKind.MESSAGE,
    Told(
        "One night without payments",
        "In the night to Sunday, from 2 to 4 o'clock, nothing can be paid: our payment company moves house. "
        "Orders that you place meanwhile are kept, and you pay afterwards.",
    ),
    Told(
        "一晚暂停付款",
        "周日凌晨2点至4点，支付公司进行系统迁移，期间无法付款。您在此期间下的订单会保留，之后再付款即可。",
    ),
)
_FAIR = Sketch(
    364,
    AnnouncementKind.NEWS,
    Told(
        "A tea fair in spring",
        "Forty growers, and every tea to taste before you buy. [The programme](https://lantern.example/fair)",
    ),
    Told("春季茶会", "四十位茶农，每款茶都可先品后买。[活动安排](https://lantern.example/fair)"),
)


def plan_notices(world: World, reader: Inhabitant) -> None:
    """Put them into the year. `reader` has read the first; the last is paused while it goes out."""
    for sketch in (_CELADON, _NIGHT, _FAIR):
        world.timeline.add(world.day(sketch.day, 10), partial(_post, world, sketch))
    world.timeline.add(world.day(_CELADON.day, 10, 30), send_mailings)
    world.timeline.add(world.day(_CELADON.day, 20), partial(_read, reader))
    world.timeline.add(world.day(_NIGHT.day, 10, 30), send_mailings)
    world.timeline.add(world.day(_FAIR.day, 10, 1), partial(_pause, world))


def _post(world: World, sketch: Sketch, at: datetime) -> None:
    post(sketch.kind, {"en": sketch.en, "zh-hans": sketch.zh}, by=world.staff[Role.POLICY_EDITOR], at=at)


def _read(reader: Inhabitant, at: datetime) -> None:
    assert reader.user is not None
    mark_read(reader.user, None, at=at)


def _pause(world: World, at: datetime) -> None:
    """After the first letters the editor thinks better of it."""
    mailing = Mailing.objects.filter(state=State.RUNNING.value).latest("begun_at")
    while mailing.sent == 0:
        advance(mailing, clock=lambda: at, connect=_nowhere)
        mailing.refresh_from_db()
    pause(mailing, by=world.members[STAFF[Role.POLICY_EDITOR].email], at=at)


def send_mailings(at: datetime) -> None:
    """Let what is running go out, as fast as its rate permits; what was written in the year people have read by now."""
    for mailing in Mailing.objects.filter(state=State.RUNNING.value).select_related("announcement"):
        due_at: datetime | None = at
        while due_at is not None:
            now = due_at
            due_at = advance(mailing, clock=lambda: now, connect=_nowhere)  # noqa: B023
            mailing.refresh_from_db()


def _nowhere() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection("django.core.mail.backends.dummy.EmailBackend")
    return connection
