"""The full notice of a purpose: all that the law wants told, each version of it, and the person's own history with it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Consent, PurposeText
from consent.states import Event, State
from tests.consent.makers import (
    LIST,
    a_partner,
    browser_of,
    buttons_of,
    decide,
    press,
    publish,
    queries_for,
    someone,
    text_of,
)
from users.models import Partner, User

pytestmark = pytest.mark.django_db
NOTICE = f"{LIST}notice/parcel-news/"


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def northwind() -> Partner:
    return a_partner(country="SG")


@pytest.mark.clause("DIS-a")
def test_the_notice_tells_all_that_the_law_wants_told_before_a_choice(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind, fields=["contact.email", "health.allergies"], countries=["CN", "SG"])
    page = text_of(browser.get(NOTICE))
    told = {
        "recipient": "<strong>Northwind</strong>, Singapore",
        "contact": "dpo@northwind.example, 1 Lantern Street",
        "what the recipient does": "Brings parcels.",
        "their policy": "https://northwind.example/privacy",
        "purpose": "The reason.",
        "method": "The method.",
        "kinds of data": "Allergies",
        "category": "Your health",
        "sensitive": "Including your sensitive data: Allergies",
        "duration": "A whole year. Your permission ends by itself after 365 days.",
        "abroad": "Across.",
        "countries": "China, Singapore",
        "asked separately": "Also from abroad: Singapore",
        "basis": 'your consent (<a href="/en/policy/#DIS-a">DIS-a</a>)',
        "who is responsible": "privacy@lantern.example",
        "withdrawal": "Switch it off here or in the list of what you allow.",
        "rights": "complain to the data protection authority",
        "version": "Version 1, published on",
        "languages": "English, 简体中文",
        "digest": PurposeText.objects.get(language="en").sha256,
    }
    assert {what for what, words in told.items() if words not in page} == set()


@pytest.mark.clause("USE-c")
def test_our_own_use_names_nobody_outside(browser: Client) -> None:
    publish("parcel-news", basis="policy_opt_out", valid_days=None)
    page = text_of(browser.get(NOTICE))
    assert "Nobody outside. Your data is used by this website alone." in page
    assert "Switch it off here or in the list of what you allow." in page
    assert 'href="/en/policy/#USE-c"' in page


def test_what_cannot_be_withdrawn_says_where_to_object(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind, basis="law")
    assert "There is no consent to withdraw here." in text_of(browser.get(NOTICE))


@pytest.mark.clause("DIS-a")
def test_the_switch_stands_on_the_notice_too_and_leads_back_to_it(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind)
    answer = press(browser, browser.get(NOTICE), "base")
    assert answer["Location"] == f"{NOTICE}#row-parcel-news--{northwind.pk.hex}"
    page = browser.get(NOTICE)
    assert "Northwind may now read this" in text_of(page)
    assert "You allowed Northwind: Parcel news." in text_of(page)
    assert press(browser, page, "base").status_code == 302
    assert Consent.objects.get().state == State.WITHDRAWN


@pytest.mark.clause("DIS-a")
def test_with_htmx_the_history_on_the_page_is_brought_up_to_date_with_the_row(
    browser: Client, northwind: Partner
) -> None:
    publish("parcel-news", northwind)
    page = browser.get(NOTICE)
    assert "You have decided nothing here so far" in text_of(page)
    answer = text_of(press(browser, page, "base", htmx=True))
    assert answer.startswith("<li id=")
    assert '<div id="past" hx-swap-oob="true">' in answer
    assert "You allowed Northwind: Parcel news." in answer


def test_a_late_press_shows_the_notice_as_it_stands(ada: User, browser: Client, northwind: Partner) -> None:
    purpose = publish("parcel-news", northwind)
    stale = browser.get(NOTICE)
    decide(ada, purpose, Event.REFUSE, northwind)
    answer = press(browser, stale, "base")
    assert answer.status_code == 409
    assert "You refused Northwind: Parcel news." in text_of(answer)


@pytest.mark.clause("PRE-3")
def test_the_text_that_a_consent_is_bound_to_stays_readable_and_is_marked_as_old(
    ada: User, browser: Client, northwind: Partner
) -> None:
    purpose = publish("parcel-news", northwind, title="The first words")
    decide(ada, purpose, Event.GIVE, northwind)
    wider = ["contact.email", "contact.phone"]
    publish("parcel-news", northwind, title="The second words", fields=wider, at=timezone.now())
    old, new = browser.get(f"{NOTICE}1/"), browser.get(NOTICE)
    assert "The first words" in text_of(old)
    assert "No longer in force" in text_of(old)
    assert "It is the one that you allowed, and what you allowed still counts for what it names." in text_of(old)
    assert "Read version 2, which is in force" in text_of(old)
    assert not buttons_of(old)
    assert "The second words" in text_of(new)
    assert f'href="{NOTICE}1/"' in text_of(new)
    press(browser, new, "base-newer")
    assert "Nothing that you allow rests on it." in text_of(browser.get(f"{NOTICE}1/"))


def test_the_version_in_force_has_an_address_of_its_own_as_well(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind)
    assert "base" in buttons_of(browser.get(f"{NOTICE}1/"))


@pytest.mark.parametrize("address", [f"{LIST}notice/none/", f"{NOTICE}3/", f"{NOTICE}{'9' * 40}/", f"{NOTICE}0/"])
def test_what_was_never_published_is_not_found(browser: Client, northwind: Partner, address: str) -> None:
    publish("parcel-news", northwind)
    assert browser.get(address).status_code == 404


@pytest.mark.clause("PRE-3")
def test_a_text_is_not_shown_before_its_publication(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind)
    publish("parcel-news", northwind, title="Not yet", at=timezone.now() + timedelta(days=1))
    assert browser.get(f"{NOTICE}2/").status_code == 404
    assert "Not yet" not in text_of(browser.get(NOTICE))


def test_the_notice_is_there_in_both_languages(browser: Client, northwind: Partner) -> None:
    publish("parcel-news", northwind)
    page = text_of(browser.get("/zh-hans/me/consents/notice/parcel-news/"))
    assert '<html lang="zh-hans">' in page
    assert "整整一年。" in page


def test_nobody_elses_history_stands_on_the_notice(ada: User, browser: Client, northwind: Partner) -> None:
    purpose = publish("parcel-news", northwind)
    decide(someone("ben@lantern.example"), purpose, Event.GIVE, northwind)
    assert "You have decided nothing here so far" in text_of(browser.get(NOTICE))


def test_the_notice_takes_as_many_queries_for_many_versions_as_for_one(
    ada: User, browser: Client, northwind: Partner
) -> None:
    purpose = publish("parcel-news", northwind)
    decide(ada, purpose, Event.GIVE, northwind)
    few = queries_for(browser, NOTICE)
    others = [a_partner(f"Partner{number}") for number in range(4)]
    for number in range(4):
        publish("parcel-news", northwind, *others, title=f"Words {number}", at=timezone.now())
        for other in others:
            decide(ada, purpose, Event.GIVE, other)
        publish(f"use-{number}", *others)
    assert queries_for(browser, NOTICE) == few
