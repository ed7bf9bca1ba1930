"""What the website reports of transactions: who they are between, what each has done, and that both were warned."""

from typing import Any

import pytest
from django.utils import timezone

from disclosure.models import Transaction
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.models import Message
from tests.api.callers import ADA, BEN, NOBODY, World, codes, everything, is_problem
from users.models import User
from users.services.erasure import erase

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(world: World) -> str:
    return world.bring_in(ADA)


@pytest.fixture
def ben(world: World) -> str:
    return world.bring_in(BEN)


def _of(ada: str, ben: str) -> dict[str, Any]:
    return {"subject": {"id": ada}, "counterparty": {"id": ben}, "reference": "Order 4711"}


def _kinds() -> list[str]:
    entries = Entry.objects.filter(kind__startswith="transaction.").order_by("seq")
    return list(entries.values_list("kind", flat=True))


@pytest.mark.clause("DIS-f")
def test_a_transaction_is_reported_carried_on_and_closed(world: World, ada: str, ben: str) -> None:
    answer = world.website.post("transactions", _of(ada, ben), key="one")
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "id": body["id"],
        **_of(ada, ben),
        "performance": {"subject": "none", "counterparty": "none"},
        "status": "open",
        "opened_at": body["opened_at"],
        "warned_at": None,
        "closed_at": None,
    }

    def patch(change: dict[str, Any]) -> dict[str, Any]:
        answer = world.website.patch(f"transactions/{body['id']}", change)
        assert answer.status_code == 200, answer.content
        changed: dict[str, Any] = answer.json()
        return changed

    patch({"performance": {"party": "subject", "state": "partial"}})
    assert patch({"performance": {"party": "counterparty", "state": "full"}})["performance"] == {
        "subject": "partial",
        "counterparty": "full",
    }
    assert patch({"warned": True})["warned_at"] >= body["opened_at"]
    closed = patch({"status": "closed"})
    assert (closed["status"], closed["closed_at"] >= body["opened_at"]) == ("closed", True)
    assert _kinds() == [f"transaction.{what}" for what in ("opened", "performed", "performed", "warned", "closed")]
    assert Entry.objects.get(kind="transaction.opened").actor == f"client:{world.website.client.client_id}"


@pytest.mark.clause("DIS-f")
def test_the_parties_can_be_named_by_address(world: World, ada: str, ben: str) -> None:
    body = {"subject": {"email": ADA}, "counterparty": {"email": BEN}, "reference": "Order 1"}
    answer = world.website.post("transactions", body, key="one")
    assert (answer.json()["subject"], answer.json()["counterparty"]) == ({"id": ada}, {"id": ben})


@pytest.mark.clause("PRE-1")
def test_the_same_report_under_the_same_key_is_made_once(world: World, ada: str, ben: str) -> None:
    first = world.website.post("transactions", _of(ada, ben), key="one")
    before = everything()
    again = world.website.post("transactions", _of(ada, ben), key="one")
    assert again.json() == first.json()
    assert everything() == before
    assert is_problem(world.website.post("transactions", _of(ben, ada), key="one"), 422)
    assert is_problem(world.website.post("transactions", _of(ada, ben)), 400)


@pytest.mark.clause("PRE-1")
def test_a_reference_belongs_to_one_transaction(world: World, ada: str, ben: str) -> None:
    world.transaction_of(ada, ben)
    before = everything()
    answer = world.website.post("transactions", _of(ben, ada), key="another")
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":reference-taken")
    assert everything() == before


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("side", ["subject", "counterparty"])
def test_unknown_people_are_found_nowhere(world: World, ada: str, ben: str, side: str) -> None:
    before = everything()
    assert is_problem(world.website.post("transactions", {**_of(ada, ben), side: {"id": NOBODY}}, key="one"), 404)
    assert everything() == before


@pytest.mark.clause("DIS-f")
def test_nobody_trades_with_themselves(world: World, ada: str) -> None:
    before = everything()
    answer = world.website.post("transactions", {**_of(ada, ada)}, key="one")
    assert is_problem(answer, 422)
    assert answer.json()["type"].endswith(":same-party")
    assert everything() == before


@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize(("before", "after"), [("full", "partial"), ("full", "none"), ("partial", "none")])
def test_performance_never_goes_backwards(world: World, ada: str, ben: str, before: str, after: str) -> None:
    id_ = world.transaction_of(ada, ben)
    world.website.patch(f"transactions/{id_}", {"performance": {"party": "subject", "state": before}})
    kept = everything()
    answer = world.website.patch(f"transactions/{id_}", {"performance": {"party": "subject", "state": after}})
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":performance-backwards")
    assert everything() == kept
    assert Transaction.objects.get(pk=id_).first_performance == before


@pytest.mark.clause("DIS-f")
@pytest.mark.parametrize(
    "change", [{"status": "closed"}, {"warned": True}, {"performance": {"party": "subject", "state": "full"}}]
)
def test_an_end_is_not_taken_back_and_nothing_happens_after_it(
    world: World, ada: str, ben: str, change: dict[str, Any]
) -> None:
    id_ = world.transaction_of(ada, ben)
    world.website.patch(f"transactions/{id_}", {"status": "closed"})
    before = everything()
    answer = world.website.patch(f"transactions/{id_}", change)
    assert is_problem(answer, 409)
    assert answer.json()["type"].endswith(":already-ended")
    assert everything() == before


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"warned": True, "status": "closed"},
        {"warned": False},
        {"status": "open"},
        {"performance": {"party": "stranger", "state": "full"}},
        {"performance": {"party": "subject", "state": "nearly"}},
        {"performance": None},
        {"reference": "Order 2"},
    ],
)
def test_a_change_that_is_none_is_refused(world: World, ada: str, ben: str, change: dict[str, Any]) -> None:
    id_ = world.transaction_of(ada, ben)
    before = everything()
    assert is_problem(world.website.patch(f"transactions/{id_}", change), 400)
    assert everything() == before


@pytest.mark.clause("PRE-1")
def test_reporting_two_things_at_once_is_told_apart(world: World, ada: str, ben: str) -> None:
    id_ = world.transaction_of(ada, ben)
    assert codes(world.website.patch(f"transactions/{id_}", {"warned": True, "status": "closed"})) == ["one_change"]


@pytest.mark.clause("PRE-1")
def test_a_transaction_that_there_is_not_is_found_nowhere(world: World) -> None:
    assert is_problem(world.website.patch(f"transactions/{NOBODY}", {"status": "closed"}), 404)


@pytest.mark.clause("USE-a")
def test_partners_do_not_report_transactions(world: World, ada: str, ben: str) -> None:
    id_ = world.transaction_of(ada, ben)
    assert is_problem(world.northwind.post("transactions", _of(ada, ben), key="one"), 403)
    assert is_problem(world.northwind.patch(f"transactions/{id_}", {"status": "closed"}), 403)


@pytest.mark.clause("SEC-b")
def test_a_report_that_both_were_warned_warns_each_of_them_by_mail_once(world: World, ada: str, ben: str) -> None:
    id_ = world.transaction_of(ada, ben)
    for _ in range(2):
        assert world.website.patch(f"transactions/{id_}", {"warned": True}).status_code == 200
    sent = Message.objects.filter(kind="transaction.warning").values_list("payload__party", flat=True)
    assert sorted(sent) == ["first", "second"]


@pytest.mark.clause("PRE-1")
def test_a_party_that_was_erased_is_named_no_more_and_the_transaction_is_over(world: World, ada: str, ben: str) -> None:
    id_ = world.transaction_of(ada, ben)
    erase(User.objects.get(email=ADA), by=SYSTEM, at=timezone.now())
    answer = world.website.patch(f"transactions/{id_}", {"warned": True})
    assert answer.json()["type"].endswith(":already-ended")
    assert is_problem(world.website.post("transactions", _of(ada, ben) | {"reference": "2"}, key="two"), 404)
