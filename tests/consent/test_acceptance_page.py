"""Whoever has an account but has accepted nothing is led to the agreement, and from there to where they wanted to go."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from consent.models import Acceptance, Consent
from consent.services.policies import publish
from privacy_app.ledger.actors import SYSTEM
from tests.consent.makers import LIST, browser_of, someone, someone_brought_in, text_of
from tests.consent.makers import publish as publish_purpose
from users.models import User

pytestmark = pytest.mark.django_db
ACCEPT = f"{LIST}accept/"


@pytest.fixture
def ben() -> User:
    return someone_brought_in()


@pytest.fixture
def browser(ben: User) -> Client:
    return browser_of(ben)


def _publish_the_next() -> None:
    texts = {"en": "# Agreement", "zh-hans": "# 协议"}
    publish(policy_texts=texts, agreement_texts=texts, prevailing_language="zh-hans", by=SYSTEM, at=timezone.now())


@pytest.mark.clause("PRE-4")
def test_the_own_pages_open_once_the_agreement_is_accepted(ben: User, browser: Client) -> None:
    publish_purpose("our-news", basis="policy_opt_out")
    wanted = f"{LIST}notice/our-news/?a=b"
    led = browser.get(wanted)
    assert led["Location"] == f"{ACCEPT}?next=%2Fen%2Fme%2Fconsents%2Fnotice%2Four-news%2F%3Fa%3Db"
    page = browser.get(led["Location"])
    assert "version 1 of the service agreement" in text_of(page)
    assert 'href="/en/agreement/1/"' in text_of(page)
    assert 'href="/en/policy/1/"' in text_of(page)
    answer = browser.post(led["Location"], {"accept": "on", "version": "1"})
    assert answer["Location"] == wanted
    assert browser.get(wanted).status_code == 200
    acceptance = Acceptance.objects.select_related("entry", "agreement").get(person=ben)
    assert (acceptance.agreement.version, acceptance.language) == (1, "en")
    assert acceptance.entry.body["policy_version"] == 1


@pytest.mark.clause("PRE-4")
def test_accepting_consents_to_nothing(browser: Client) -> None:
    browser.post(ACCEPT, {"accept": "on", "version": "1"})
    assert Acceptance.objects.exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_away_from_this_website(browser: Client, next_: str) -> None:
    answer = browser.post(f"{ACCEPT}?next={next_}", {"accept": "on", "version": "1"})
    assert answer["Location"] == "/en/me/"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"version": "1"}, "Without accepting the agreement there can be no account."),
        ({"accept": "on"}, "This field is required."),
        ({"accept": "on", "version": "one"}, "Enter a whole number."),
    ],
    ids=str,
)
def test_without_the_tick_or_the_version_nothing_is_accepted(browser: Client, sent: dict[str, str], said: str) -> None:
    answer = browser.post(ACCEPT, sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Acceptance.objects.exists()


@pytest.mark.clause("PRE-5")
def test_a_version_that_was_published_meanwhile_is_not_accepted_unread(browser: Client) -> None:
    _publish_the_next()
    answer = browser.post(ACCEPT, {"accept": "on", "version": "1"})
    assert answer.status_code == 409
    assert "A new version was published while you read." in text_of(answer)
    assert "version 2 of the service agreement" in text_of(answer)
    assert " checked" not in text_of(answer)
    assert not Acceptance.objects.exists()
    assert browser.post(ACCEPT, {"accept": "on", "version": "2"}).status_code == 302
    assert Acceptance.objects.get().agreement.version == 2


@pytest.mark.clause("PRE-3")
def test_who_accepted_an_earlier_version_can_accept_the_newer_one_here() -> None:
    ada = someone()
    browser = browser_of(ada)
    assert browser.get(ACCEPT)["Location"] == "/en/me/"
    _publish_the_next()
    assert "You accepted version 1. A newer one is in force." in text_of(browser.get(ACCEPT))
    browser.post(ACCEPT, {"accept": "on", "version": "2"})
    assert Acceptance.objects.filter(person=ada).count() == 2


def test_the_page_is_there_in_both_languages_and_lets_one_log_out(browser: Client) -> None:
    page = browser.get("/zh-hans/me/consents/accept/")
    assert '<html lang="zh-hans">' in text_of(page)
    assert 'action="/zh-hans/account/logout/"' in text_of(page)
    assert browser.post("/zh-hans/account/logout/").status_code == 302
    assert browser.get(ACCEPT)["Location"].startswith("/en/account/login/")


@pytest.mark.clause("PRE-4")
def test_no_switch_is_pressed_before_the_agreement_is_accepted(browser: Client) -> None:
    answer = browser.post(LIST, {"wanted": "on"})
    assert answer["Location"] == ACCEPT
    assert not Consent.objects.exists()


@pytest.mark.clause("PRE-3")
def test_before_any_publication_the_page_says_that_there_is_no_agreement(ben: User) -> None:
    with time_machine.travel(datetime(2001, 1, 1, tzinfo=UTC)):
        page = browser_of(ben).post(ACCEPT, {"accept": "on", "version": "1"})
    assert "No version has been published yet." in text_of(page)
    assert not Acceptance.objects.exists()
