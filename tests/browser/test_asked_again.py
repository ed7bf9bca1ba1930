"""A wider text, from the desk where it is published to what a partner then gets: asked once, one yes and one no (CHG-b)."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.site import ApiCaller, Site
from tests.browser.test_main_job import NORTHWIND, sign_up

pytestmark = [pytest.mark.browser, pytest.mark.clause("CHG-b")]
UPDATES, OFFERS = "delivery-updates", "partner-offers"


def _publish_with(page: Page, site: Site, purpose: str, element: str) -> None:
    """The next version of a purpose with one kind of data more, as its editor publishes it."""
    page.goto(site.page("admin/consent/purpose/"))
    page.get_by_role("link", name=purpose, exact=True).click()
    page.get_by_role("link", name="Publish a new version").click()
    page.get_by_label(re.compile(re.escape(f"({element})"))).check()
    page.get_by_role("button", name="Save", exact=True).click()
    # Nothing is published before the editor has seen what it changes.
    expect(page.get_by_text("Proposed: significant.")).to_be_visible()
    expect(page.get_by_text(f"{purpose}: data that was not named before:")).to_be_visible()
    page.get_by_label("significant: everybody is told").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible()


def _decided(partner: ApiCaller, address: str, purpose: str, *fields: str) -> dict[str, str]:
    query = {"subject": {"email": address}, "purpose": purpose, "fields": fields, "action": "share", "country": "CN"}
    _, answer = partner.post("decisions", {"queries": [query]})
    decided: dict[str, str] = answer["decisions"][0]["fields"]
    return decided


def _read(partner: ApiCaller, address: str, purpose: str, *fields: str) -> set[str]:
    query = {"subject": {"email": address}, "purpose": purpose, "fields": fields, "action": "share", "country": "CN"}
    _, made = partner.post("disclosures", query, key=str(uuid4()))
    _, data = partner.get(made["data"].removeprefix("/api/v1/"))
    return set(data["fields"])


def _row(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(f"{NORTHWIND}: {title}", exact=True))


def test_a_wider_text_asks_for_the_difference_once_and_the_partner_gets_what_was_answered(
    page: Page, browser: Browser, site: Site
) -> None:
    address = f"mei-{uuid4().hex[:8]}@lantern.example"
    partner = site.client()
    sign_up(page, site, address)
    page.goto(site.page("me/consents/"))
    for title in ("Word of your parcels", "Offers from partners"):
        switch = page.get_by_role("switch", name=re.compile(f"^{NORTHWIND}: {title}"))
        switch.click()
        expect(switch).to_be_checked()

    with browser.new_context(locale="en-GB") as desk:
        editor = desk.new_page()
        site.log_in(editor, "policy_editor")
        _publish_with(editor, site, UPDATES, "contact.address")
        _publish_with(editor, site, OFFERS, "contact.phone")

    # What was allowed stands for what it named, and for nothing more.
    updates, offers = ("contact.email", "contact.address"), ("contact.email", "contact.phone")
    assert _decided(partner, address, UPDATES, *updates) == {"contact.email": "permit", "contact.address": "deny"}
    assert _decided(partner, address, OFFERS, *offers) == {"contact.email": "permit", "contact.phone": "deny"}

    page.goto(site.page("me/"))
    expect(
        page.get_by_text(re.compile("Word of your parcels from the courier. New: also Postal address"))
    ).to_be_visible()
    expect(page.get_by_text(re.compile("Offers from partners. New: also Telephone number"))).to_be_visible()
    page.get_by_role("link", name="Decide").first.click()
    expect(page.get_by_role("heading", name="Waiting for your answer")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    wider = _row(page, "Word of your parcels from the courier")
    allow = wider.get_by_role("button", name="Allow", exact=True)
    keep = wider.get_by_role("button", name="No, keep it as it was")
    sizes = [button.bounding_box() for button in (allow, keep)]
    assert sizes[0] and sizes[1] and sizes[0]["height"] == sizes[1]["height"]
    allow.click()
    expect(
        page.get_by_text(re.compile(f"{NORTHWIND} may now read this for this purpose: .*Postal address")).first
    ).to_be_visible()
    kept = _row(page, "Offers from partners")
    kept.get_by_role("button", name="No, keep it as it was").click()
    expect(kept.get_by_text("It stays as it was.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="No, keep it as it was")).to_have_count(0)
    expect(page.get_by_role("heading", name="Waiting for your answer")).to_have_count(0)

    assert _read(partner, address, UPDATES, *updates) == {"contact.email", "contact.address"}
    assert _read(partner, address, OFFERS, *offers) == {"contact.email"}
