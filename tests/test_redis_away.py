"""While Redis is away or hangs: what needs it fails soon and changes nothing, and what people are promised does not need it."""

import socket
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from consent.models import Consent
from consent.states import Event, State
from tests.api.callers import World, everything, is_problem, query
from tests.consent.makers import LIST, a_partner, browser_of, decide, press, publish, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


def use_redis_at(settings: Settings, url: str) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}


@pytest.fixture
def silent_redis(settings: Settings) -> Iterator[None]:
    """One that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use_redis_at(settings, f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        yield


def test_a_look_up_by_address_does_not_wait_for_a_redis_that_hangs(world: World, silent_redis: None) -> None:
    world.person_consenting()
    before = everything()
    began = time.monotonic()
    answer = world.northwind.post("disclosures", query(), key="one")
    assert time.monotonic() - began < 20
    assert is_problem(answer, 503)
    assert everything() == before


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_needs_no_redis(settings: Settings) -> None:
    ada, northwind = someone(), a_partner()
    decide(ada, publish("news", northwind), Event.GIVE, northwind)
    browser = browser_of(ada)
    use_redis_at(settings, "redis://127.0.0.1:1/0")
    press(browser, browser.get(LIST), "base")
    assert Consent.objects.get().state == State.WITHDRAWN
