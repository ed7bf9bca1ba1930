"""Cookies in a real browser, whose jar is opened at each step: before a choice, refused, accepted, signalled, none at all."""

import http.client
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from consent.cookies import register
from tests.browser.site import Site

pytestmark = pytest.mark.browser


def _jar(context: BrowserContext) -> dict[str, str]:
    """Every cookie by name. None of them is unknown to the register, seen by scripts, or sent along from elsewhere."""
    known = {cookie.name for cookie in register()}
    jar = {}
    for cookie in context.cookies():
        assert cookie["name"] in known
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
        jar[cookie["name"]] = cookie["value"]
    return jar


def _question(page: Page) -> Any:
    return page.get_by_role("region", name="Your choice of cookies")


def _press(page: Page, name: str) -> None:
    """Press a button that takes a choice, and wait for the page that it leads to, which says so in its address."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page).to_have_url(re.compile("cookies=(kept|none)"))


def _read_as(page: Page, size: str, colours: str, button: str) -> None:
    page.get_by_role("contentinfo").get_by_role("link", name="Text size and colours").click()
    page.get_by_label(size, exact=True).check()
    page.get_by_label(colours, exact=True).check()
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.clause("COO-a")
@pytest.mark.clause("COO-b")
def test_before_a_choice_and_after_refusing(context: BrowserContext, page: Page, site: Site) -> None:
    for address in ("", "policy/", "agreement/", "cookies/", "cookies/reading/", "?from=spring-fair"):
        page.goto(site.page(address))
        assert _jar(context) == {}
    page.goto(site.page("policy/"))
    refuse, accept = (page.get_by_role("button", name=name, exact=True) for name in ("Only necessary", "Accept all"))
    one, other = refuse.bounding_box(), accept.bounding_box()
    assert one and other
    assert (one["width"], one["height"], one["y"]) == (other["width"], other["height"], other["y"])
    looks = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor, s.borderColor, s.font] }"
    assert refuse.evaluate(looks) == accept.evaluate(looks)
    # It lies over nothing.
    strip, text = _question(page).bounding_box(), page.get_by_role("main").bounding_box()
    assert strip and text and strip["y"] + strip["height"] <= text["y"]

    _press(page, "Only necessary")
    expect(page.get_by_role("status").filter(has_text="only strictly necessary cookies are set")).to_be_visible()
    assert _jar(context)["cookie_choice"].split(".")[1] == "necessary"
    assert set(_jar(context)) == {"cookie_choice"}
    page.goto(site.page("?from=spring-fair"))
    expect(_question(page)).to_have_count(0)
    assert set(_jar(context)) == {"cookie_choice"}
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.clause("COO-a")
@pytest.mark.clause("COO-b")
def test_some_are_accepted_used_and_taken_back(context: BrowserContext, page: Page, site: Site) -> None:
    page.goto(site.page("?from=spring-fair"))
    page.get_by_role("link", name="Choose, or no cookies at all").click()
    page.get_by_label("Personalised", exact=True).check()
    _press(page, "Keep what is ticked")
    expect(page.get_by_text("You allowed personalised cookies, and no promotional ones.").first).to_be_visible()
    page.goto(site.page("?from=spring-fair"))
    assert set(_jar(context)) == {"cookie_choice"}

    page.goto(site.page("policy/"))
    _read_as(page, "Larger", "Dark", "Keep it")
    expect(page).to_have_url(site.page("policy/"))
    assert _jar(context)["reading"] == "larger.dark"
    expect(page.locator("html")).to_have_css("font-size", "20px")
    expect(page.locator("body")).to_have_css("background-color", "rgb(23, 28, 34)")
    expect(page.locator("#COO-a").get_by_text("You allowed personalised cookies")).to_be_visible()

    page.get_by_role("contentinfo").get_by_role("link", name="Cookies").click()
    expect(page).to_have_url(site.page("cookies/"))
    _press(page, "Accept all")
    page.goto(site.page("?from=spring-fair"))
    assert set(_jar(context)) == {"cookie_choice", "reading", "campaign"}
    page.goto(site.page("cookies/"))
    _press(page, "Only necessary")
    assert set(_jar(context)) == {"cookie_choice"}
    expect(page.locator("html")).to_have_css("font-size", "16px")


@pytest.mark.clause("COO-a")
def test_the_browsers_signal_is_honoured_unless_promotional_cookies_are_ticked_by_name(
    new_context: Any, site: Site
) -> None:
    context = new_context(extra_http_headers={"Sec-GPC": "1"})
    page = context.new_page()
    page.goto(site.page("?from=poster"))
    expect(_question(page)).to_contain_text("Your browser sends Global Privacy Control")
    _press(page, "Accept all but promotional")
    page.goto(site.page("?from=poster"))
    assert set(_jar(context)) == {"cookie_choice"}
    page.goto(site.page("cookies/"))
    expect(page.get_by_text("Global Privacy Control is honoured.")).to_be_visible()
    expect(page.get_by_label("Promotional", exact=True)).not_to_be_checked()
    page.get_by_label("Promotional", exact=True).check()
    _press(page, "Keep what is ticked")
    page.goto(site.page("?from=poster"))
    assert set(_jar(context)) == {"cookie_choice", "campaign"}


@pytest.mark.clause("COO-b")
def test_no_cookies_at_all_and_then_a_log_in_that_allows_just_what_it_needs(
    context: BrowserContext, page: Page, site: Site
) -> None:
    page.goto(site.page(""))
    _press(page, "Accept all")
    page.goto(site.page("account/login/?from=poster"))
    assert {"cookie_choice", "csrftoken", "campaign"} <= set(_jar(context))
    page.goto(site.page("cookies/"))
    _press(page, "No cookies at all")
    expect(page.get_by_text("No cookies are set.")).to_be_visible()
    assert _jar(context) == {}

    for link in ("Policy", "中文", "English", "Lantern Market"):
        if page.get_by_role("link", name=link).count():
            page.get_by_role("link", name=link).first.click()
            expect(page).to_have_url(re.compile("cookies=none"))
            expect(_question(page)).to_have_count(0)
            assert _jar(context) == {}
    page.get_by_role("link", name="Log in").first.click()
    expect(page.get_by_role("heading", name="This needs cookies")).to_be_visible()
    assert _jar(context) == {}
    _press(page, "Allow just these")
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert set(_jar(context)) == {"cookie_choice", "csrftoken"}
    ben = next(login for login in site.demo["logins"] if login["email"].startswith("ben"))
    page.get_by_label("E-mail address").fill(ben["email"])
    page.get_by_label("Password", exact=True).fill(ben["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/en/me/"))
    assert set(_jar(context)) == {"cookie_choice", "csrftoken", "sessionid"}


@pytest.mark.clause("COO-b")
def test_the_choice_can_be_made_by_keyboard_and_without_scripts(new_context: Any, site: Site) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.page("policy/"))
    page.get_by_role("button", name="Only necessary").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Accept all")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(_question(page)).to_have_count(0)
    assert _jar(context)["cookie_choice"].split(".")[1] == "personalised+promotional"


@pytest.mark.clause("COO-b")
def test_headers_without_measure_get_a_clear_answer_and_the_server_goes_on(site: Site) -> None:
    address = urlsplit(site.url)
    assert address.hostname
    crowd = "; ".join(f"c{number}={number}" for number in range(10_000))
    for headers in (
        {"Cookie": "cookie_choice=" + "a" * 1_000_000},
        {"Cookie": crowd},
        {"Origin": "http://" + "a" * 1_000_000},
        {"Sec-GPC": "1," * 500_000},
    ):
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        try:
            connection.request("GET", "/en/cookies/", headers=headers)
            answer = connection.getresponse()
            assert answer.status == 431
            assert b"Header" in answer.read()
        finally:
            connection.close()
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    connection.request("GET", "/en/cookies/", headers={"Cookie": "cookie_choice=1.everything.7; sessionid="})
    assert connection.getresponse().status == 200
    connection.close()
