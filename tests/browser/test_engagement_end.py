"""An engagement's end with its certificate: staff end it, the partner hears, deletes and certifies, the person sees it."""

import re
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.logins import ADA, STAFF
from tests.browser.faults import faults
from tests.browser.site import ApiCaller, Site
from tests.browser.test_court_order import log_in_as, text
from users.roles import Role

pytestmark = pytest.mark.browser

HARBOUR = "Harbour Pay Co., Ltd."
QUERY = {"purpose": "partner-offers", "fields": ["contact.email"]}
READS = {"decisions", "disclosures"}


def _allow(page: Page) -> None:
    """Answer the question that she had put off."""
    page.get_by_role("link", name="Consents", exact=True).click()
    offers = re.compile(f"^{re.escape(HARBOUR)}: Offers")
    page.get_by_role("group", name=offers).get_by_role("button", name="Allow").click()
    expect(page.get_by_role("switch", name=offers)).to_be_checked()


def _read(harbour: ApiCaller) -> str:
    """Ask for Ada's address and read it; the address of the handle."""
    status, made = harbour.post("disclosures", {"subject": {"email": ADA.email}, **QUERY}, key=str(uuid4()))
    assert (status, made["status"]) == (201, "released"), made
    handle: str = made["data"].removeprefix("/api/v1/")
    status, data = harbour.get(handle)
    assert (status, data["fields"]["contact.email"]["value"]) == (200, ADA.email)
    return handle


def _end(page: Page) -> str:
    """End the partner's only engagement from its page; the address of the engagement."""
    page.get_by_role("link", name=re.compile("^Desk")).click()
    page.get_by_role("navigation", name="Desk").get_by_role("link", name="Reference data").click()
    page.get_by_role("link", name="Partners", exact=True).first.click()
    page.get_by_role("link", name=HARBOUR).click()
    page.get_by_role("link", name="View", exact=True).click()
    expect(page).to_have_url(re.compile("/disclosure/engagement/"))
    address = page.url
    page.get_by_role("link", name="End this engagement").click()
    expect(page.get_by_text("has to certify that it deleted what it had read")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="End this engagement").click()
    # The browser itself asks why; nothing has happened.
    expect(page).to_have_url(re.compile("/end/$"))
    page.get_by_label("Why it ends").fill("The contract was not renewed.")
    page.get_by_role("button", name="End this engagement").click()
    expect(page.get_by_text("The engagement has ended. Nothing can be read under it any more.")).to_be_visible()
    assert faults(page) == []
    return address


def _told(harbour: ApiCaller, type: str, *, after: int, seconds: float = 40) -> dict[str, Any]:
    """The event of this type behind that position, once it has its own."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _, answer = harbour.get(f"events?after={after}")
        for event in answer["events"]:
            if event["type"] == type:
                found: dict[str, Any] = event
                return found
        time.sleep(0.3)
    raise AssertionError(f"it does not hear of {type}")


def _last_position(harbour: ApiCaller) -> int:
    after = 0
    while True:
        _, answer = harbour.get(f"events?after={after}&limit=200")
        if not answer["events"]:
            return after
        after = answer["next"]


def _certify(harbour: ApiCaller, engagement: str, method: str, *, fields: list[str]) -> tuple[int, Any]:
    body = {
        "certifier": {"name": "Wang Fang", "office": "Data protection officer"},
        "fields": fields,
        "method": method,
        "deleted_at": datetime.now(UTC).isoformat(),
        "statement": "We keep nothing that we read under this engagement.",
    }
    return harbour.post(f"engagements/{engagement}/deletion-certificate", body, key=str(uuid4()))


def _demand(harbour: ApiCaller, engagement: str) -> dict[str, Any]:
    _, answer = harbour.get("engagements")
    (found,) = [each for each in answer["engagements"] if each["id"] == engagement]
    demand: dict[str, Any] = found["certificate"]
    return demand


@pytest.mark.clause("USE-a")
def test_an_engagement_from_its_end_to_the_accepted_certificate(browser: Browser, site: Site) -> None:
    ada = log_in_as(browser, site, ADA.email)
    _allow(ada)
    harbour = site.client(named=HARBOUR)
    handle = _read(harbour)
    heard = _last_position(harbour)

    admin = log_in_as(browser, site, STAFF[Role.ADMINISTRATOR].email)
    address = _end(admin)
    engagement = address.rstrip("/").split("/")[-2]

    # The partner's token is gone with its last engagement, and a fresh one reads nothing, through old handles neither.
    assert harbour.get(handle)[0] == 401
    status, answer = harbour.log_in()
    assert status == 200
    assert not READS & set(answer["scope"].split())
    for path in (handle, "disclosures"):
        status, refused = harbour.get(path)
        assert status == 403
        assert refused["type"].endswith(":engagement-ended")
        assert [(reason["code"], reason["clause"]) for reason in refused["reasons"]] == [("engagement_ended", "USE-a")]

    # It hears of it, by event and by mail, and sees what is demanded until when.
    event = _told(harbour, "engagement.ended", after=heard)
    assert event["data"]["engagement"] == engagement
    assert event["subject"] is None
    assert harbour.post("events/ack", {"up_to": event["position"]}) == (200, {"unacknowledged": 0})
    assert _demand(harbour, engagement)["state"] == "demanded"
    assert engagement in site.mail_to("privacy@harbourpay.example", containing=engagement)
    ada.goto(site.page("me/shared/"))
    expect(text(ada).get_by_text(re.compile("It has until .* to certify that it deleted")).first).to_be_visible()
    assert faults(ada) == []

    # A certificate that names too little is returned with a reason, which the partner reads.
    assert _certify(harbour, engagement, "Rows deleted.", fields=["identity.name"])[0] == 201
    assert _certify(harbour, engagement, "Once more.", fields=["identity.name"])[0] == 409
    admin.reload()
    expect(admin.get_by_text("Wang Fang, Data protection officer")).to_be_visible()
    expect(admin.get_by_text("Rows deleted.")).to_be_visible()
    assert faults(admin) == []
    admin.get_by_role("link", name="Return the certificate").click()
    admin.get_by_label("What is wrong with it").fill("The e-mail address is missing.")
    admin.get_by_role("button", name="Return the certificate").click()
    expect(admin.get_by_text("The e-mail address is missing.").first).to_be_visible()
    demand = _demand(harbour, engagement)
    assert (demand["state"], demand["return_reason"]) == ("returned", "The e-mail address is missing.")

    status, _ = _certify(
        harbour,
        engagement,
        "Rows deleted, backups ran out.",
        fields=["identity.name", "payment.bank_account", "contact.email", "preference.interests"],
    )
    assert status == 201
    ada.reload()
    expect(text(ada).get_by_text("we are checking that").first).to_be_visible()
    admin.reload()
    admin.get_by_role("link", name="Accept the certificate").click()
    admin.get_by_role("button", name="Accept the certificate").click()
    expect(admin.get_by_text("The certificate is accepted.").first).to_be_visible()
    for words in ("Begun", "Ended", "Certificate of deletion demanded", "Certificate returned", "Certificate accepted"):
        expect(admin.get_by_text(words).first).to_be_visible()
    assert faults(admin) == []

    # The person reads that it is deleted; the partner has nothing left to ask with.
    ada.reload()
    certified = text(ada).get_by_text("The recipient has certified that it deleted what it had read.")
    expect(certified.first).to_be_visible()
    assert harbour.get("events")[0] == 401
    status, answer = harbour.log_in()
    assert (status, answer["error"]) == (400, "invalid_scope")
    for page in (ada, admin):
        page.context.close()
