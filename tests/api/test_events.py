"""Partners hear of what concerns them by asking: in order, from where they left off, and say that they have."""

from typing import Any, get_args
from uuid import uuid4

import pytest
from django.utils import timezone

from consent.services.consents import Subject, change
from consent.states import Event
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import ADA, Caller, World, codes, everything, is_problem, query
from users.api.shapes import EventShape
from users.models import EventType, PartnerEvent, User
from users.models.partners import Scope
from users.services.events import tell
from users.services.positions import give_positions

pytestmark = pytest.mark.django_db


def tell_times(caller: Caller, count: int) -> None:
    """Tell a partner so many things."""
    for _ in range(count):
        tell(EventType.ENGAGEMENT_ENDING, {caller.partner.pk: {}}, at=timezone.now())
    give_positions(at=timezone.now())


def positions(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [event["position"] for event in answer.json()["events"]]


def acknowledged(caller: Caller) -> list[int | None]:
    rows = PartnerEvent.objects.filter(partner=caller.partner, acknowledged_at__isnull=False).order_by("position")
    return list(rows.values_list("position", flat=True))


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_is_heard_with_the_partners_own_name_for_the_person(world: World) -> None:
    world.person_consenting()
    handle = world.northwind.post("disclosures", query(), key="one").json()
    at = timezone.now()
    change(
        Subject(User.objects.get(email=ADA), world.updates, world.northwind.partner), Event.WITHDRAW, by=SYSTEM, at=at
    )
    give_positions(at=timezone.now())
    answer = world.northwind.get("events")
    (event,) = PartnerEvent.objects.all()
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "events": [
            {
                "id": str(event.pk),
                "position": 1,
                "type": "consent.withdrawn",
                "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "subject": {"id": handle["subject"]["id"]},
                "data": {
                    "purpose": "updates",
                    "aspect": "base",
                    "text_version": 1,
                    "fields": ["contact.address", "contact.email", "contact.phone"],
                },
            }
        ],
        "next": 1,
    }
    assert world.harbour.get("events").json() == {"events": [], "next": 0}


def test_events_come_in_pages_and_next_leads_on_also_where_nothing_has_come_yet(world: World) -> None:
    tell_times(world.northwind, 7)
    first = world.northwind.get("events", limit="3")
    assert (positions(first), first.json()["next"]) == ([1, 2, 3], 3)
    rest = world.northwind.get("events", after="3")
    assert (positions(rest), rest.json()["next"]) == ([4, 5, 6, 7], 7)
    nothing = world.northwind.get("events", after="7")
    assert (positions(nothing), nothing.json()["next"]) == ([], 7)
    tell_times(world.northwind, 1)
    assert positions(world.northwind.get("events", after="7")) == [8]


def test_reading_is_not_acknowledging(world: World) -> None:
    tell_times(world.northwind, 2)
    assert positions(world.northwind.get("events")) == positions(world.northwind.get("events")) == [1, 2]
    assert acknowledged(world.northwind) == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "٣", str(2**63), "9" * 30, " 1", "0x1"])
def test_an_after_that_was_not_given_out_is_refused_with_its_place(world: World, after: str) -> None:
    answer = world.northwind.get("events", after=after)
    assert is_problem(answer, 400)
    assert answer.json()["reasons"][0]["pointer"] == "after"


@pytest.mark.parametrize("limit", ["0", "201", "x", "-1", ""])
def test_a_limit_out_of_bounds_is_refused_with_its_place(world: World, limit: str) -> None:
    answer = world.northwind.get("events", limit=limit)
    assert is_problem(answer, 400)
    assert answer.json()["reasons"][0]["pointer"] == "limit"


def test_everything_up_to_a_position_is_acknowledged_once_on_record(world: World) -> None:
    tell_times(world.northwind, 5)
    tell_times(world.harbour, 3)
    for _ in range(2):
        answer = world.northwind.post("events/ack", {"up_to": 3})
        assert (answer.status_code, answer.json()) == (200, {"unacknowledged": 2})
    assert acknowledged(world.northwind) == [1, 2, 3]
    assert acknowledged(world.harbour) == []
    (entry,) = Entry.objects.filter(kind="events.acknowledged")
    assert entry.body == {"partner": str(world.northwind.partner.pk), "positions": [[1, 3]]}
    assert entry.actor == f"client:{world.northwind.client.client_id}"
    assert entry.pseudonym is None


def test_single_events_are_acknowledged_by_their_ids(world: World) -> None:
    tell_times(world.northwind, 6)
    ids = [event["id"] for event in world.northwind.get("events").json()["events"]]
    answer = world.northwind.post("events/ack", {"ids": [ids[4], ids[1], ids[2], ids[1]]})
    assert (answer.status_code, answer.json()) == (200, {"unacknowledged": 3})
    assert acknowledged(world.northwind) == [2, 3, 5]
    assert Entry.objects.get(kind="events.acknowledged").body["positions"] == [[2, 3], [5, 5]]
    answer = world.northwind.post("events/ack", {"up_to": 6})
    assert answer.json() == {"unacknowledged": 0}
    assert Entry.objects.filter(kind="events.acknowledged").latest("seq").body["positions"] == [[1, 1], [4, 4], [6, 6]]


@pytest.mark.clause("PRE-1")
def test_foreign_and_unknown_ids_are_passed_over_alike(world: World) -> None:
    tell_times(world.northwind, 1)
    tell_times(world.harbour, 1)
    foreign = str(PartnerEvent.objects.get(partner=world.harbour.partner).pk)
    before = everything()
    for id_ in (foreign, str(uuid4())):
        answer = world.northwind.post("events/ack", {"ids": [id_]})
        assert (answer.status_code, answer.json()) == (200, {"unacknowledged": 1})
    assert everything() == before
    assert acknowledged(world.harbour) == []


def test_what_has_no_position_yet_cannot_have_been_read_and_is_not_acknowledged(world: World) -> None:
    tell_times(world.northwind, 1)
    tell(EventType.ENGAGEMENT_ENDING, {world.northwind.partner.pk: {}}, at=timezone.now())
    waiting = PartnerEvent.objects.get(position=None)
    answer = world.northwind.post("events/ack", {"ids": [str(waiting.pk)]})
    assert answer.json() == {"unacknowledged": 1}
    answer = world.northwind.post("events/ack", {"up_to": 2})
    assert is_problem(answer, 422)
    assert answer.json()["type"] == "urn:privacy-app:problem:nothing-there"
    assert acknowledged(world.northwind) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "one_of"),
        ({"up_to": 1, "ids": [str(uuid4())]}, "one_of"),
        ({"ids": []}, "wrong_length"),
        ({"ids": [str(uuid4())] * 1001}, "wrong_length"),
        ({"ids": ["x"]}, "invalid"),
        ({"up_to": -1}, "invalid"),
        ({"up_to": 2**63}, "invalid"),
        ({"up_to": "1"}, "invalid"),
        ({"upto": 1}, "unknown_member"),
    ],
)
def test_what_is_wrong_with_an_acknowledgement_is_told_and_nothing_is_noted(
    world: World, body: dict[str, Any], code: str
) -> None:
    tell_times(world.northwind, 1)
    before = everything()
    answer = world.northwind.post("events/ack", body)
    assert is_problem(answer, 400)
    assert codes(answer) == [code]
    assert everything() == before
    assert acknowledged(world.northwind) == []


def test_both_calls_want_the_scope_events(world: World) -> None:
    caller = Caller(world.northwind.partner, [scope for scope in Scope if scope is not Scope.EVENTS])
    for answer in (caller.get("events"), caller.post("events/ack", {"up_to": 0})):
        assert is_problem(answer, 403)
        assert codes(answer) == ["insufficient_scope"]


@pytest.mark.clause("USE-a")
def test_all_clients_of_a_partner_hear_and_acknowledge_the_same(world: World) -> None:
    tell_times(world.northwind, 2)
    other = Caller(world.northwind.partner, [Scope.EVENTS])
    assert positions(other.get("events")) == [1, 2]
    other.post("events/ack", {"up_to": 2})
    assert world.northwind.post("events/ack", {"up_to": 0}).json() == {"unacknowledged": 0}


def test_the_shape_names_every_type_that_there_is() -> None:
    assert set(get_args(EventShape.__annotations__["type"])) == set(EventType.values)
