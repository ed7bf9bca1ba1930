"""Matters between people, demands of authorities and their reviews, as the services make them in real life."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from disclosure.models import (
    AccessLink,
    Authority,
    Complaint,
    Filing,
    LegalInstrument,
    Performance,
    Provision,
    Transaction,
)
from disclosure.services import filings, openings
from disclosure.services.authorities import add_authority, enter_instrument, verify_authority
from disclosure.services.complaints import open_complaint, qualify
from disclosure.services.documents import add_document
from disclosure.services.filings import Wanted
from disclosure.services.own_requests import ask_of_complainant, ask_of_counterparty
from disclosure.services.provisions import enter_provision
from disclosure.services.transactions import open_transaction, perform, warn_parties
from privacy_app.ledger.actors import SYSTEM
from tests.users.makers import held, someone
from users.models import User, Violation
from users.services.violations import decide_violation, find_violation

PDF = b"%PDF-1.4\ntrailer\n<<>>\n%%EOF\n"
EMAIL, PHONE, ADDRESS = "contact.email", "contact.phone", "contact.address"
PHONE_NUMBER = "+8613800138000"
DAY = timedelta(days=1)


def now() -> datetime:
    return timezone.now()


def ago() -> datetime:
    """Before whatever a test does."""
    return now() - timedelta(hours=1)


def reviewers(count: int = 2) -> list[User]:
    """Members of staff who review."""
    return [someone(f"reviewer-{number}@lantern.example") for number in range(count)]


def with_phone(email: str) -> User:
    """Somebody whose telephone number is held beside the address."""
    person = someone(email)
    held(person, PHONE, PHONE_NUMBER)
    return person


# -- what requests rest on -----------------------------------------------------------------------


def transaction_of(first: User, second: User, *, reference: str = "Order 4711", ready: bool = True) -> Transaction:
    """A transaction; when ready, the first party has done part of theirs, and both were warned."""
    transaction = open_transaction(reference=reference, first=first, second=second, by=SYSTEM, at=ago())
    if ready:
        perform(transaction, first, Performance.PARTIAL, by=SYSTEM, at=ago())
        warn_parties(transaction, by=SYSTEM, at=ago())
    return transaction


def complaint_about(respondent: User, complainant: User, *, clerk: User, fields: Iterable[str] = (EMAIL,)) -> Complaint:
    """A complaint whose complainant is qualified."""
    complaint = open_complaint(
        complainant=complainant,
        respondent=respondent,
        right=Complaint.Right.COPYRIGHT,
        subject_matter="A picture of a lantern",
        fields=fields,
        proof=add_document(PDF, by=SYSTEM, at=ago()),
        by=SYSTEM,
        at=ago(),
    )
    qualify(complaint, how="Saw the register", by=clerk, at=ago())
    return complaint


def court(clerk: User, *, name: str = "Harbour Court", country: str = "CN") -> Authority:
    """A court that somebody made sure of."""
    authority = add_authority(
        name=name, kind=Authority.Kind.COURT, country=country, contact_email="clerk@court.example", by=clerk, at=ago()
    )
    verify_authority(authority, how="Rang the published number", by=clerk, at=ago())
    return authority


def order_of(authority: Authority, *, clerk: User, fields: Iterable[str] = (EMAIL, PHONE)) -> LegalInstrument:
    """A court order."""
    return enter_instrument(
        authority,
        kind=LegalInstrument.Kind.COURT_ORDER,
        number="2026-17",
        issued_on=(ago() - DAY).date(),
        received_at=ago(),
        expires_at=now() + 30 * DAY,
        legal_basis="Civil Procedure Law 70",
        fields=fields,
        document=add_document(PDF, by=clerk, at=ago()),
        by=clerk,
        at=ago(),
    )


def violation_of(person: User, *, finder: User, decider: User) -> Violation:
    """A violation, found by one and confirmed by another."""
    violation = find_violation(person, rule="No counterfeit goods", evidence="Listing 9", by=finder, at=ago())
    decide_violation(violation, confirm=True, by=decider, at=ago())
    violation.refresh_from_db()
    return violation


def provision() -> Provision:
    clerk = User.objects.get(email="reviewer-0@lantern.example")
    return enter_provision(
        kind=Provision.Kind.LAW,
        title_en="Emergency law",
        title_zh_hans="突发事件应对法",
        citation="Article 12",
        in_force_from=ago(),
        by=clerk,
        at=ago(),
    )


# -- requests, and what became of them -----------------------------------------------------------------


def demand(person: User, *, clerk: User, fields: Iterable[str] = (EMAIL, PHONE)) -> Filing:
    """A court's demand for data of the person, submitted."""
    authority = court(clerk)
    instrument = order_of(authority, clerk=clerk)
    wanted = Wanted(person, tuple(fields), instrument, authority=authority)
    return filings.submit(filings.draft(wanted, by=clerk, at=ago()), shown=1, by=clerk, at=ago())


def approve(filing: Filing, by: Iterable[User]) -> Filing:
    """Approved by these."""
    for reviewer in by:
        filing = filings.approve(filing, shown=filing.version, reason="It holds", by=reviewer, at=now())
    return filing


def granted_demand(person: User, *, fields: Iterable[str] = (EMAIL, PHONE)) -> tuple[Filing, list[User]]:
    """A court's demand that two reviewers approved; and the staff: who filed it, and who approved it."""
    staff = reviewers(3)
    filing = demand(person, clerk=staff[0], fields=fields)
    return approve(filing, staff[1:]), staff


def link_for(filing: Filing, *, by: User) -> AccessLink:
    return openings.issue_link(filing, by=by, at=now())


def asked_of_counterparty(transaction: Transaction, by: User, *, fields: Iterable[str] = (PHONE,)) -> Filing:
    return ask_of_counterparty(
        transaction, fields=fields, asked_for="completion", why="The parcel came back", by=by, at=now()
    )


def asked_of_complainant(complaint: Complaint, by: User, *, fields: Iterable[str] = (EMAIL,)) -> Filing:
    return ask_of_complainant(complaint, fields=fields, why="To answer", by=by, at=now())
