"""A court order, from filing to release: filed by one, approved by two, opened by the court, told to the person."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from demo.logins import ADA, SECOND_REVIEWER, STAFF
from demo.papers import a_page
from tests.browser.site import Site
from users.roles import Role

pytestmark = pytest.mark.browser

COURT, NUMBER, CLERK = "Lakeside Intermediate Court", "(2026) Lake 77", "clerk@lakeside-court.example"
ADAS_NUMBER = "+8612000000417"
ZONE = ZoneInfo("Asia/Shanghai")


def log_in_as(browser: Browser, site: Site, email: str) -> Page:
    """A page of a browser of its own, in which this person is logged in."""
    page = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai", base_url=site.url).new_page()
    login = next(login for login in site.demo["logins"] if login["email"] == email)
    page.goto(site.page("account/login/"))
    page.get_by_label("E-mail address").fill(login["email"])
    page.get_by_label("Password", exact=True).fill(login["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/en/me/"))
    return page


def text(page: Page) -> Locator:
    return page.get_by_role("main")


def moment(days: int) -> str:
    return f"{datetime.now(ZONE) + timedelta(days=days):%Y-%m-%dT%H:%M}"


def _enter_court(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Desk")).click()
    page.get_by_role("navigation", name="Desk").get_by_role("link", name="Authorities").click()
    page.get_by_role("link", name="Enter an authority").click()
    page.get_by_label("Name").fill(COURT)
    page.get_by_label("Kind").select_option("court")
    page.get_by_label("Country").select_option("CN")
    page.get_by_label("Official address").fill(CLERK)
    page.get_by_role("button", name="Enter it").click()
    expect(text(page).get_by_text("Not verified").first).to_be_visible()
    page.get_by_label("How you made sure").fill("Called back on the number of its website")
    page.get_by_role("button", name="I made sure of it").click()
    expect(page.get_by_text("It is verified, with your name")).to_be_visible()


def _enter_order(page: Page, content: bytes) -> None:
    page.get_by_label("Kind").select_option("court_order")
    page.get_by_label("Number", exact=True).fill(NUMBER)
    page.get_by_label("Legal basis").fill("Civil Procedure Law, article 70")
    page.get_by_label("Issued on").fill(moment(-2)[:10])
    page.get_by_label("Expires").fill(moment(20))
    for field in ("Name", "Telephone number", "Postal address"):
        page.get_by_label(field, exact=True).check()
    file: Any = {"name": "order.pdf", "mimeType": "application/pdf", "buffer": content}
    page.get_by_label("The document itself").set_input_files(file)
    page.get_by_role("button", name="Enter it").click()


def _file(page: Page) -> str:
    """The request; its address."""
    page.get_by_role("link", name="File a request on it").click()
    expect(page.get_by_label("E-mail address")).to_have_count(0)
    page.get_by_label("Whose data").fill(ADA.email)
    page.get_by_label("Telephone number").check()
    page.get_by_role("button", name="File it as a draft").click()
    expect(text(page).get_by_role("heading", level=1)).to_have_text("Required by law or by an authority")
    address = page.url
    page.get_by_role("button", name="Hand it to the reviewers").click()
    expect(page.get_by_text("It is with the reviewers now")).to_be_visible()
    return address


@pytest.mark.clause("DIS-c")
def test_a_court_order_from_filing_to_release_by_two_reviewers(browser: Browser, site: Site) -> None:
    officer = log_in_as(browser, site, STAFF[Role.SECURITY_OFFICER].email)
    _enter_court(officer)
    officer.get_by_role("link", name="Enter what it issued").click()
    _enter_order(officer, b"<html>not a document</html>")
    expect(officer.get_by_text("This is not a whole PDF, PNG or JPEG file").first).to_be_visible()
    expect(officer.get_by_label("Number", exact=True)).to_have_value(NUMBER)
    _enter_order(officer, a_page("Order to disclose. Made up for a test."))
    address = _file(officer)
    expect(text(officer).get_by_text("Reviewers decide it. Your role does not.")).to_be_visible()

    # The first reviewer, by keyboard: down the queue, into a request, to the form.
    first = log_in_as(browser, site, STAFF[Role.REVIEWER].email)
    first.goto(site.page("desk/"))
    first.keyboard.press("Tab")
    first.keyboard.press("Enter")
    expect(text(first)).to_be_focused()
    rows = first.locator("[data-row]")
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        first.keyboard.press(key)
        expect(rows.nth(number)).to_be_focused()
    first.keyboard.press("Enter")
    expect(first).to_have_url(re.compile("/desk/filings/"))
    first.goto(address)
    for words in (COURT, NUMBER, "Telephone number", "2 approvals are missing"):
        expect(text(first).get_by_text(words).first).to_be_visible()
    assert ADAS_NUMBER not in first.content()
    assert ADA.email not in first.content()
    with first.expect_download() as download:
        first.get_by_role("button", name="Open the document").click()
    assert download.value.path().read_bytes() == a_page("Order to disclose. Made up for a test.")
    first.keyboard.press("a")  # the focus is on a button outside any field
    approve = first.get_by_role("form", name="Approve")
    expect(approve.get_by_label("Reason")).to_be_focused()
    approve.get_by_role("button").click()
    expect(approve.get_by_text("Say why: choose a reason or write one.").first).to_be_visible()
    approve.get_by_label("Reason").select_option("instrument")
    approve.get_by_role("button").click()
    expect(first.get_by_text("You approved it. That is on record with your reason.")).to_be_visible()
    expect(text(first).get_by_text("You approved this version already.").first).to_be_visible()

    # The second one, who also looks at the value, on record.
    second = log_in_as(browser, site, SECOND_REVIEWER.email)
    second.goto(address)
    second.get_by_text("Look at the values").click()
    looking = second.locator("form", has=second.get_by_role("button", name="Look, on record"))
    looking.get_by_label("In your own words").fill("Two people of this name are known.")
    looking.get_by_role("button").click()
    expect(text(second).get_by_text(ADAS_NUMBER)).to_be_visible()
    approve = second.get_by_role("form", name="Approve")
    approve.get_by_label("In your own words").fill("Checked against the document.")
    approve.get_by_role("button").click()
    expect(text(second).get_by_text("approved", exact=True).first).to_be_visible()
    second.get_by_role("button", name="Send the authority its link").click()
    expect(second.get_by_text("The link is on its way")).to_be_visible()

    # The court opens it; nobody else can.
    link = re.search(r"https?://\S+/released/\S+", site.mail_to(CLERK, containing="/released/"))
    assert link
    clerk = browser.new_context().new_page()
    clerk.goto(link[0])
    assert ADAS_NUMBER not in clerk.content()
    clerk.get_by_role("button", name="Show the data").click()
    expect(clerk.get_by_text(ADAS_NUMBER)).to_be_visible()
    stranger = browser.new_context().new_page()
    stranger.goto(link[0])
    expect(stranger.get_by_role("button", name="Show the data")).to_have_count(0)

    # It stands in the history, and the person sees who saw it.
    second.goto(address)
    expect(text(second).get_by_text("released", exact=True).first).to_be_visible()
    history = second.locator("section", has=second.get_by_role("heading", name="History"))
    for words in ("Opened by the recipient", "Link sent", "Values looked at by a reviewer"):
        expect(history.get_by_text(words).first).to_be_visible()
    ada = log_in_as(browser, site, ADA.email)
    ada.goto(site.page("me/shared/"))
    expect(text(ada).get_by_text(COURT).first).to_be_visible()
    for page in (officer, first, second, clerk, stranger, ada):
        page.context.close()


@pytest.mark.clause("DIS-c")
def test_a_comment_is_added_in_place_and_read_aloud_and_works_without_script(browser: Browser, site: Site) -> None:
    page = log_in_as(browser, site, STAFF[Role.REVIEWER].email)
    page.goto(site.page("desk/?ground=legal_instrument"))
    page.locator("[data-row]").first.click()
    address = page.url
    page.evaluate("window.stays = true")
    comment = page.get_by_role("form", name="Comment")
    comment.get_by_label("Comment").fill("I rang the court.")
    comment.get_by_role("button").click()
    expect(page.locator("#talk").get_by_text("I rang the court.")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("Your comment stands below the others.")
    expect(page.locator("#history-list").get_by_text("Commented").first).to_be_visible()
    assert page.evaluate("window.stays") is True

    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    plain.goto(address)
    comment = plain.get_by_role("form", name="Comment")
    comment.get_by_label("Comment").fill("And they rang back.")
    comment.get_by_role("button").click()
    expect(plain.locator("#talk").get_by_text("And they rang back.")).to_be_visible()
    for each in (page, plain):
        each.context.close()
