"""Notices to everybody on the site: one row that all see, read by a press, and nothing of what was before somebody came."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.announcement_queries import unread_of
from consent.models import Announcement, AnnouncementKind, AnnouncementReceipt, AnnouncementText, Significance
from consent.services.announcements import Told, take_down
from consent.services.errors import NothingToTell
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.consent.announcing import TOLD, a_policy_version, tell_everybody
from tests.consent.makers import BEN, browser_of, queries_for, someone, text_of
from users.services.erasure import erase

pytestmark = pytest.mark.django_db
NOTICES = "/en/me/notices/"
TITLE = "New opening hours"


def read(browser: Client, announcement: Announcement, **sent: str) -> Any:
    return browser.post(f"{NOTICES}{announcement.pk}/read/", sent)


@pytest.mark.clause("CHG-b")
def test_a_significant_version_is_told_in_the_transaction_that_publishes_it() -> None:
    policy = a_policy_version()
    notice = Announcement.objects.get()
    assert (notice.kind, notice.policy, notice.posted_at) == (AnnouncementKind.POLICY, policy, policy.posted_at)
    assert {text.language: text.body for text in notice.texts.all()} == {
        "en": "We now keep your orders for three years.",
        "zh-hans": "订单信息现保存三年。",
    }
    entry = Entry.objects.get(kind="notice.posted")
    assert entry.body["policy_version"] == policy.version
    assert entry.body["texts"] == {text.language: text.sha256 for text in notice.texts.all()}


@pytest.mark.clause("CHG-b")
def test_an_editorial_version_disturbs_nobody() -> None:
    ada = someone()
    a_policy_version(Significance.EDITORIAL)
    assert not Announcement.objects.exists()
    assert "bulletin" not in text_of(browser_of(ada).get("/en/me/"))


@pytest.mark.clause("CHG-a")
@pytest.mark.clause("CHG-b")
def test_a_change_of_the_policy_stands_at_the_head_of_every_page_until_it_is_read() -> None:
    ada = someone()
    later = timezone.now() + timedelta(days=20)
    policy = a_policy_version(in_force_from=later)
    browser = browser_of(ada)
    page = text_of(browser.get("/en/me/consents/"))
    assert f"The privacy policy changes: version {policy.version}" in page
    assert "In force from" in page
    assert "Notices (1)" in page

    answer = read(browser, Announcement.objects.get(), back="/en/me/consents/")
    assert answer["Location"] == "/en/me/consents/"
    page = text_of(browser.get("/en/me/consents/"))
    assert 'id="bulletin"' not in page
    assert "Notices (1)" not in page
    assert text_of(browser.get(NOTICES)).count("Not read yet") == 0


@pytest.mark.clause("CHG-b")
def test_who_came_later_sees_none_of_the_older_notices() -> None:
    tell_everybody(at=timezone.now() - timedelta(days=5))
    ada = someone()
    browser = browser_of(ada)
    page = browser.get(NOTICES)
    assert TITLE not in text_of(page)
    assert "None was posted since you came." in text_of(page)
    older = Announcement.objects.get()
    assert browser.get(f"{NOTICES}{older.pk}/").status_code == 404
    read(browser, older)
    assert not AnnouncementReceipt.objects.exists()


@pytest.mark.clause("CHG-b")
def test_a_notice_is_one_row_however_many_see_it_and_a_receipt_only_where_it_was_read() -> None:
    people = [someone(), someone(BEN)]
    notice = tell_everybody()
    for person in people:
        assert TITLE in text_of(browser_of(person).get(NOTICES))
        assert TITLE in text_of(browser_of(person).get(f"{NOTICES}{notice.pk}/"))
    assert (Announcement.objects.count(), AnnouncementReceipt.objects.count()) == (1, 0)
    for _ in range(2):
        read(browser_of(people[0]), notice)
    assert [receipt.person for receipt in AnnouncementReceipt.objects.all()] == [people[0]]
    assert unread_of(people[0], at=timezone.now()).count == 0
    assert unread_of(people[1], at=timezone.now()).count == 1


def test_what_is_not_read_stands_first_and_all_can_be_read_at_once() -> None:
    ada = someone()
    browser = browser_of(ada)
    now = timezone.now()
    for number in range(12):
        told = {code: Told(f"Number {number}.", "Words.") for code in TOLD}
        tell_everybody(told=told, at=now - timedelta(hours=20 - number))
    newest = Announcement.objects.latest("posted_at")
    read(browser, newest)
    first, second = text_of(browser.get(NOTICES)), text_of(browser.get(NOTICES, {"page": 2}))
    assert "Number 11." not in first
    assert "Number 11." in second
    assert first.index("Number 10.") < first.index("Number 9.")
    browser.post(f"{NOTICES}read/")
    assert AnnouncementReceipt.objects.count() == 12
    assert "Not read yet" not in text_of(browser.get(NOTICES))


def test_the_notice_centre_and_the_head_of_a_page_take_as_many_queries_for_many_notices_as_for_one() -> None:
    ada = someone()
    browser = browser_of(ada)
    a_policy_version()
    before = [queries_for(browser, address) for address in (NOTICES, "/en/me/data/")]
    for _ in range(8):
        tell_everybody()
    a_policy_version()
    assert [queries_for(browser, address) for address in (NOTICES, "/en/me/data/")] == before


def test_what_is_unread_is_found_in_one_query() -> None:
    ada = someone()
    a_policy_version()
    with CaptureQueriesContext(connection) as captured:
        unread = unread_of(ada, at=timezone.now())
        assert unread.bulletin is not None
        assert unread.bulletin.title.startswith("The privacy policy changes")
    assert len(captured) == 1


def test_a_notice_ends_by_its_date_and_when_it_is_taken_down() -> None:
    ada = someone()
    now = timezone.now()
    tell_everybody(at=now - timedelta(days=1), until=now - timedelta(hours=1))
    shown = tell_everybody()
    assert unread_of(ada, at=timezone.now()).count == 1
    take_down(shown, by=SYSTEM, at=timezone.now())
    take_down(shown, by=SYSTEM, at=timezone.now())
    assert unread_of(ada, at=timezone.now()).count == 0
    assert browser_of(ada).get(f"{NOTICES}{shown.pk}/").status_code == 404
    assert Entry.objects.filter(kind="notice.taken_down").count() == 1


def test_a_visitor_is_led_to_the_log_in_and_public_pages_set_no_cookie() -> None:
    notice = tell_everybody()
    visitor = Client(SERVER_NAME="localhost")
    assert visitor.get(NOTICES).status_code == 302
    assert visitor.post(f"{NOTICES}{notice.pk}/read/").status_code == 302
    assert not visitor.get("/en/policy/").cookies
    assert not AnnouncementReceipt.objects.exists()


def test_it_is_told_in_the_language_of_the_page_and_its_markdown_is_harmless() -> None:
    ada = someone()
    words = "<script>alert(1)</script> **nine** [x](javascript:alert(1))"
    told = {"en": Told(TITLE, words), "zh-hans": Told("营业时间调整", words)}
    notice = tell_everybody(told=told)
    browser = browser_of(ada)
    page = text_of(browser.get(f"/zh-hans/me/notices/{notice.pk}/"))
    assert "营业时间调整" in page
    assert "<strong>nine</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("missing", ["en", "zh-hans"])
def test_what_does_not_say_everything_in_every_language_is_not_posted(missing: str) -> None:
    for told in ({**TOLD, missing: Told(" ", "Words.")}, {code: TOLD[code] for code in TOLD if code != missing}):
        with pytest.raises(NothingToTell):
            tell_everybody(told=told)
    assert not Announcement.objects.exists()


@pytest.mark.clause("CHG-a")
def test_the_words_of_a_notice_are_never_rewritten() -> None:
    tell_everybody()
    for change in (
        lambda: AnnouncementText.objects.update(title="Other"),
        lambda: AnnouncementText.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_whoever_is_erased_reads_nothing_and_leaves_no_receipt() -> None:
    ada = someone()
    notice = tell_everybody()
    browser = browser_of(ada)
    read(browser, notice)
    erase(ada, by=SYSTEM, at=timezone.now())
    read(browser, notice)
    assert not AnnouncementReceipt.objects.exists()


def test_the_way_back_leads_to_pages_of_ours_alone() -> None:
    ada = someone()
    notice = tell_everybody()
    assert read(browser_of(ada), notice, back="https://elsewhere.example/")["Location"] == NOTICES
