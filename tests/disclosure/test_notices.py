"""Who is told of what people decide, when, and in which words: once, when the law allows it, and never with a value."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from time_machine import TimeMachineFixture

from disclosure.models import Filing, Opening
from disclosure.services import filings, openings
from disclosure.services.errors import MovedOn
from disclosure.services.openings import issue_link, open_as_person, open_through_link, token_of
from disclosure.services.transactions import close_transaction, open_transaction, warn_parties
from privacy_app.languages import CODES
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox import tasks
from privacy_app.outbox.models import Message
from tests.disclosure.matters import (
    DAY,
    PHONE_NUMBER,
    approve,
    asked_of_complainant,
    asked_of_counterparty,
    complaint_about,
    granted_demand,
    link_for,
    now,
    reviewers,
    transaction_of,
    with_phone,
)
from tests.users.makers import ADA, BEN, browser_of, someone, text_of
from users.models import User
from users.services.erasure import erase

pytestmark = pytest.mark.django_db
PAGES = ("/en/me/", "/en/me/shared/", "/en/me/requests/", "/en/policy/")
REASON = "Investigation secrecy, article 54"


def delivered() -> list[EmailMessage]:
    """Have the workers deliver what is due; the mail that this brought."""
    mail.outbox.clear()
    tasks.drain()
    assert not Message.objects.exclude(last_error="").exists()
    return list(mail.outbox)


def _delay(filing: Filing, days: float, *, by: User) -> None:
    filing.refresh_from_db()
    filings.delay_notice(filing, until=now() + days * DAY, reason=REASON, by=by, at=now())


def _opened(filing: Filing, *, by: User) -> None:
    link = link_for(filing, by=by)
    assert open_through_link(link, browser="a browser", clock=now).is_permitted
    delivered()


@pytest.fixture
def ada() -> User:
    return with_phone(ADA)


# -- the notice of a disclosure --------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_after_the_first_opening_the_person_is_told_once_by_whom_why_and_where_to_object(ada: User) -> None:
    filing, staff = granted_demand(ada)
    link = link_for(filing, by=staff[1])
    delivered()
    open_through_link(link, browser="a browser", clock=now)
    (told,) = delivered()
    assert told.to == [ADA]
    body = str(told.body)
    assert "Harbour Court has seen data about you: E-mail address, Telephone number." in body
    assert "An authority required it by law: court order 2026-17, on the basis of Civil Procedure Law 70." in body
    assert "clause DIS-c" in body
    assert "/en/me/shared/#decided" in body
    assert "write to us: privacy@lantern.example" in body
    assert PHONE_NUMBER not in body and ADA not in body
    assert "Harbour" not in told.subject

    open_through_link(link, browser="a browser", clock=now)
    assert delivered() == []
    filing.refresh_from_db()
    assert filing.notified_at is not None
    entry = Entry.objects.get(kind="filing.notified")
    assert entry.body == {"filing": str(filing.pk), "ground": "legal_instrument"}


@pytest.mark.clause("DIS-f")
def test_the_notice_is_in_the_persons_language(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(locale="zh-hans")
    party, staff = someone(BEN), reviewers(1)
    filing = approve(asked_of_counterparty(transaction_of(party, ada), party), staff)
    delivered()
    open_as_person(filing, by=party, clock=now)
    (told,) = delivered()
    assert re.search("[\u4e00-\u9fff]", str(told.subject))
    assert "电话号码" in told.body
    assert "/zh-hans/me/shared/#decided" in told.body
    assert "Order 4711" in told.body


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize("why", ["unconfirmed", "erased"])
def test_nothing_is_sent_to_whoever_confirmed_no_address_or_was_erased(ada: User, why: str) -> None:
    filing, staff = granted_demand(ada)
    link = link_for(filing, by=staff[1])
    delivered()
    open_through_link(link, browser="a browser", clock=now)
    if why == "erased":
        erase(ada, by=SYSTEM, at=now())
    else:
        EmailAddress.objects.filter(user=ada).update(verified=False)
    assert delivered() == []
    assert not Entry.objects.filter(kind="filing.notified").exists()
    filing.refresh_from_db()
    assert filing.notified_at is None


# -- told later, with a legal reason ---------------------------------------------------------------------


def _sees_nothing(person: User, filing: Filing) -> bool:
    """Whether no page of the person says a word of it."""
    browser = browser_of(person)
    pages = " ".join(text_of(browser.get(page)) for page in PAGES)
    assert "Overview" in pages
    traces = ("Harbour Court", "2026-17", str(filing.pk), "A reviewer of this website", "1 time, the latest")
    return not any(trace in pages for trace in traces)


def _sees_it(person: User) -> bool:
    browser = browser_of(person)
    overview, shared = (text_of(browser.get(page)) for page in PAGES[:2])
    return (
        "Harbour Court has seen data about you." in overview
        and "A reviewer of this website looked at data about you" in overview
        and "An authority required it by law: court order 2026-17" in overview
        and shared.count("<h3>Harbour Court</h3>") == Opening.objects.filter(by="recipient").count()
        and "<h3>A reviewer of this website, to decide</h3>" in shared
    )


@pytest.mark.clause("DIS-c")
def test_until_a_delayed_notice_is_due_the_person_finds_nothing_anywhere_and_then_everything(
    ada: User, time_machine: TimeMachineFixture
) -> None:
    filing, staff = granted_demand(ada)
    openings.look(filing, reason="To compare", by=staff[1], at=now())
    _delay(filing, 10, by=staff[0])
    _opened(filing, by=staff[1])
    assert _sees_nothing(ada, filing)

    time_machine.move_to(now() + 9 * DAY)
    assert delivered() == []
    assert _sees_nothing(ada, filing)

    time_machine.shift(timedelta(days=1, seconds=1))
    assert [message.to for message in delivered()] == [[ADA]]
    assert _sees_it(ada)
    assert delivered() == []


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize(("first", "then"), [(5, 10), (10, 5), (0, 5), (5, 0)])
def test_a_notice_follows_its_delay_when_that_is_changed_after_the_first_opening(
    ada: User, time_machine: TimeMachineFixture, first: int, then: int
) -> None:
    """Put off further, taken forward, put off before it was sent, and not put off any more."""
    filing, staff = granted_demand(ada)
    if first:
        _delay(filing, first, by=staff[0])
    link = link_for(filing, by=staff[1])
    delivered()
    began = now()
    open_through_link(link, browser="a browser", clock=now)
    _delay(filing, then, by=staff[0])

    told_on = []
    for day in range(13):
        time_machine.move_to(began + day * DAY + timedelta(minutes=1))
        assert _sees_nothing(ada, filing) is (day < then)
        told_on += [day for _ in delivered()]
    assert told_on == [then]
    assert Entry.objects.filter(kind="filing.notified").count() == 1
    assert Entry.objects.get(kind="filing.notified").at >= began + then * DAY


@pytest.mark.clause("DIS-c")
def test_once_the_person_was_told_there_is_nothing_left_to_delay(ada: User) -> None:
    filing, staff = granted_demand(ada)
    _opened(filing, by=staff[1])
    with pytest.raises(MovedOn):
        _delay(filing, 5, by=staff[0])
    assert filing.notice_due_at is None


@pytest.mark.clause("DIS-c")
def test_a_request_that_was_revoked_before_its_notice_is_due_is_told_all_the_same(
    ada: User, time_machine: TimeMachineFixture
) -> None:
    filing, staff = granted_demand(ada)
    _delay(filing, 5, by=staff[0])
    _opened(filing, by=staff[1])
    filings.revoke(filing, shown=1, reason="A mistake", by=staff[2], at=now())
    time_machine.move_to(now() + 6 * DAY)
    assert [message.to for message in delivered()] == [[ADA]]


# -- the link ------------------------------------------------------------------------------------------


@pytest.mark.clause("DIS-c")
def test_the_link_goes_to_the_official_address_and_the_row_that_sends_it_holds_no_secret(ada: User) -> None:
    filing, staff = granted_demand(ada)
    link = link_for(filing, by=staff[1])
    row = Message.objects.get(kind="filing.link")
    assert row.payload == {"link": str(link.pk)}
    (sent,) = delivered()
    assert sent.to == ["clerk@court.example"]
    for language in CODES:
        with translation.override(language):
            assert reverse("released", args=[token_of(link)]) in sent.body
    assert "court order 2026-17" in sent.body and "你" not in sent.subject
    assert ADA not in sent.body
    assert f"<{row.pk}@" in sent.extra_headers["Message-ID"]


@pytest.mark.clause("DIS-c")
@pytest.mark.parametrize("end", ["revoked", "replaced", "expired"])
def test_a_link_that_is_over_before_it_was_sent_is_not_sent(
    ada: User, end: str, time_machine: TimeMachineFixture
) -> None:
    filing, staff = granted_demand(ada)
    link_for(filing, by=staff[1])
    if end == "revoked":
        filings.revoke(filing, shown=1, reason="A mistake", by=staff[1], at=now())
    elif end == "replaced":
        issue_link(filing, by=staff[2], at=now())
    else:
        time_machine.move_to(now() + 8 * DAY)
    assert len(delivered()) == (1 if end == "replaced" else 0)


# -- what people ask of each other --------------------------------------------------------------------------


@pytest.mark.clause("DIS-e")
def test_a_complainant_is_told_by_mail_that_they_were_asked_for_before_it_is_decided(ada: User) -> None:
    respondent, staff = someone(BEN), reviewers(1)
    filing = asked_of_complainant(complaint_about(respondent, ada, clerk=staff[0]), respondent)
    (told,) = delivered()
    assert told.to == [ADA]
    assert "The respondent to your complaint asks for data about you: E-mail address." in told.body
    assert f"/en/me/requests/{filing.pk}/" in told.body
    assert "To answer" not in told.body.replace("to answer your complaint", "")
    assert BEN not in told.body


@pytest.mark.clause("DIS-f")
def test_what_was_decided_before_the_mail_went_out_is_not_announced(ada: User) -> None:
    party, staff = someone(BEN), reviewers(1)
    filing = asked_of_counterparty(transaction_of(party, ada), party)
    filings.refuse(filing, shown=1, reason="Not needed", by=staff[0], at=now())
    assert [message.to for message in delivered() if "asks" in message.subject] == []


@pytest.mark.clause("SEC-b")
def test_both_parties_are_warned_by_mail_once_they_are_said_to_be_warned(ada: User) -> None:
    party = someone(BEN)
    transaction = open_transaction(reference="Order 12", first=party, second=ada, by=SYSTEM, at=now())
    assert delivered() == []
    warn_parties(transaction, by=SYSTEM, at=now())
    warn_parties(transaction, by=SYSTEM, at=now())
    sent = delivered()
    assert sorted(message.to[0] for message in sent) == [ADA, BEN]
    for message in sent:
        assert "Your counterparty may get to see how to reach you: Order 12" in message.subject
        assert "/en/me/requests/" in message.body
    texts: Any = [str(message.body) for message in sent]
    assert BEN not in "".join(texts) and ADA not in "".join(texts)


@pytest.mark.clause("SEC-b")
def test_nobody_is_warned_of_a_transaction_that_is_closed_meanwhile(ada: User) -> None:
    transaction = open_transaction(reference="Order 12", first=someone(BEN), second=ada, by=SYSTEM, at=now())
    warn_parties(transaction, by=SYSTEM, at=now())
    close_transaction(transaction, by=SYSTEM, at=now())
    assert delivered() == []
