"""A notice from the editor's desk to its reader, and the link in a mail that switches product news off."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser


def write(page: Page, site: Site, kind: str, title: str) -> None:
    page.goto(site.page("desk/notices/new/"))
    page.get_by_label(kind).check()
    page.get_by_label("Title in English").fill(title)
    page.get_by_label("Text in English").fill("We open at **nine**.")
    page.get_by_label("Title in Simplified Chinese").fill("营业时间调整")
    page.get_by_label("Text in Simplified Chinese").fill("我们**九点**开门。")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("button", name="Post it").click()
    expect(page.get_by_text("It is posted.")).to_be_visible()


@pytest.mark.clause("CHG-b")
def test_a_notice_reaches_its_reader_on_the_site_and_by_mail(site: Site, page: Page, browser: Browser) -> None:
    site.log_in(page, "policy_editor")
    write(page, site, "A message about the service", "New opening hours")
    assert "/en/me/notices/" in site.mail_to("ada@lantern.example", containing="New opening hours", seconds=60)
    # Without a press of anybody the figures follow.
    expect(page.locator("#mailing")).to_contain_text("Finished", timeout=90_000)

    context = browser.new_context(java_script_enabled=False)
    reader = context.new_page()
    site.log_in(reader)
    reader.get_by_role("link", name=re.compile(r"Notices \(\d+\)")).click()
    first = reader.get_by_role("listitem").filter(has_text="New opening hours")
    expect(first).to_contain_text("Not read yet")
    first.get_by_role("button", name="I have read this").click()
    expect(reader.get_by_text("Noted: you have read it.")).to_be_visible()
    first = reader.get_by_role("listitem").filter(has_text="New opening hours")
    expect(first).not_to_contain_text("Not read yet")
    context.close()


@pytest.mark.clause("USE-c")
def test_the_link_in_a_mail_switches_product_news_off_with_one_press_and_no_log_in(
    site: Site, page: Page, browser: Browser
) -> None:
    site.log_in(page, "policy_editor")
    write(page, site, "Product news", "A fair of tea")
    text = site.mail_to("ben@lantern.example", containing="unsubscribe", seconds=60)
    link = re.search(r"http\S+/news/unsubscribe/\S+/", text)
    assert link
    visitor = browser.new_context(locale="zh-CN").new_page()
    visitor.goto(link[0])
    visitor.locator("main").get_by_role("button").click()
    expect(visitor.locator("main").get_by_role("button")).to_have_count(1)
    assert visitor.context.cookies() == []
    visitor.locator("main").get_by_role("button").click()
    expect(visitor.locator("main p.lead")).to_contain_text("已恢复")
    visitor.context.close()
