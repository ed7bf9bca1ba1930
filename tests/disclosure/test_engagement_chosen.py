"""Which of a partner's engagements a request is decided under: one that covers it, if there is one (USE-a)."""

from datetime import timedelta
from typing import Any

import pytest

from consent.models import Purpose
from disclosure.facts import Query, find_cases, read_facts
from disclosure.gate import Ground
from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from tests.makers import EMAIL, NOW, PHONE, make_engagement, make_partner, make_purpose
from users.models import Partner

pytestmark = [pytest.mark.django_db, pytest.mark.clause("USE-a")]
LATER = NOW + timedelta(days=1)
AT = NOW + timedelta(days=2)


class World:
    def __init__(self) -> None:
        self.partner: Partner = make_partner()
        self.updates: Purpose = make_purpose("updates")
        self.news: Purpose = make_purpose("news")

    def engage(self, **options: Any) -> object:
        """An engagement for updates, to share both fields at home, but for what is said otherwise."""
        purposes = options.pop("purposes", [self.updates])
        return make_engagement(self.partner, *purposes, **options).pk

    def chosen(self, *fields: str, action: str = "share", country: str = "") -> object:
        query = Query("email", "ada@lantern.example", "updates", fields or (EMAIL,), Ground.CONSENT, action, country)
        [sheet] = read_facts(self.partner, find_cases(self.partner, [query]), at=AT)
        return sheet.engagement


@pytest.fixture
def world() -> World:
    return World()


def test_without_any_engagement_none_is_chosen(world: World) -> None:
    make_engagement(make_partner("Another"), world.updates)
    assert world.chosen() is None


@pytest.mark.parametrize(
    "other",
    [
        {"valid_until": LATER},
        {"valid_from": AT + timedelta(days=1)},
        {"purposes": ()},
        {"actions": ["sell"]},
        {"fields": [PHONE]},
    ],
    ids=str,
)
def test_the_one_that_covers_is_chosen_also_before_a_newer_one(world: World, other: dict[str, Any]) -> None:
    covering = world.engage()
    world.engage(**{"valid_from": NOW + timedelta(hours=1), **other})
    assert world.chosen() == covering


def test_one_that_was_ended_is_chosen_only_where_there_is_no_other(world: World) -> None:
    ended = make_engagement(world.partner, world.updates)
    end(ended, reason="over", by=SYSTEM, at=LATER)
    assert world.chosen() == ended.pk
    running = world.engage()
    assert world.chosen() == running


def test_each_action_has_its_engagement(world: World) -> None:
    sharing, selling = world.engage(), world.engage(actions=["sell"], valid_from=LATER)
    assert (world.chosen(action="share"), world.chosen(action="sell")) == (sharing, selling)


def test_each_country_has_its_engagement(world: World) -> None:
    home = world.engage()
    abroad = world.engage(countries={"SG": ("standard_contract", "SC-1")}, valid_from=LATER)
    assert (world.chosen(country="CN"), world.chosen(country="SG")) == (home, abroad)


def test_the_one_with_most_of_the_fields_is_chosen_then_the_newest(world: World) -> None:
    wide, narrow = world.engage(), world.engage(fields=[EMAIL], valid_from=LATER)
    assert world.chosen(EMAIL, PHONE) == wide
    assert world.chosen(EMAIL) == narrow
