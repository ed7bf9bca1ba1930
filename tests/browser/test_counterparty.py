"""What people ask of each other, and what an authority receives, as they meet it in a real browser."""

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.faults import faults
from tests.browser.site import Site
from tests.servers import CHECKOUT, environment

pytestmark = pytest.mark.browser
ADA, BEN = "ada@lantern.example", "ben@lantern.example"
NARROW: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Any]:
    """A page of a browser of its own."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**options)
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


def _log_in(page: Page, site: Site, email: str) -> None:
    password = next(login["password"] for login in site.demo["logins"] if login["email"] == email)
    page.goto(site.page("account/login/"))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(re.compile("/en/me/"))


def _shell(site: Site, code: str) -> str:
    """Done on the server as its staff do it, through the services; what it printed last."""
    beginning = (
        "from django.utils import timezone; from disclosure.services import filings, openings; "
        "from users.models import User; now = timezone.now\n"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", beginning + code],
        cwd=CHECKOUT,
        env=environment(DATA_DIR=str(site.data_dir), SITE_URL=site.url),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().rpartition("\n")[2]


def _review(site: Site, filing: str, step: str) -> None:
    """A reviewer takes this step with a request."""
    _shell(
        site,
        "from disclosure.models import Filing\n"
        f"filing = Filing.objects.get(pk={filing!r})\n"
        "by = User.objects.get(email='reviewer@lantern.example')\n"
        f"filings.{step}\n",
    )


def _transaction(site: Site) -> str:
    """A transaction of Ada's and Ben's, in which Ada has done part of hers, and both were warned; its reference."""
    website = site.client(scope="platform")
    reference = f"Order {uuid4().hex[:8]}"
    body = {"subject": {"email": ADA}, "counterparty": {"email": BEN}, "reference": reference}
    status, made = website.post("transactions", body, key=str(uuid4()))
    assert status == 201, made
    for change in ({"performance": {"party": "subject", "state": "partial"}}, {"warned": True}):
        status, made = website.patch(f"transactions/{made['id']}", change)
        assert status == 200, made
    return reference


@pytest.mark.clause("DIS-f")
@pytest.mark.clause("SEC-b")
def test_a_counterpartys_request_from_the_persons_page_to_the_opening(new_page: Any, site: Site) -> None:
    reference = _transaction(site)
    warning = site.mail_to(BEN, containing=reference)
    assert "they may ask how to reach the other" in warning or "请求获得对方的联系方式" in warning
    ada, ben = new_page(), new_page(**NARROW)
    _log_in(ada, site, ADA)
    _log_in(ben, site, BEN)

    ada.get_by_role("link", name="Requests", exact=True).click()
    expect(ada.get_by_text("Your counterparty may get to see how to reach you.").first).to_be_visible()
    assert faults(ada) == []
    ada.get_by_role("link", name=re.compile(f"^Ask how to reach.*{reference}")).click()
    assert faults(ada) == []
    # A form without anything in it comes back with what is missing.
    ada.get_by_role("button", name="Ask", exact=True).click()
    expect(ada).to_have_url(re.compile("/me/requests/transactions/"))
    ada.get_by_label("Telephone number").check()
    ada.get_by_label("to settle a dispute about it").check()
    ada.get_by_label("Why you need it").fill("The parcel came back.")
    ada.get_by_role("button", name="Ask", exact=True).click()
    expect(ada.get_by_text("Being reviewed")).to_be_visible()
    assert faults(ada) == []
    filing = ada.url.rstrip("/").rpartition("/")[2]

    # The other hears of it before it is decided, and can object.
    ben.goto(site.page("me/"))
    expect(ben.get_by_text("Your counterparty asked to reach you. Reviewers will decide.").first).to_be_visible()
    ben.locator(f'a[href$="/me/requests/{filing}/"]').first.click()
    expect(ben.get_by_text("It is no veto.")).to_be_visible()
    expect(ben.get_by_text("The parcel came back.")).to_have_count(0)
    assert faults(ben) == []
    ben.get_by_label("What you have to say against it").fill("I have sent it again.")
    ben.get_by_role("button", name="Send to the reviewers").click()
    expect(ben.get_by_text("Sent. The reviewers read it; they decide.")).to_be_visible()

    _review(site, filing, "ask(filing, shown=1, question='Which parcel?', by=by, at=now())")
    ada.goto(site.page("me/"))
    ada.get_by_role("link", name="Answer", exact=True).first.click()
    expect(ada.get_by_text("Which parcel?")).to_be_visible()
    ada.get_by_label("Your answer").fill("The second one.")
    ada.get_by_role("button", name="Send to the reviewers").click()
    _review(site, filing, "approve(filing, shown=1, reason='It is needed', by=by, at=now())")

    ada.reload()
    expect(ada.get_by_text("Approved: you can look")).to_be_visible()
    assert faults(ada) == []
    ada.get_by_role("button", name="Show it to me now").click()
    expect(ada.get_by_role("main").get_by_text(re.compile(r"\+86\d+"))).to_be_visible()
    assert faults(ada) == []

    # And sees afterwards what was shown, to whom and why.
    ben.goto(site.page("me/shared/#decided"))
    expect(ben.get_by_role("heading", name="Your counterparty").first).to_be_visible()
    expect(ben.get_by_text(f"They asked for it, to settle a dispute about it: {reference}.").first).to_be_visible()
    assert faults(ben) == []
    for language in ("en", "zh-hans"):
        for address in ("me/requests/", f"me/requests/{filing}/", "me/shared/", "me/"):
            ben.goto(site.page(address, language))
            assert faults(ben) == [], (address, language)

    # Once it is taken back by the reviewers, the next look shows nothing.
    _review(site, filing, "revoke(filing, shown=1, reason='He objected rightly', by=by, at=now())")
    ada.goto(site.page(f"me/requests/{filing}/"))
    expect(ada.get_by_text("Ended", exact=True)).to_be_visible()
    expect(ada.get_by_role("button", name="Show it to me now")).to_have_count(0)


@pytest.mark.clause("DIS-f")
def test_a_request_is_made_and_taken_back_without_script(new_page: Any, site: Site) -> None:
    reference = _transaction(site)
    page = new_page(java_script_enabled=False)
    _log_in(page, site, ADA)
    page.goto(site.page("me/requests/"))
    page.get_by_role("link", name=re.compile(f"^Ask how to reach.*{reference}")).click()
    page.get_by_label("E-mail address").check()
    page.get_by_label("to complete the transaction").check()
    page.get_by_label("Why you need it").fill("To send the rest.")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name="Take the request back").click()
    expect(page.get_by_text("Taken back. Nobody decides about it any more")).to_be_visible()


@pytest.mark.clause("DIS-c")
def test_an_authority_opens_its_link_in_one_browser(new_page: Any, site: Site) -> None:
    address = site.url + _shell(site, _DEMAND.replace("PDF", base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()))
    court, stranger = new_page(), new_page(**NARROW)
    stranger.goto(address)
    court.goto(address)
    for page in (court, stranger):
        expect(page.get_by_role("heading", name="For Court of the journey")).to_be_visible()
        assert faults(page) == []
    court.get_by_role("button", name="Show the data").click()
    expect(court.get_by_text(ADA)).to_be_visible()
    assert faults(court) == []
    assert {cookie["name"] for cookie in court.context.cookies(address)} == {"released-en"}
    assert court.context.cookies(site.page("policy/")) == []

    stranger.get_by_role("button", name="Show the data").click()
    expect(stranger.get_by_text("This link was opened in another browser")).to_be_visible()
    assert faults(stranger) == []
    stranger.goto(site.page("released/nothing/", "zh-hans"))
    assert faults(stranger) == []
    # The other language of the page is the same browser.
    court.get_by_role("link", name="简体中文").click()
    court.get_by_role("main").get_by_role("button").click()
    expect(court.get_by_text(ADA)).to_be_visible()
    assert faults(court) == []


_DEMAND = """
import base64
from datetime import timedelta
from uuid import uuid4
from django.urls import reverse
from disclosure.models import Authority, LegalInstrument
from disclosure.services.authorities import add_authority, enter_instrument, verify_authority
from disclosure.services.documents import add_document
staff = [User.objects.get(email=f'{name}@lantern.example') for name in ('officer', 'reviewer', 'admin')]
clerk = staff[0]
court = add_authority(name=f'Court of the journey {uuid4().hex[:6]}', kind=Authority.Kind.COURT, country='CN',
                      contact_email='clerk@court.example', by=clerk, at=now())
verify_authority(court, how='Rang', by=clerk, at=now())
order = enter_instrument(court, kind=LegalInstrument.Kind.COURT_ORDER, number='1', issued_on=now().date() - timedelta(1),
                         received_at=now(), expires_at=now() + timedelta(9), legal_basis='Article 1',
                         fields=['contact.email'], by=clerk, at=now(),
                         document=add_document(base64.b64decode('PDF'), by=clerk, at=now()))
ada = User.objects.get(email='ada@lantern.example')
filing = filings.draft(filings.Wanted(ada, ('contact.email',), order, authority=court), by=clerk, at=now())
filing = filings.submit(filing, shown=1, by=clerk, at=now())
for reviewer in staff[1:]:
    filing = filings.approve(filing, shown=1, reason='It holds', by=reviewer, at=now())
print(reverse('released', args=[openings.token_of(openings.issue_link(filing, by=clerk, at=now()))]))
"""
