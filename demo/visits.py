"""The pages that Ada and Ben asked for in the last weeks of the demo's year, as they are recorded (COL-a)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from demo.world import DAYS, Inhabitant, World
from users.access.storing import store
from users.access.visits import Visit

_WEEKS = 6
_PAGES = ("me/", "me/consents/", "me/data/", "me/shared/", "policy/", "me/security/", "me/consents/history/")
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.0 Mobile/15E148 Safari/604.1"
)


def plan_visits(world: World, inhabitant: Inhabitant, *, language: str, browsers: Sequence[tuple[str, str]]) -> None:
    """Let the person come by on most days, with one of these browsers, each a User-Agent and the address it comes from."""
    rng = world.rng(f"visits {inhabitant.number}")
    for day in range(DAYS - 7 * _WEEKS, DAYS):
        if rng.random() < 0.2:
            continue
        agent, address = rng.choice(browsers)
        pages = ["account/login/", *rng.sample(_PAGES, rng.randrange(2, 6))]
        came = world.day(day, 18 + rng.randrange(5), rng.randrange(60))
        ids = [UUID(int=rng.getrandbits(128), version=4) for _ in pages]
        happening = partial(_come_by, inhabitant, list(zip(ids, pages, strict=True)), agent, address, language)
        world.timeline.add(came, happening)


def _come_by(
    inhabitant: Inhabitant, pages: list[tuple[UUID, str]], agent: str, address: str, language: str, at: datetime
) -> None:
    person = inhabitant.user
    assert person is not None
    visits = [
        Visit(
            id=id_,
            at=at + timedelta(seconds=17 * number),
            person=person.pk,
            address=address,
            user_agent=agent,
            language=language,
            method="POST" if page == "account/login/" else "GET",
            page=f"/{inhabitant.profile.locale}/{page}",
            status=302 if page == "account/login/" else 200,
        )
        for number, (id_, page) in enumerate(pages)
    ]
    store(visits, at=at)
