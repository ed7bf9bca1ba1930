"""The desk's pages for notices: written in both languages, seen before they are posted, and their way by mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Announcement, AnnouncementKind, Mailing
from privacy_app.ledger.models import Entry
from tests.admin_makers import make_staff
from tests.consent.announcing import tell_everybody
from tests.consent.makers import browser_of, publish, queries_for, someone, text_of
from users.models import User
from users.roles import Role

pytestmark = pytest.mark.django_db
DESK = "/en/desk/notices/"
TYPED = {
    "kind": "message",
    "title_en": "New opening hours",
    "body_en": "We open at **nine**.",
    "title_zh_hans": "营业时间调整",
    "body_zh_hans": "我们**九点**开门。",
    "by_mail": "on",
}


@pytest.fixture
def editor() -> User:
    return make_staff(Role.POLICY_EDITOR)


@pytest.fixture
def browser(editor: User) -> Client:
    return staff_browser(editor)


def staff_browser(member: User) -> Client:
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def send(browser: Client, step: str, **typed: Any) -> Any:
    return browser.post(f"{DESK}new/", {**TYPED, "step": step, **typed})


def id_in(page: Any) -> str:
    return text_of(page).rsplit('name="id" value="', 1)[1].split('"', 1)[0]


def test_a_notice_is_seen_in_both_languages_before_it_is_posted_and_posted_once(browser: Client, editor: User) -> None:
    preview = send(browser, "preview")
    assert "<strong>nine</strong>" in text_of(preview)
    assert "<strong>九点</strong>" in text_of(preview)
    assert not Announcement.objects.exists()
    assert "We open at **nine**." in text_of(send(browser, "edit"))
    for _ in range(2):
        answer = send(browser, "post", id=id_in(preview))
        notice = Announcement.objects.get()
        assert answer["Location"] == f"{DESK}{notice.pk}/"
    page = text_of(browser.get(answer["Location"]))
    assert "<progress" in page
    assert "It is posted." in page
    entry = Entry.objects.get(kind="notice.posted")
    assert entry.actor == f"staff:{editor.ledger_pseudonyms.get().pseudonym}"
    assert (Mailing.objects.count(), notice.until) == (1, None)


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(browser: Client) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    answer = send(browser, "preview", title_zh_hans="", last_day=yesterday)
    assert answer.status_code == 422
    assert "We open at **nine**." in text_of(answer)
    assert "Choose today or a day to come." in text_of(answer)
    assert send(browser, "post", kind="policy", id="").status_code == 422
    assert not Announcement.objects.exists()


def test_a_notice_with_a_last_day_ends_with_it_and_may_stay_away_from_the_mail(browser: Client) -> None:
    today = timezone.localdate()
    preview = send(browser, "preview", last_day=today.isoformat(), by_mail="")
    send(browser, "post", last_day=today.isoformat(), by_mail="", id=id_in(preview))
    notice = Announcement.objects.get()
    assert notice.until is not None
    assert timezone.now() < notice.until <= timezone.now() + timedelta(days=1)
    assert not Mailing.objects.exists()
    assert "It goes to nobody by mail." in text_of(browser.get(f"{DESK}{notice.pk}/"))


@pytest.mark.clause("USE-c")
def test_product_news_need_a_purpose_that_covers_them(browser: Client) -> None:
    preview = send(browser, "preview", kind="news")
    answer = send(browser, "post", kind="news", id=id_in(preview))
    assert answer.status_code == 409
    assert "No purpose for product news has been published" in text_of(answer)
    assert not Announcement.objects.exists()
    publish("product-news", basis="policy_opt_out")
    send(browser, "post", kind="news", id=id_in(preview))
    assert Announcement.objects.get().kind == AnnouncementKind.NEWS


def test_a_mailing_is_paused_goes_on_and_is_stopped_by_a_press_and_a_second_press_is_told_so(
    browser: Client, editor: User
) -> None:
    notice = tell_everybody()
    for slug, state in (("pause", "paused"), ("resume", "running"), ("pause", "paused"), ("stop", "stopped")):
        assert browser.post(f"{DESK}{notice.pk}/{slug}/").status_code == 302
        assert Mailing.objects.get().state == state
    answer = browser.post(f"{DESK}{notice.pk}/resume/")
    assert answer.status_code == 409
    assert "this cannot be done" in text_of(answer)
    actors = set(
        Entry.objects.filter(kind__startswith="mailing.").exclude(kind="mailing.begun").values_list("actor", flat=True)
    )
    assert actors == {f"staff:{editor.ledger_pseudonyms.get().pseudonym}"}


def test_progress_is_asked_for_anew_while_it_is_running_and_not_afterwards(browser: Client) -> None:
    notice = tell_everybody()
    part = browser.get(f"{DESK}{notice.pk}/progress/")
    assert 'hx-trigger="every 3s"' in text_of(part)
    assert "<html" not in text_of(part)
    Mailing.objects.update(state="finished", finished_at=timezone.now(), listed=12_345, sent=12_345)
    part = browser.get(f"{DESK}{notice.pk}/progress/")
    assert "hx-get" not in text_of(part)
    assert 'max="12345" value="12345"' in text_of(part)
    assert "12,345 of 12,345" in text_of(part)


def test_what_is_taken_down_nobody_sees_any_more(browser: Client) -> None:
    ada = someone()
    notice = tell_everybody()
    browser.post(f"{DESK}{notice.pk}/take-down/")
    assert "New opening hours" not in text_of(browser_of(ada).get("/en/me/notices/"))
    assert "No longer on the site" in text_of(browser.get(DESK))


@pytest.mark.parametrize(
    ("role", "may_write", "may_pause"),
    [
        (Role.POLICY_EDITOR, True, True),
        (Role.ADMINISTRATOR, False, True),
        (Role.REVIEWER, False, False),
        (Role.SECURITY_OFFICER, False, False),
    ],
)
def test_who_may_write_and_who_may_pause_is_a_matter_of_the_role(role: Role, may_write: bool, may_pause: bool) -> None:
    notice = tell_everybody()
    browser = staff_browser(make_staff(role))
    assert browser.get(DESK).status_code == 200
    assert browser.get(f"{DESK}new/").status_code == (200 if may_write else 403)
    assert browser.post(f"{DESK}{notice.pk}/take-down/").status_code == (302 if may_write else 403)
    assert browser.post(f"{DESK}{notice.pk}/pause/").status_code == (302 if may_pause else 403)


def test_nobody_without_a_role_comes_in() -> None:
    notice = tell_everybody()
    for address in (DESK, f"{DESK}new/", f"{DESK}{notice.pk}/", f"{DESK}{notice.pk}/progress/"):
        assert browser_of(someone(f"{len(address)}@lantern.example")).get(address).status_code == 403
        assert Client(SERVER_NAME="localhost").get(address).status_code == 302


def test_the_list_takes_as_many_queries_for_many_notices_as_for_one(browser: Client) -> None:
    tell_everybody()
    before = queries_for(browser, DESK)
    for _ in range(5):
        tell_everybody()
    assert queries_for(browser, DESK) == before
