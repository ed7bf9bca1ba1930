"""Every page, as people meet it: wide and narrow, light and dark, in both languages, with keyboard and without script."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser

PUBLIC = (
    "",
    "policy/",
    "policy/1/",
    "policy/versions/",
    "policy/1...1/",
    "agreement/",
    "cookies/",
    "cookies/reading/",
    "policy/?cookies=none",
    "cookies/?cookies=none",
    "account/login/?cookies=none",
    "account/login/",
    "account/signup/",
    "account/password/reset/",
    "nothing-here/",
)
PERSONAL = (
    "me/",
    "me/consents/",
    "me/consents/?q=courier",
    "me/consents/history/",
    "me/consents/notice/delivery-updates/",
    "me/data/",
    "me/data/identity.name/",
    "me/shared/",
    "me/requests/",
    "me/records/",
    "me/notices/",
    "me/security/",
    "policy/",
    "account/email/",
    "account/password/change/",
    "account/2fa/",
)
STAFF = (
    "admin/",
    "admin/users/partner/",
    "admin/users/partner/add/",
    "admin/disclosure/engagement/",
    "admin/disclosure/engagement/add/",
    "admin/disclosure/servicerequest/",
    "admin/consent/purpose/",
)
DESK = (
    "desk/",
    "desk/?state=released",
    "desk/?state=expired",
    "desk/filings/new/",
    "desk/filings/new/provision/",
    "desk/authorities/",
    "desk/authorities/new/",
    "desk/violations/",
    "desk/violations/new/",
    "desk/complaints/",
    "desk/complaints/new/",
    "desk/transactions/",
    "desk/transactions/new/",
    "desk/provisions/",
    "desk/notices/",
    "desk/contributions/",
    "desk/search/",
)
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "narrow and dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}
look = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
language = pytest.mark.parametrize("language", ["en", "zh-hans"])
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = Axe().run(page, options=WCAG).response["violations"]
    faults = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("wider than the window")
    return faults


def _faults_of(context: BrowserContext, site: Site, addresses: tuple[str, ...], language: str) -> dict[str, list[str]]:
    page = context.new_page()
    faults = {}
    for address in addresses:
        page.goto(site.page(address, language))
        if found := _faults(page):
            faults[address] = found
    return faults


@pytest.fixture(scope="module")
def logged_in(browser: Browser, site: Site) -> dict[str, Any]:
    """The cookies of a log-in, by role."""
    states = {}
    for role in ("person", "administrator", "policy_editor", "reviewer"):
        context = browser.new_context()
        site.log_in(context.new_page(), role)
        states[role] = context.storage_state()
        context.close()
    return states


@pytest.fixture
def visit(browser: Browser, logged_in: dict[str, Any]) -> Iterator[Any]:
    """A browser that looks so, logged in as this role or not at all."""
    opened: list[BrowserContext] = []

    def open_context(role: str = "", **options: Any) -> BrowserContext:
        context = browser.new_context(**options, storage_state=logged_in.get(role))
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@look
@language
def test_public_pages_are_accessible(visit: Any, site: Site, look: dict[str, Any], language: str) -> None:
    assert _faults_of(visit(**look), site, PUBLIC, language) == {}


@look
@language
def test_a_persons_pages_are_accessible(visit: Any, site: Site, look: dict[str, Any], language: str) -> None:
    assert _faults_of(visit("person", **look), site, PERSONAL, language) == {}


@language
def test_the_desk_is_accessible(visit: Any, site: Site, language: str) -> None:
    assert _faults_of(visit("administrator", **LOOKS["wide"]), site, STAFF, language) == {}


@look
@language
def test_the_desks_own_pages_are_accessible(visit: Any, site: Site, look: dict[str, Any], language: str) -> None:
    context = visit("reviewer", **look)
    assert _faults_of(context, site, (*DESK, *_things_at_the_desk(context, site)), language) == {}


@look
@language
def test_where_notices_are_written_is_accessible(visit: Any, site: Site, look: dict[str, Any], language: str) -> None:
    assert _faults_of(visit("policy_editor", **look), site, ("desk/notices/new/",), language) == {}


def _things_at_the_desk(context: BrowserContext, site: Site) -> tuple[str, ...]:
    """A page of each kind of thing, and of a request on each ground and at each state; and where one enters what belongs to it."""
    page = context.new_page()
    found: dict[str, str] = {}
    for address in DESK:
        page.goto(site.page(address))
        for link in page.get_by_role("main").locator("a[href*='/desk/']").all():
            path = (link.get_attribute("href") or "").removeprefix("/en/").partition("?")[0]
            if match := re.match(r"desk/(filings|[a-z]+)/(.*?)[0-9a-f]{8}-", path):
                # All requests that are linked to, and one of everything else.
                found[path if match[1] == "filings" and not match[2] else f"{match[1]}{match[2]}"] = path
    authority = found["authorities"]
    return (*found.values(), f"{authority}instruments/new/")


def test_a_search_at_the_desk_shows_what_it_found_in_an_accessible_way(visit: Any, site: Site) -> None:
    page = visit("reviewer").new_page()
    for place in ("decisions", "ledger"):
        page.goto(site.page("desk/search/"))
        page.get_by_label("Where").select_option(place)
        page.get_by_role("main").get_by_role("button", name="Search").click()
        expect(page.get_by_role("heading", name=re.compile("the latest first"))).to_be_visible()
        assert _faults(page) == []


@pytest.mark.clause("COO-a")
@pytest.mark.clause("COO-b")
def test_public_pages_set_no_cookie(visit: Any, site: Site) -> None:
    context = visit()
    page = context.new_page()
    for address in ("", "policy/", "policy/1/", "agreement/", "nothing-here/"):
        page.goto(site.page(address))
        assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.clause("DIS-a")
def test_a_switch_works_without_script(visit: Any, site: Site) -> None:
    page = visit("person", java_script_enabled=False).new_page()
    page.goto(site.page("me/consents/?q=Quotes"))
    switch = page.get_by_role("switch", name=re.compile("^Meridian Travel Insurance Pte. Ltd.: Quotes"))
    expect(switch).to_be_checked()
    switch.click()
    expect(switch).not_to_be_checked()
    expect(page.get_by_text(re.compile("can no longer read")).first).to_be_visible()
    switch.click()
    expect(switch).to_be_checked()


@pytest.mark.clause("DIS-a")
def test_a_switch_works_by_keyboard_and_keeps_the_focus(visit: Any, site: Site) -> None:
    page = visit("person").new_page()
    page.goto(site.page("me/consents/?q=Quotes"))
    switch = page.get_by_role("switch", name=re.compile("^Meridian Travel Insurance Pte. Ltd.: Quotes"))
    switch.focus()
    for turned_on in (False, True):
        page.keyboard.press("Space")
        (expect(switch).to_be_checked if turned_on else expect(switch).not_to_be_checked)()
        expect(switch).to_be_focused()
        expect(page.locator("#live")).not_to_be_empty()


@language
def test_the_menu_stands_on_one_line_of_a_wide_page(visit: Any, site: Site, language: str) -> None:
    page = visit("reviewer", **LOOKS["wide"]).new_page()
    page.goto(site.page("me/records/", language))
    entries = page.locator(".menu--main .menu > li").all()
    tops = {(entry.bounding_box() or {})["y"] for entry in entries}
    assert len(entries) > 10 and len(tops) == 1


def test_the_first_key_leads_to_the_text(visit: Any, site: Site) -> None:
    page = visit().new_page()
    page.goto(site.page("policy/"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.clause("PRE-3")
def test_each_clause_has_a_stable_address(visit: Any, site: Site) -> None:
    page = visit().new_page()
    page.goto(site.page("policy/#DIS-c"))
    expect(page.locator("#DIS-c")).to_be_in_viewport()
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Abroad").click()
    expect(page).to_have_url(site.page("policy/#STO-2"))


def test_the_language_lives_in_the_address(visit: Any, site: Site) -> None:
    page = visit(locale="zh-CN").new_page()
    page.goto(site.url)
    expect(page).to_have_url(site.page("", "zh-hans"))
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(site.page(""))


def test_a_form_that_is_refused_keeps_what_was_typed(visit: Any, site: Site) -> None:
    page = visit("person").new_page()
    page.goto(site.page("me/data/identity.birth_date/"))
    field = page.get_by_role("main").get_by_role("textbox")
    field.fill("the fifth of May")
    page.get_by_role("main").get_by_role("button").first.click()
    expect(field).to_have_value("the fifth of May")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_the_api_can_be_browsed_without_any_outside_address(visit: Any, site: Site) -> None:
    context = visit()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(f"{site.url}/api/v1/docs")
    expect(page.get_by_text("/api/v1/decisions").first).to_be_visible()
    assert [url for url in asked if not url.startswith((site.url, "data:", "blob:"))] == []
