"""The link in each mail with product news (USE-c, RFC 8058): off by one press without a log-in, and by nothing else."""

from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from consent.models import Announcement, AnnouncementKind, Consent, ConsentChange, MailingRecipient, Purpose
from consent.services.errors import NotAsked
from consent.services.mailings import list_recipients
from consent.standings import permits_news
from consent.states import Event, State
from consent.unsubscribing import token_for
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.consent.announcing import tell_everybody
from tests.consent.makers import a_partner, browser_of, decide, publish, someone, text_of
from users.models import User
from users.services.erasure import erase

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def address(token: str) -> str:
    return f"/en/news/unsubscribe/{token}/"


@pytest.fixture
def ada() -> User:
    publish("product-news", basis="policy_opt_out")
    return someone()


@pytest.fixture
def link(ada: User) -> str:
    notice = tell_everybody(AnnouncementKind.NEWS)
    list_recipients(notice.mailing, at=timezone.now())
    return address(token_for(MailingRecipient.objects.get(person=ada)))


def mail_program() -> Client:
    """One that checks for tokens against forgery, as a real server does, and brings none."""
    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)


def gets_news(person: User) -> bool:
    return permits_news(person, at=timezone.now())


@pytest.mark.clause("USE-c")
def test_one_press_without_log_in_or_cookie_switches_it_off_at_once_as_the_switch_does(ada: User, link: str) -> None:
    assert gets_news(ada)
    for _ in range(2):
        answer = mail_program().post(link, ONE_CLICK)
        assert answer.status_code == 200
        assert not answer.cookies
    assert not gets_news(ada)
    change = ConsentChange.objects.get()
    assert (change.after, change.entry.body["origin"], change.entry.body["purpose"]) == (
        State.WITHDRAWN,
        "mail",
        "product-news",
    )
    assert change.entry.actor == f"person:{ada.ledger_pseudonyms.get().pseudonym}"


@pytest.mark.clause("USE-c")
def test_looking_at_the_page_switches_nothing_off(ada: User, link: str) -> None:
    for browser in (mail_program(), browser_of(ada)):
        page = browser.get(link)
        assert "Switch product news off" in text_of(page)
        assert page["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page["Cache-Control"]
        assert browser.head(link).status_code == 200
    assert gets_news(ada)
    assert str(ada.email) not in text_of(mail_program().get(link))


@pytest.mark.clause("USE-c")
def test_a_press_by_mistake_can_be_taken_back_for_a_while_and_by_that_page_alone(ada: User, link: str) -> None:
    page = mail_program().post(link, ONE_CLICK)
    undo = _hidden(page, "undo")
    assert "could no longer be taken back" in text_of(mail_program().post(link, {"undo": f"{undo}x"}))
    assert "could no longer be taken back" in text_of(mail_program().post(link, {"undo": link.split("/")[-2]}))
    assert not gets_news(ada)
    assert "on again" in text_of(mail_program().post(link, {"undo": undo}))
    assert gets_news(ada)


def _hidden(page: Any, name: str) -> str:
    return text_of(page).split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


@pytest.mark.clause("USE-c")
@pytest.mark.parametrize("forge", ["other number", "other salt", "cut", "nothing", "surrogates"])
def test_a_forged_link_changes_nothing_and_says_so(ada: User, link: str, forge: str) -> None:
    number = MailingRecipient.objects.get(person=ada).pk
    token = token_for(MailingRecipient.objects.get(person=ada))
    forged = {
        "other number": f"{number + 1}:{token.partition(':')[2]}",
        "other salt": Signer(salt="other").sign(str(number)),
        "cut": token[:-1],
        "nothing": "x",
        "surrogates": "½:½",
    }[forge]
    for answer in (
        mail_program().post(address(forged), ONE_CLICK),
        mail_program().get(address(forged)),
    ):
        assert answer.status_code == 404
        assert "This link is not known" in text_of(answer)
    assert gets_news(ada)
    assert not Consent.objects.exists()


def test_the_link_of_another_notice_and_of_somebody_erased_is_not_known(ada: User, link: str) -> None:
    other = tell_everybody()
    list_recipients(other.mailing, at=timezone.now())
    token = token_for(MailingRecipient.objects.get(person=ada, mailing=other.mailing))
    assert mail_program().post(address(token), ONE_CLICK).status_code == 404
    erase(ada, by=SYSTEM, at=timezone.now())
    assert mail_program().post(link, ONE_CLICK).status_code == 404
    assert not Entry.objects.filter(kind="consent.changed").exists()


@pytest.mark.clause("USE-c")
def test_no_news_go_by_mail_that_no_purpose_covers() -> None:
    someone()
    with pytest.raises(NotAsked):
        tell_everybody(AnnouncementKind.NEWS)
    assert not Announcement.objects.exists()


@pytest.mark.clause("USE-c")
def test_partners_offers_are_another_matter_and_off_until_somebody_chooses(ada: User, link: str) -> None:
    northwind = a_partner()
    offers = publish("partner-offers", northwind)
    mail_program().post(link, ONE_CLICK)
    assert [consent.purpose.key for consent in Consent.objects.all()] == ["product-news"]
    decide(ada, offers, Event.GIVE, northwind)
    decide(ada, Purpose.objects.get(key="product-news"), Event.GIVE)
    mail_program().post(link, ONE_CLICK)
    assert Consent.objects.get(purpose=offers).state == State.GIVEN
    assert not gets_news(ada)


@pytest.mark.clause("USE-c")
def test_the_notice_centre_says_whether_news_come_and_leads_to_the_switch(ada: User, link: str) -> None:
    browser = browser_of(ada)
    assert "until you switch it off" in text_of(browser.get("/en/me/notices/"))
    mail_program().post(link, ONE_CLICK)
    page = text_of(browser.get("/en/me/notices/"))
    assert "You are sent no product news." in page
    assert "/en/me/consents/notice/product-news/" in page
