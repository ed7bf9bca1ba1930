"""Notices by mail, over a real mail server: everybody once, in their language; who is skipped, refused, put off; pauses."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import get_connection
from django.utils import timezone
from pytest_django import Settings

from consent.announcement_queries import unread_of
from consent.mailing_states import TransitionRefused
from consent.mailing_steps import advance
from consent.models import AnnouncementKind, Mailing, MailingRecipient, RecipientState
from consent.services.mailings import list_recipients, pause, resume, stop
from consent.states import Event
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.delivery import deliver_next
from privacy_app.outbox.models import Message
from tests.admin_makers import make_staff
from tests.consent.announcing import a_policy_version, tell_everybody
from tests.consent.makers import decide, publish, someone
from tests.mail_server import MailServer, mail_server
from users.models import User
from users.roles import Role
from users.services.erasure import erase

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as running:
        use(settings, running)
        yield running


def use(settings: Settings, server: MailServer) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5


def confirmed(email: str, *, locale: str = "en") -> User:
    """Somebody who signed up and confirmed their address."""
    person = someone(email)
    User.objects.filter(pk=person.pk).update(locale=locale)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    return person


def people(count: int) -> list[User]:
    return [confirmed(f"person{number:02}@lantern.example") for number in range(count)]


def mailing() -> Mailing:
    return Mailing.objects.select_related("announcement").get()


def go_on(*, until: Callable[[Mailing], bool] = lambda mailing: False, steps: int = 200) -> datetime:
    """Let time pass from one step to the next, until it is finished; when that was."""
    now: datetime | None = timezone.now()
    last = now
    for _ in range(steps):
        if now is None or until(mailing()):
            break
        last = now
        now = advance(mailing(), clock=lambda: last)  # noqa: B023
    assert last is not None
    return last


def states() -> dict[str, int]:
    counts: dict[str, int] = {}
    for state, why in MailingRecipient.objects.values_list("state", "why"):
        name = f"{state} {why}".strip()
        counts[name] = counts.get(name, 0) + 1
    return counts


def counted() -> dict[str, int]:
    """The counts of the mailing, of which every one must be what its rows say."""
    found = mailing()
    rows = MailingRecipient.objects.filter(mailing=found)
    assert found.sent == rows.filter(state=RecipientState.SENT).count()
    assert found.bounced == rows.filter(state=RecipientState.BOUNCED).count()
    assert found.to_do == rows.filter(state=RecipientState.PENDING).count()
    return {"sent": found.sent, "bounced": found.bounced, "skipped": found.skipped, "to_do": found.to_do}


@pytest.mark.clause("CHG-b")
def test_everybody_gets_a_significant_change_once_in_their_language(server: MailServer) -> None:
    confirmed("ada@lantern.example")
    confirmed("ben@lantern.example", locale="zh-hans")
    policy = a_policy_version()
    go_on()
    by_address = dict(server.took)
    assert len(server.took) == len(by_address) == 2
    english, chinese = by_address["ada@lantern.example"], by_address["ben@lantern.example"]
    assert english["Subject"] == f"The privacy policy changes: version {policy.version}"
    assert "We now keep your orders for three years." in english.get_content()
    assert "/en/me/notices/" in english.get_content()
    assert "That is why it cannot be switched off." in english.get_content()
    assert english["List-Unsubscribe"] is None
    assert "订单信息现保存三年。" in chinese.get_content()
    assert "/zh-hans/me/notices/" in chinese.get_content()
    assert set(MailingRecipient.objects.values_list("language", flat=True)) == {"en", "zh-hans"}
    assert mailing().state == "finished"
    assert counted() == {"sent": 2, "bounced": 0, "skipped": 0, "to_do": 0}
    kinds = list(Entry.objects.filter(kind__startswith="mailing.").order_by("seq").values_list("kind", flat=True))
    assert kinds == ["mailing.begun", "mailing.finished"]


@pytest.mark.clause("CHG-b")
def test_accounts_that_are_not_confirmed_or_closed_are_skipped_and_counted(server: MailServer) -> None:
    confirmed("ada@lantern.example")
    unconfirmed = confirmed("ben@lantern.example")
    EmailAddress.objects.filter(user=unconfirmed).update(verified=False)
    closed = confirmed("cho@lantern.example")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    tell_everybody()
    # Who comes later was not there to be told.
    confirmed("dan@lantern.example")
    User.objects.filter(email="dan@lantern.example").update(created_at=timezone.now())
    go_on()
    assert server.addresses == ["ada@lantern.example"]
    assert states() == {"sent": 1, "skipped unconfirmed": 1, "skipped closed": 1}
    assert (mailing().skipped_unconfirmed, mailing().skipped_closed) == (1, 1)
    assert unread_of(unconfirmed, at=timezone.now()).count == 1


def test_whoever_the_server_refuses_for_good_is_recorded_with_its_code_and_the_others_get_theirs(
    server: MailServer,
) -> None:
    people(5)
    server.refused = {"person01@lantern.example": "550 No such user here", "person03@lantern.example": "553 No"}
    tell_everybody()
    go_on()
    assert len(server.took) == 3
    assert states() == {"sent": 3, "bounced 550": 1, "bounced 553": 1}
    assert counted()["bounced"] == 2


def test_whoever_the_server_puts_off_is_written_to_later_under_the_same_message_id(server: MailServer) -> None:
    people(3)
    server.refused = {"person01@lantern.example": "450 Come back later"}
    tell_everybody()
    later = go_on(until=lambda found: found.sent == 2)
    recipient = MailingRecipient.objects.get(state=RecipientState.PENDING)
    assert (recipient.attempts, recipient.why) == (1, "450")
    assert recipient.due_at >= later + timedelta(minutes=10)
    server.refused = {}
    go_on()
    assert sorted(server.addresses) == [f"person0{number}@lantern.example" for number in range(3)]
    assert f"{recipient.pk}.{recipient.key}" in server.message_ids[-1]
    assert counted() == {"sent": 3, "bounced": 0, "skipped": 0, "to_do": 0}


def test_whoever_is_put_off_for_days_is_given_up(server: MailServer) -> None:
    people(1)
    server.refused = {"person00@lantern.example": "452 Full"}
    tell_everybody()
    began = timezone.now()
    assert go_on() - began > timedelta(hours=24)
    assert states() == {"bounced 452": 1}
    assert mailing().state == "finished"


def test_while_the_server_is_away_the_mailing_waits_and_goes_on_where_it_stood(settings: Settings) -> None:
    people(6)
    with mail_server(takes=4) as server:
        use(settings, server)
        tell_everybody()
        go_on(until=lambda found: found.held_up_since is not None)
        assert counted() == {"sent": 4, "bounced": 0, "skipped": 0, "to_do": 2}
    # Nobody listens there now.
    due_at = advance(mailing(), clock=timezone.now)
    assert due_at is not None
    assert due_at > timezone.now() + timedelta(seconds=50)
    assert counted()["to_do"] == 2
    with mail_server() as second:
        use(settings, second)
        go_on()
    assert mailing().held_up_since is None
    assert sorted(server.addresses + second.addresses) == [f"person0{number}@lantern.example" for number in range(6)]


def test_an_address_that_no_mail_can_be_written_to_keeps_nobody_waiting(server: MailServer) -> None:
    people(2)
    EmailAddress.objects.filter(email="person00@lantern.example").update(email="per\nson@lantern.example")
    tell_everybody()
    go_on()
    assert server.addresses == ["person01@lantern.example"]
    assert states() == {"sent": 1, "bounced ValueError": 1}


def test_a_batch_takes_one_connection_and_the_rate_is_kept(server: MailServer, settings: Settings) -> None:
    settings.MAILS_PER_MINUTE = 40
    people(30)
    tell_everybody()
    began = timezone.now()
    ended = go_on()
    assert len(server.took) == 30
    # Ten may go at once; the rest takes half a minute.
    assert timedelta(seconds=25) < ended - began < timedelta(seconds=90)
    assert server.connections <= 8


def test_a_pause_holds_it_up_and_it_goes_on_where_it_stood(server: MailServer) -> None:
    editor = make_staff(Role.POLICY_EDITOR)
    people(25)
    tell_everybody()
    go_on(until=lambda found: found.sent > 0)
    pause(mailing(), by=editor, at=timezone.now())
    sent = len(server.took)
    drain()
    assert len(server.took) == sent
    with pytest.raises(TransitionRefused):
        pause(mailing(), by=editor, at=timezone.now())
    resume(mailing(), by=editor, at=timezone.now())
    drain()
    assert len(set(server.addresses)) == len(server.took) == 25
    actors = dict(Entry.objects.filter(kind__startswith="mailing.").values_list("kind", "actor"))
    assert actors["mailing.paused"] == actors["mailing.resumed"] != str(SYSTEM)


def test_what_is_stopped_goes_to_nobody_any_more(server: MailServer) -> None:
    editor = make_staff(Role.POLICY_EDITOR)
    people(3)
    tell_everybody()
    stop(mailing(), by=editor, at=timezone.now())
    drain()
    assert server.took == []
    with pytest.raises(TransitionRefused):
        resume(mailing(), by=editor, at=timezone.now())


def drain() -> None:
    """Let the outbox deliver what is due, and what will be in the next hour."""
    for _ in range(100):
        if not deliver_next(now=timezone.now() + timedelta(hours=1)):
            break


def test_the_steps_of_an_earlier_run_end_by_themselves(server: MailServer) -> None:
    editor = make_staff(Role.POLICY_EDITOR)
    people(2)
    tell_everybody()
    for _ in range(3):
        pause(mailing(), by=editor, at=timezone.now())
        resume(mailing(), by=editor, at=timezone.now())
    drain()
    assert len(server.took) == 2
    assert not Message.objects.filter(state=Message.State.PENDING, kind="mailing.step").exists()


def test_messages_of_the_outbox_and_logs_name_no_address(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    people(2)
    server.refused = {"person00@lantern.example": "550 person00@lantern.example is unknown"}
    tell_everybody()
    drain()
    assert "lantern.example" not in "".join(
        str(payload) for payload in Message.objects.values_list("payload", flat=True)
    )
    assert "person00" not in caplog.text
    assert "lantern" not in str(list(MailingRecipient.objects.values()))


@pytest.mark.clause("CHG-b")
def test_recipients_are_listed_in_steps_and_everybody_once(server: MailServer) -> None:
    people(7)
    tell_everybody()
    while not mailing().is_listed:
        list_recipients(mailing(), at=timezone.now(), limit=3)
    list_recipients(mailing(), at=timezone.now(), limit=3)
    assert MailingRecipient.objects.count() == mailing().listed == 7
    assert MailingRecipient.objects.values("person").distinct().count() == 7


def test_whose_sign_up_was_committed_after_their_turn_is_found_before_the_end(server: MailServer) -> None:
    people(2)
    tell_everybody()
    list_recipients(mailing(), at=timezone.now())
    late = confirmed("late@lantern.example")
    assert late.created_at < mailing().begun_at
    go_on()
    assert "late@lantern.example" in server.addresses
    assert counted()["sent"] == 3


def test_whoever_is_erased_meanwhile_is_not_written_to_and_is_counted(server: MailServer) -> None:
    ada, ben = confirmed("ada@lantern.example"), confirmed("ben@lantern.example")
    tell_everybody()
    list_recipients(mailing(), at=timezone.now())
    erase(ada, by=SYSTEM, at=timezone.now())
    go_on()
    assert server.addresses == [ben.email]
    erase(ben, by=SYSTEM, at=timezone.now())
    assert not MailingRecipient.objects.exists()
    found = mailing()
    assert (found.listed, found.sent, found.skipped_erased, found.to_do) == (2, 1, 1, 0)


def test_mail_that_comes_back_goes_to_the_address_for_it_and_answers_to_the_sender(
    server: MailServer, settings: Settings
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@lantern.example"
    people(1)
    tell_everybody()
    go_on()
    assert server.senders == {"bounces@lantern.example"}
    assert server.took[0][1]["From"] == settings.DEFAULT_FROM_EMAIL


@pytest.mark.clause("USE-c")
def test_product_news_go_to_those_alone_who_have_not_objected_at_that_moment(server: MailServer) -> None:
    news = publish("product-news", basis="policy_opt_out")
    ada, ben, cho = (confirmed(f"{name}@lantern.example") for name in ("ada", "ben", "cho"))
    decide(ben, news, Event.WITHDRAW)
    tell_everybody(AnnouncementKind.NEWS)
    list_recipients(mailing(), at=timezone.now())
    decide(cho, news, Event.REFUSE)
    go_on()
    assert server.addresses == [ada.email]
    assert mailing().skipped_objected == 2
    message = server.took[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip(" <>")
    assert link in message.get_content().replace("\n", "")
    assert "/en/news/unsubscribe/" in link


def test_mail_goes_through_whatever_backend_the_settings_name() -> None:
    people(2)
    tell_everybody()
    go_on()
    assert len(mail.outbox) == 2
    assert get_connection() is not None
