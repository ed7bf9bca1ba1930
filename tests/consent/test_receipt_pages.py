"""Every change of a consent has its receipt, which its owner alone can read, print and check."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from django.test import Client
from django.utils import timezone

from consent.models import Aspect, ConsentChange, Purpose, PurposeText
from consent.services.consents import Subject, change, expire_due
from consent.states import Event
from privacy_app.ledger.actors import Actor
from tests.consent.makers import (
    BEN,
    LIST,
    a_partner,
    browser_of,
    decide,
    publish,
    queries_for,
    someone,
    text_of,
)
from users.models import Partner, User

pytestmark = pytest.mark.django_db
HISTORY = f"{LIST}history/"


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def northwind() -> Partner:
    return a_partner()


@pytest.fixture
def news(northwind: Partner) -> Purpose:
    return publish("parcel-news", northwind)


def _receipt(number: int | None = None) -> str:
    """The address of a receipt, by default of the last change."""
    return f"{LIST}receipt/{number or ConsentChange.objects.latest('pk').pk}/"


def _record(browser: Client) -> dict[str, Any]:
    answer = browser.get(_receipt().rstrip("/") + ".json")
    assert answer.status_code == 200
    record: dict[str, Any] = json.loads(answer.content)
    return record


@pytest.mark.clause("DIS-a")
def test_a_receipt_says_who_allowed_whom_what_when_and_on_which_text(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    page = text_of(browser.get(_receipt()))
    entry = ConsentChange.objects.select_related("entry").get().entry
    told = {
        "what": "You allowed Northwind: Parcel news.",
        "clause": 'href="/en/policy/#DIS-a"',
        "person": "<dd>ada@lantern.example</dd>",
        "recipient": "Northwind, dpo@northwind.example, 1 Lantern Street, China",
        "responsible": "Lantern Market, privacy@lantern.example",
        "before": "<dt>Before</dt><dd>not asked</dd>",
        "after": "<dt>After</dt><dd>allowed</dd>",
        "text": f'<a href="{LIST}notice/parcel-news/1/">Version 1, in English</a>',
        "digest": PurposeText.objects.get(language="en").sha256,
        "end": "<dt>Ends by itself</dt>",
        "how": "On these pages",
        "entry": f"<dd>{entry.seq}</dd>",
        "leaf": bytes(entry.leaf).hex(),
    }
    assert {what for what, words in told.items() if words not in page} == set()


def test_a_receipt_is_there_in_both_languages(ada: User, browser: Client, news: Purpose, northwind: Partner) -> None:
    decide(ada, news, Event.GIVE, northwind)
    page = text_of(browser.get(_receipt().replace("/en/", "/zh-hans/")))
    assert '<html lang="zh-hans">' in page
    assert "包裹通知" in page


def test_a_withdrawal_has_no_end(ada: User, browser: Client, news: Purpose, northwind: Partner) -> None:
    decide(ada, news, Event.GIVE, northwind)
    decide(ada, news, Event.WITHDRAW, northwind)
    page = text_of(browser.get(_receipt()))
    assert "<dt>Before</dt><dd>allowed</dd>" in page
    assert "Ends by itself" not in page


def test_the_receipt_of_what_ended_by_itself_says_so(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind, at=timezone.now() - timedelta(hours=1))
    assert expire_due(at=timezone.now() + timedelta(days=366)) == 1
    page = text_of(browser.get(_receipt()))
    assert "<dt>After</dt><dd>run out</dd>" in page
    assert "<dt>How</dt><dd>By itself</dd>" in page


@pytest.mark.clause("DIS-a")
def test_what_was_said_elsewhere_says_so_and_runs_from_when_it_was_said(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    said_at = timezone.now() - timedelta(hours=3)
    change(
        Subject(ada, news, northwind),
        Event.GIVE,
        by=Actor.client("website"),
        at=timezone.now(),
        said_at=said_at,
        language="en",
        evidence="Form 7",
        origin="platform",
    )
    page = text_of(browser.get(_receipt()))
    assert "Recorded for you by the website, which keeps the evidence" in page
    assert "Form 7" not in page
    event = _record(browser)["event"]
    assert event["said_at"] == said_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert event["entity_id"] == "client:website"


@pytest.mark.clause("PRE-2")
def test_with_the_file_alone_anybody_can_compute_the_ledgers_leaf_anew(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    entry = _record(browser)["ledger_entry"]
    content = rfc8785.dumps(entry["content"])
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(entry["salt"]) + content).hexdigest()
    assert leaf == entry["leaf"] == bytes(ConsentChange.objects.get().entry.leaf).hex()


@pytest.mark.clause("DIS-a")
def test_the_file_uses_the_names_of_the_standard(ada: User, browser: Client, news: Purpose, northwind: Partner) -> None:
    decide(ada, news, Event.GIVE, northwind)
    record = _record(browser)
    assert {"schema_version", "record_id", "receipt_id", "pii_principal_id"} < record.keys()
    processing = record["pii_processing"]
    assert processing["privacy_notice"] == f"http://localhost{LIST}notice/parcel-news/1/"
    assert processing["privacy_notice_sha256"] == PurposeText.objects.get(language="en").sha256
    assert processing["purpose_type"] == "dpv:CommunicationManagement"
    assert processing["lawful_basis"] == "consent"
    assert processing["pii_information"] == [{"pii_attribute_id": "contact.email"}]
    assert processing["recipient_third_parties"] == [str(northwind.pk)]
    assert {party["party_id"] for party in record["party_identification"]} == {"controller", str(northwind.pk)}
    assert record["event"]["event_state"] == "ConsentGiven"
    assert record["event"]["validity_duration"] == "P365D"


@pytest.mark.clause("USE-c")
def test_the_file_of_our_own_use_names_no_third_party(ada: User, browser: Client) -> None:
    decide(ada, publish("start-page", valid_days=None), Event.GIVE)
    record = _record(browser)
    assert record["pii_processing"]["recipient_third_parties"] == []
    assert record["event"]["validity_duration"] is None
    assert "<dt>Recipient</dt>" not in text_of(browser.get(_receipt()))


def test_the_file_is_saved_and_kept_by_no_cache(ada: User, browser: Client, news: Purpose, northwind: Partner) -> None:
    decide(ada, news, Event.GIVE, northwind)
    number = ConsentChange.objects.get().pk
    answer = browser.get(f"{LIST}receipt/{number}.json")
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{number}.json"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("ending", ["/", ".json"])
def test_somebody_elses_receipt_is_as_unknown_as_one_that_never_was(
    browser: Client, news: Purpose, northwind: Partner, ending: str
) -> None:
    decide(someone(BEN), news, Event.GIVE, northwind)
    number = ConsentChange.objects.get().pk
    for one in (number, number + 1, 10**30):
        assert browser.get(f"{LIST}receipt/{one}{ending}").status_code == 404


def test_the_history_lists_every_change_with_its_receipt_the_newest_first(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.REQUEST, northwind)
    decide(ada, news, Event.GIVE, northwind)
    decide(ada, news, Event.GIVE, northwind)
    decide(ada, news, Event.WITHDRAW, northwind)
    decide(someone(BEN), news, Event.REFUSE, northwind)
    page = text_of(browser.get(HISTORY))
    sentences = [
        "You withdrew from Northwind: Parcel news.",
        "You allowed Northwind again: Parcel news.",
        "You allowed Northwind: Parcel news.",
        "You were asked to allow Northwind: Parcel news.",
    ]
    places = [page.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    assert "You refused" not in page
    for own in ConsentChange.objects.filter(consent__person=ada):
        assert f'href="{LIST}receipt/{own.pk}/"' in page


def test_the_history_of_somebody_who_decided_nothing_says_so(browser: Client) -> None:
    assert "You have decided nothing here so far, and nobody did for you." in text_of(browser.get(HISTORY))


def test_a_long_history_has_pages_and_an_odd_page_number_leads_to_one_of_them(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    for _ in range(15):
        decide(ada, news, Event.GIVE, northwind)
        decide(ada, news, Event.WITHDRAW, northwind)
    assert "Page 1 of 2" in text_of(browser.get(HISTORY))
    assert "Page 2 of 2" in text_of(browser.get(HISTORY, {"page": "2"}))
    assert "Page 2 of 2" in text_of(browser.get(HISTORY, {"page": "99"}))
    assert "Page 1 of 2" in text_of(browser.get(HISTORY, {"page": "\x00"}))


def test_the_history_cannot_be_written_to(browser: Client) -> None:
    assert browser.post(HISTORY).status_code == 405


def test_history_and_receipt_take_as_many_queries_for_many_changes_as_for_one(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    few = queries_for(browser, HISTORY), queries_for(browser, _receipt())
    for number in range(4):
        purpose = publish(f"use-{number}", northwind, a_partner(f"Partner{number}"), countries=["CN", "SG"])
        for aspect in (Aspect.BASE, Aspect.ABROAD):
            decide(ada, purpose, Event.GIVE, northwind, aspect=aspect)
    assert (queries_for(browser, HISTORY), queries_for(browser, _receipt())) == few
