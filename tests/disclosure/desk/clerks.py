"""Members of staff at the desk in browsers of their own, and requests at each stage of their review."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.filing_states import State
from disclosure.models import Authority, Filing, LegalInstrument, Provision, Transaction
from disclosure.services import filings
from disclosure.services.filings import Wanted
from disclosure.services.provisions import enter_provision
from privacy_app.ledger.models import Entry
from tests.admin_makers import fields_of, make_staff
from tests.disclosure.matters import (
    DAY,
    EMAIL,
    PDF,
    PHONE,
    ago,
    asked_of_complainant,
    asked_of_counterparty,
    complaint_about,
    court,
    now,
    order_of,
    transaction_of,
    violation_of,
    with_phone,
)
from tests.users.makers import ADA, BEN
from users.models import User
from users.roles import Role

DESK = "/en/desk/"
WHY = "The order is genuine."


class Clerk:
    """A member of staff in a browser. Addresses are those below `/en/desk/`."""

    def __init__(self, *roles: Role, email: str = "rita@lantern.example") -> None:
        self.user = make_staff(*roles, email=email)
        self.browser = Client(SERVER_NAME="localhost")
        self.browser.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str = "", /, **query: str) -> Any:
        return self.browser.get(f"{DESK}{path}", query)

    def post(self, path: str, /, **typed: Any) -> Any:
        return self.browser.post(f"{DESK}{path}", typed)

    def fill(self, path: str, /, **typed: Any) -> Any:
        """Load the page, type this into its longest form, and send it with all that stood there."""
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code)
        return self.post(path, **{**_whole_form_of(page), **typed})

    def do(self, filing: Filing, deed: str, /, *, version: int | None = None, **typed: Any) -> Any:
        """Press the button of a deed, with the version that the page shows unless another one was shown."""
        return self.post(f"filings/{filing.pk}/{deed}/", version=version or filing.version, **typed)

    def queries(self, path: str, **query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = self.get(path, **query)
        assert answer.status_code == 200
        return len(captured)

    @property
    def actor(self) -> str:
        return f"staff:{self.user.ledger_pseudonyms.get().pseudonym}"


def _whole_form_of(page: Any) -> Mapping[str, Any]:
    return {name: values for name, values in fields_of(page).items() if name != "csrfmiddlewaretoken"}


def reviewer(number: int = 0) -> Clerk:
    return Clerk(Role.REVIEWER, email=f"reviewer-{number}@lantern.example")


def officer() -> Clerk:
    return Clerk(Role.SECURITY_OFFICER, email="officer@lantern.example")


def says(answer: Any) -> str:
    """What a page says, as one line without its tags."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", answer.content.decode())
    return " ".join(unescape(text).split())


def section_of(answer: Any, name: str) -> str:
    """What one section of a page says."""
    found = re.search(rf'(?s)<section aria-labelledby="{name}".*?</section>', answer.content.decode())
    assert found, name
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0])).split())


def a_file(content: bytes = PDF, name: str = "order.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def last_entry() -> Entry:
    return Entry.objects.latest("seq")


# -- requests ------------------------------------------------------------------------------------


def somebody(email: str = ADA) -> User:
    """Whoever has this address, with a telephone number that is held."""
    return User.objects.filter(email=email).first() or with_phone(email)


def a_provision(by: User) -> Provision:
    return enter_provision(
        kind=Provision.Kind.SITE_POLICY,
        title_en="Rules for recalls",
        title_zh_hans="召回规则",
        citation="Section 3",
        in_force_from=ago(),
        by=by,
        at=ago(),
    )


def a_demand(by: User, *, person: User | None = None, fields: tuple[str, ...] = (EMAIL,)) -> Filing:
    """A court's demand, as a draft of this member of staff."""
    return filings.draft(_demanded(by, person, fields), by=by, at=ago())


def _demanded(by: User, person: User | None, fields: tuple[str, ...]) -> Wanted:
    instrument = LegalInstrument.objects.first() or order_of(court(by), clerk=by)
    return Wanted(person or somebody(), fields, instrument, authority=instrument.authority)


def submitted(by: User, **more: Any) -> Filing:
    """The same, with the reviewers."""
    return filings.submit(a_demand(by, **more), shown=1, by=by, at=ago())


def approved(filing: Filing, *by: User) -> Filing:
    for member in by:
        filing = filings.approve(filing, shown=filing.version, reason=WHY, by=member, at=ago())
    return filing


def asked_by_party(*, reference: str = "Order 4711") -> tuple[Filing, Transaction]:
    """A party asks how to reach the counterparty: one reviewer is enough."""
    party, counterparty = somebody(BEN), somebody(ADA)
    transaction = transaction_of(party, counterparty, reference=reference)
    return asked_of_counterparty(transaction, party), transaction


def asked_by_respondent(clerk: User) -> Filing:
    respondent = somebody(BEN)
    return asked_of_complainant(complaint_about(respondent, somebody(ADA), clerk=clerk), respondent)


def on_violation(finder: User, decider: User) -> Filing:
    """A request on a confirmed violation, submitted by whoever found it."""
    person = somebody()
    wanted = Wanted(
        person,
        (EMAIL, PHONE),
        violation_of(person, finder=finder, decider=decider),
        authority=Authority.objects.first() or court(finder),
        justification="To find the goods",
    )
    return filings.submit(filings.draft(wanted, by=finder, at=ago()), shown=1, by=finder, at=ago())


def many(by: User, count: int, *, state: State = State.SUBMITTED, first_due_in: timedelta = DAY) -> list[Filing]:
    """As many requests as wanted on one instrument, each due an hour after the one before; written at once."""
    wanted = _demanded(by, None, (EMAIL,))
    begin = now()
    rows = [
        Filing(
            ground=wanted.ground.value,
            person=wanted.person,
            fields=[EMAIL],
            authority=wanted.authority,
            instrument=wanted.evidence if isinstance(wanted.evidence, LegalInstrument) else None,
            state=state.value,
            filed_by=by,
            filed_at=begin - DAY + timedelta(seconds=number),
            submitted_at=begin - DAY,
            due_at=begin + first_due_in + timedelta(hours=number),
            expires_at=begin + 30 * DAY,
        )
        for number in range(count)
    ]
    return Filing.objects.bulk_create(rows)
