"""Two members of staff at the same thing at once: both are told the truth, and the ledger has one order."""

import pytest
from django.db import transaction
from django.utils import timezone

from disclosure.services.engagements import end
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.admin_makers import Affair, Desk, fields_of, make_staff, text_of
from tests.concurrently import Call
from users.models import RoleAssignment
from users.roles import Role
from users.services.roles import LastAdministrator, revoke_role


@pytest.mark.clause("USE-a")
def test_a_change_that_waited_while_the_engagement_was_ended_is_refused_in_words(committed_db: str) -> None:
    desk, affair = Desk(Role.ADMINISTRATOR), Affair()
    page = f"disclosure/engagement/{affair.engagement.pk}/change/"
    typed = {**fields_of(desk.get(page)), "actions": ["sell"]}
    with transaction.atomic():
        end(affair.engagement, reason="over", by=SYSTEM, at=timezone.now())
        saving = Call(lambda: desk.post(page, typed))
        assert saving.waits()
    answer = saving.result()
    assert answer.status_code == 302
    assert "This engagement has ended; that is not taken back." in text_of(desk.browser.get(answer["Location"]))
    affair.engagement.refresh_from_db()
    assert affair.engagement.actions == ["share"]
    assert not Entry.objects.filter(kind="engagement.changed").exists()


@pytest.mark.clause("USE-a")
def test_of_two_who_end_an_engagement_the_second_is_told_that_it_has_ended(committed_db: str) -> None:
    desk, affair = Desk(Role.ADMINISTRATOR), Affair()
    with transaction.atomic():
        end(affair.engagement, reason="over", by=SYSTEM, at=timezone.now())
        ending = Call(lambda: desk.post(f"disclosure/engagement/{affair.engagement.pk}/end/", {"reason": "So."}))
        assert ending.waits()
    answer = ending.result()
    assert "This engagement has ended; that is not taken back." in text_of(answer)
    assert Entry.objects.filter(kind="engagement.ended").count() == 1


@pytest.mark.clause("SEC-a")
def test_of_two_administrators_who_take_the_role_from_each_other_one_stays(committed_db: str) -> None:
    agnes, adam = (make_staff(Role.ADMINISTRATOR, email=f"{name}@lantern.example") for name in ("agnes", "adam"))
    with transaction.atomic():
        revoke_role(adam, Role.ADMINISTRATOR, by=SYSTEM, at=timezone.now())
        other = Call(lambda: revoke_role(agnes, Role.ADMINISTRATOR, by=SYSTEM, at=timezone.now()))
        assert other.waits()
    with pytest.raises(LastAdministrator):
        other.result()
    assert RoleAssignment.objects.get(role=Role.ADMINISTRATOR).person == agnes
