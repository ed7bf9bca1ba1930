"""A new version of the policy: drafted and previewed by an editor, published by a second person, read, told and asked about."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.logins import ADA, BEN, SECOND_EDITOR, STAFF
from tests.browser.faults import faults
from tests.browser.site import Site
from tests.browser.test_court_order import log_in_as, text
from users.roles import Role

pytestmark = pytest.mark.browser

EDITOR = STAFF[Role.POLICY_EDITOR].email
ADDED = {
    "English": "Each version says how it differs from the last.",
    "Simplified Chinese": "每个版本都说明与上一版的差异。",
}
SUMMARY = {"English": "You can now see how versions differ.", "Simplified Chinese": "您现在可以查看版本之间的差异。"}
TITLE = {"English": "The privacy policy changes: version 3", "Simplified Chinese": "隐私政策变更：第 3 版"}
QUOTES = "Meridian Travel Insurance Pte. Ltd.: Quotes for travel insurance"


def _open_draft(page: Page) -> str:
    """The draft that is in work; its address."""
    page.get_by_role("link", name=re.compile("^Desk")).click()
    page.get_by_role("navigation", name="Desk").get_by_role("link", name="Policy", exact=True).click()
    page.get_by_role("link", name="Open the draft").click()
    expect(text(page).get_by_role("heading", level=1)).to_have_text("Draft of version 3")
    return page.url


def _add(page: Page, language: str, words: str) -> None:
    body = page.get_by_role("group", name=language).get_by_label("Text")
    body.fill(f"{body.input_value()}\n\n{words}")


@pytest.mark.parametrize(
    ("language", "look"),
    [
        ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"}),
        ("zh-hans", {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}),
    ],
    ids=["wide", "narrow, dark and in Chinese"],
)
def test_where_the_policy_is_written_is_accessible(
    browser: Browser, site: Site, language: str, look: dict[str, Any]
) -> None:
    editor = log_in_as(browser, site, EDITOR)
    draft = _open_draft(editor).removeprefix(site.page(""))
    context = browser.new_context(storage_state=editor.context.storage_state(), **look)
    page = context.new_page()
    section = f"{draft}policy/sections/PRE-4/"
    below = ("", "decision/", "policy/whole/", "policy/changes/en/", "policy/preview/en/", "past/", "past/2/")
    wrong = {}
    for address in ("desk/policy/", section, *(draft + each for each in below)):
        page.goto(site.page(address, language))
        wrong[address] = faults(page)

    # Somebody else saves the same section meanwhile.
    page.goto(site.page(section, language))
    editor.goto(site.page(section))
    _add(editor, "English", f"Saved first, {language}.")
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_text("It is saved.")).to_be_visible()
    ours = text(page).locator("textarea").first
    typed = f"{ours.input_value()}\n\nTyped meanwhile."
    ours.fill(typed)
    text(page).locator("form button[type=submit]").first.click()
    expect(text(page).get_by_role("alert")).to_be_visible()
    expect(text(page).get_by_text(f"Saved first, {language}.")).to_be_visible()
    expect(ours).to_have_value(typed)
    wrong["conflict"] = faults(page)
    assert {address: found for address, found in wrong.items() if found} == {}
    for each in (editor, page):
        each.context.close()


def _write(page: Page) -> None:
    page.get_by_role("link", name="Versions of this policy").click()
    for language, words in ADDED.items():
        _add(page, language, words)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is saved.")).to_be_visible()
    # It says what is missing, and takes nothing before that.
    expect(text(page).get_by_text("Decide whether the version is editorial or significant.")).to_be_visible()
    page.get_by_role("link", name="Change these").click()
    expect(text(page).get_by_text(re.compile("^Significant: everybody is told$"))).to_be_visible()
    page.get_by_label("significant: everybody is told").check()
    for language, words in SUMMARY.items():
        page.get_by_label(f"What changes, in short: {language}").fill(words)
    page.get_by_role("button", name="Save").click()
    expect(text(page).get_by_text("Nothing. Every clause says something, in both languages.")).to_be_visible()


def _is_refused_to_publish(page: Page) -> None:
    """There is no button for it, and a form that is made up is refused."""
    expect(text(page).get_by_text("Somebody else has to publish it.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish version 3")).to_have_count(0)
    discard = text(page).get_by_role("form", name="Discard it")
    discard.evaluate("form => { form.action = form.action.replace('/discard/', '/publish/') }")
    discard.get_by_role("button").click()
    failure = text(page).get_by_role("alert")
    expect(failure).to_contain_text("Nothing was done.")
    expect(failure).to_contain_text("Somebody else has to publish it.")


@pytest.mark.clause("PRE-3")
@pytest.mark.clause("CHG-a")
@pytest.mark.clause("CHG-b")
def test_a_significant_version_from_draft_to_the_notice_being_read_and_one_consent_asked_again(
    browser: Browser, site: Site
) -> None:
    editor = log_in_as(browser, site, EDITOR)
    address = _open_draft(editor)
    _write(editor)
    for language, words in ADDED.items():
        editor.goto(address)
        editor.get_by_role("link", name=f"Preview: {language}").first.click()
        expect(text(editor).get_by_text(words)).to_be_visible()
    editor.goto(address)
    editor.get_by_role("button", name="Submit it to a second person").click()
    expect(editor.get_by_text("It waits for a second person now.")).to_be_visible()
    _is_refused_to_publish(editor)

    # Nobody else sees it before somebody who wrote none of it has published it.
    visitor = browser.new_context(locale="en-GB").new_page()
    visitor.goto(site.page("policy/"))
    expect(visitor.get_by_text(ADDED["English"])).to_have_count(0)
    second = log_in_as(browser, site, SECOND_EDITOR.email)
    _open_draft(second)
    expect(text(second).get_by_text(SUMMARY["English"])).to_be_visible()
    second.get_by_role("link", name="What changed: English").first.click()
    expect(text(second).locator("ins", has_text=ADDED["English"])).to_be_visible()
    second.goto(address)
    second.get_by_role("button", name="Publish version 3").click()
    expect(second.get_by_text("It is published. From now on nobody can change it.")).to_be_visible()

    visitor.reload()
    expect(visitor.get_by_text(re.compile(r"Version 3, published on\s+\d+ \w+ \d{4}"))).to_be_visible()
    expect(visitor.get_by_text(ADDED["English"])).to_be_visible()
    visitor.get_by_role("link", name="What this version changed").click()
    expect(visitor).to_have_url(site.page("policy/2...3/"))
    expect(visitor.locator("ins", has_text=ADDED["English"])).to_be_visible()
    expect(visitor.get_by_text(SUMMARY["English"]).first).to_be_visible()
    visitor.goto(site.page("policy/3/", "zh-hans"))
    expect(visitor.get_by_text(SUMMARY["Simplified Chinese"]).first).to_be_visible()
    assert visitor.context.cookies() == []

    ada = log_in_as(browser, site, ADA.email)
    banner = ada.get_by_role("region", name="Notice")
    expect(banner).to_contain_text(TITLE["English"])
    ada.get_by_role("navigation", name="Main").get_by_role("link", name=re.compile("^Notices")).click()
    row = text(ada).get_by_role("listitem").filter(has_text=TITLE["English"])
    expect(row).to_contain_text("Not read yet")
    row.get_by_role("link", name=TITLE["English"]).click()
    expect(text(ada).get_by_text(SUMMARY["English"])).to_be_visible()
    text(ada).get_by_role("button", name="I have read this").click()
    expect(text(ada).get_by_text("Read", exact=True)).to_be_visible()
    ada.goto(site.page("me/"))
    expect(banner.filter(has_text=TITLE["English"])).to_have_count(0)

    # The text names one kind of data more than what she allowed: she is asked for that, and for nothing else.
    ada.goto(site.page("me/consents/"))
    asked = text(ada).get_by_role("listitem").filter(has=ada.get_by_text(QUOTES, exact=True))
    expect(asked.get_by_text("New: also Telephone number", exact=True).first).to_be_visible()
    waiting = asked.get_by_role("button", name="No, keep it as it was")
    lines = waiting.count()
    waiting.first.click()
    expect(asked.get_by_text("It stays as it was.").first).to_be_visible()
    ada.reload()
    expect(waiting).to_have_count(lines - 1)

    assert "/en/policy/2...3/" in site.mail_to(ADA.email, containing=TITLE["English"], seconds=60)
    assert "/zh-hans/policy/2...3/" in site.mail_to(BEN.email, containing=TITLE["Simplified Chinese"], seconds=60)
    for page in (editor, visitor, second, ada):
        page.context.close()
