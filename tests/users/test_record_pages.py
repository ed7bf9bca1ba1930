"""The person's own access records, the margin's count of them, and the security officer's search."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.users.access import drained, records, visit, visits
from tests.users.makers import BEN, browser_of, queries_for, someone, text_of
from users.access.spool import spool_in
from users.access.storing import store
from users.models import AccessRecord, User
from users.roles import Role
from users.services.actors import as_staff, pseudonym_of
from users.services.roles import grant_role

pytestmark = [pytest.mark.django_db, pytest.mark.clause("COL-a")]
RECORDS, SEARCH = "/en/me/records/", "/en/desk/records/"


@pytest.fixture(autouse=True)
def spool(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.ACCESS_SPOOL_DIR = tmp_path / "spool"
    yield
    spool_in(settings.ACCESS_SPOOL_DIR).close()


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def officer() -> User:
    officer = someone("officer@lantern.example")
    grant_role(officer, Role.SECURITY_OFFICER, by=SYSTEM, at=timezone.now())
    return officer


# -- the person's page ------------------------------------------------------------------------------


def test_the_page_says_this_was_you_with_browser_language_and_address_in_the_persons_zone(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="America/New_York")
    at = timezone.now().replace(hour=3, minute=14, second=15) - timedelta(days=2)
    store([visit(ada, at=at, referrer="https://search.example", query="page=2")], at=at)
    page = text_of(browser_of(ada).get(RECORDS))
    assert "Firefox 140 on Windows, in Simplified Chinese, from 203.0.113.7" in page
    assert "/en/policy/?page=2" in page
    assert "coming from https://search.example" in page
    assert "America/New_York" in page
    local = at - timedelta(days=1)
    assert f"{local.day} {local:%B} {local.year}" in page
    assert "184 days" in page


def test_nobody_sees_the_records_of_another(ada: User) -> None:
    visits(ada, 3)
    ben = browser_of(someone(BEN))
    page = ben.get(RECORDS)
    assert "203.0.113.7" not in text_of(page)
    assert "There is none so far" in text_of(page)
    assert Client(SERVER_NAME="localhost").get(RECORDS).status_code == 302


def test_pages_lead_to_all_records_and_days_narrow_them(ada: User) -> None:
    now = timezone.now()
    made = visits(ada, 120, every=timedelta(hours=1), at=now)
    browser = browser_of(ada)
    first = browser.get(RECORDS)
    second = browser.get(RECORDS, {"after": first.context["slice"].after})
    third = browser.get(RECORDS, {"after": second.context["slice"].after})
    seen = [line.id for answer in (first, second, third) for line in answer.context["lines"]]
    assert seen == made
    assert not third.context["slice"].after
    back = browser.get(RECORDS, {"before": third.context["slice"].before})
    assert [line.id for line in back.context["lines"]] == made[50:100]
    day = timezone.localtime(now - timedelta(days=2)).date()
    narrowed = browser.get(RECORDS, {"since": day.isoformat(), "until": day.isoformat()})
    assert len(narrowed.context["lines"]) == 24
    assert {line.day for line in narrowed.context["lines"]} == {narrowed.context["lines"][0].day}
    wrong = text_of(browser.get(RECORDS, {"since": "2026-05-02", "until": "2026-05-01"}))
    assert "This is before the first day." in wrong
    for mark in (
        "rubbish",
        "0001-01-01T00:00:00+14:00~00000000-0000-4000-8000-000000000000",
        "9999-12-31T23:59:59-14:00~x",
    ):
        assert browser.get(RECORDS, {"after": mark}).status_code == 200


def test_the_page_and_the_margin_take_as_many_queries_for_ten_thousand_records_as_for_one(ada: User) -> None:
    browser = browser_of(ada)
    visits(ada, 1)
    few = queries_for(browser, RECORDS), queries_for(browser, "/en/policy/")
    visits(ada, 10_000, every=timedelta(minutes=20), at=timezone.now() - timedelta(minutes=1))
    assert (queries_for(browser, RECORDS), queries_for(browser, "/en/policy/")) == few
    assert "10001 page views are recorded, the last on" in text_of(browser.get("/en/policy/"))
    with CaptureQueriesContext(connection) as captured:
        browser.get(RECORDS)
    reading = next(query["sql"] for query in captured if 'FROM "users_accessrecord"' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {reading}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert 1 <= plan.count("users_accessrecord_2") <= 8, plan


def test_a_request_shows_up_on_the_page_it_is_about_in_the_margin_and_among_the_data(ada: User) -> None:
    browser = browser_of(ada)
    browser.get("/en/me/data/")
    drained()
    assert "/en/me/data/" in text_of(browser.get(RECORDS))
    assert "1 page view is recorded, on" in text_of(browser.get("/en/policy/"))
    assert f'href="{RECORDS}"' in text_of(browser.get("/en/me/data/"))
    assert "sealed under a key of the day" in text_of(Client(SERVER_NAME="localhost").get("/en/policy/"))


# -- the officer's search --------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_an_officer_finds_who_came_from_an_address_and_each_of_them_sees_why(ada: User, officer: User) -> None:
    ben = someone(BEN)
    store([visit(ada), visit(ben), visit(), visit(ben, address="203.0.113.8")], at=timezone.now())
    desk = browser_of(officer)
    found = desk.post(SEARCH, {"address": "::ffff:203.0.113.7", "occasion": "attack"})
    assert {line.person_id for line in found.context["lines"]} == {ada.pk, ben.pk, None}
    (searched,) = Entry.objects.filter(kind="access.searched")
    assert searched.actor == str(as_staff(officer))
    assert searched.body == {"occasion": "attack", "records": 3, "people": 2}
    told = Entry.objects.filter(kind="access.looked_at")
    assert {entry.pseudonym for entry in told} == {pseudonym_of(ada), pseudonym_of(ben)}
    assert "203.0.113" not in repr([searched.body, *(entry.body for entry in told)])
    assert "The site is attacked or abused from this address" in text_of(browser_of(ada).get(RECORDS))
    drained()
    assert "203.0.113.7" not in repr([record.content for record in records() if record.person_id == officer.pk])


@pytest.mark.clause("SEC-a")
def test_a_search_needs_a_whole_address_and_a_reason_and_shows_one_page_at_a_time(ada: User, officer: User) -> None:
    desk = browser_of(officer)
    for wrong in ({}, {"address": "203.0.113", "occasion": "leak"}, {"address": "203.0.113.7", "occasion": "curious"}):
        assert desk.post(SEARCH, wrong).status_code == 422
    assert not Entry.objects.filter(kind__startswith="access.").exists()
    made = visits(ada, 60)
    asked = {"address": "203.0.113.7", "occasion": "leak"}
    first = desk.post(SEARCH, asked)
    second = desk.post(SEARCH, {**asked, "after": first.context["after"]})
    assert [line.id for answer in (first, second) for line in answer.context["lines"]] == made
    assert not second.context["after"]


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADMINISTRATOR, Role.POLICY_EDITOR, None])
def test_nobody_but_a_security_officer_searches_access_records(ada: User, role: Role | None) -> None:
    if role:
        grant_role(ada, role, by=SYSTEM, at=timezone.now())
    assert browser_of(ada).post(SEARCH, {"address": "203.0.113.7", "occasion": "leak"}).status_code == 403
    assert AccessRecord.objects.count() == 0
