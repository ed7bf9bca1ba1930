"""The main job, once through: the person in a browser, the partner over HTTP, the ledger checked from outside."""

import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import PASSWORD, Site
from tests.servers import CHECKOUT, environment

pytestmark = pytest.mark.browser

NORTHWIND = "Northwind Delivery Co., Ltd."
PURPOSE, FIELDS = "delivery-updates", ["contact.email"]


def sign_up(page: Page, site: Site, address: str) -> None:
    page.goto(site.page(""))
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    # The browser itself asks for the tick; nothing has been sent.
    expect(page).to_have_url(site.page("account/signup/"))
    page.get_by_label(re.compile("I accept")).check()
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(re.compile("confirm-email"))
    link = re.search(r"https?://\S+confirm-email\S+", site.mail_to(address))
    assert link
    page.goto(link[0])
    page.get_by_role("button", name="Yes, this is my address").click()
    if "login" in page.url:
        page.get_by_label("E-mail address").fill(address)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/en/me/"))


def _verified(data_dir: Path) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_ledger"],
        cwd=CHECKOUT,
        env=environment(DATA_DIR=str(data_dir)),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.clause("DIS-a")
def test_from_sign_up_to_a_gated_disclosure_and_back(page: Page, site: Site) -> None:
    address = f"mei-{uuid4().hex[:8]}@lantern.example"
    sign_up(page, site, address)
    partner = site.client()
    query = {"subject": {"email": address}, "purpose": PURPOSE, "fields": FIELDS, "country": "CN"}

    # Signing up allowed nothing, and the partner cannot even tell that there is such a person.
    _, asked = partner.post("decisions", {"queries": [query]})
    assert asked["decisions"][0]["outcome"] == "deny"
    assert [reason["code"] for reason in asked["decisions"][0]["reasons"]] == ["not_available"]

    page.get_by_role("link", name="Consents", exact=True).click()
    switch = page.get_by_role("switch", name=re.compile(f"^{NORTHWIND}: Word of your parcels"))
    expect(switch).not_to_be_checked()
    switch.click()
    expect(switch).to_be_checked()
    expect(page.get_by_text(re.compile(f"{NORTHWIND} may now read")).first).to_be_visible()

    _, asked = partner.post("decisions", {"queries": [query]})
    assert asked["decisions"][0]["fields"] == {"contact.email": "permit"}
    status, made = partner.post("disclosures", query, key=str(uuid4()))
    assert (status, made["status"]) == (201, "released")
    handle = made["data"].removeprefix("/api/v1/")
    status, data = partner.get(handle)
    assert (status, data["fields"]["contact.email"]["value"]) == (200, address)

    page.get_by_role("link", name="Who received it", exact=True).click()
    expect(page.get_by_role("main").get_by_text(NORTHWIND).first).to_be_visible()
    expect(page.get_by_role("main").get_by_text("DIS-a").first).to_be_visible()

    page.get_by_role("link", name="Consents", exact=True).click()
    switch.click()
    expect(switch).not_to_be_checked()
    expect(page.get_by_text(re.compile(f"{NORTHWIND} can no longer read")).first).to_be_visible()

    status, refused = partner.get(handle)
    assert status == 403
    assert [reason["code"] for reason in refused["reasons"]] == ["consent_withdrawn"]
    assert "each matches its leaf" in _verified(site.data_dir)
