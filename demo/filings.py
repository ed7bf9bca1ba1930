"""What people decide at the demo's desk: requests on every ground, at every stage of their review."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from demo.logins import SECOND_REVIEWER, STAFF
from demo.papers import a_page
from demo.world import DAYS, World
from disclosure.models import AskedFor, Authority, Complaint, Filing, LegalInstrument, Performance, Provision
from disclosure.services import authorities, complaints, filings, openings, transactions
from disclosure.services.filings import Wanted
from disclosure.services.own_requests import ask_of_complainant, ask_of_counterparty
from disclosure.services.provisions import enter_provision
from users.models import User
from users.roles import Role
from users.services.actors import as_client, as_staff
from users.services.violations import decide_violation, find_violation

_ADDRESS, _PHONE, _NAME = "contact.address", "contact.phone", "identity.name"
_FIRST_DAY = DAYS - 12


class _Desk:
    """The staff of the demo at their desk, and the people whom it is about."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.reviewer, self.second = world.members[STAFF[Role.REVIEWER].email], world.members[SECOND_REVIEWER.email]
        self.officer, self.editor = (
            world.members[STAFF[role].email] for role in (Role.SECURITY_OFFICER, Role.POLICY_EDITOR)
        )

    def somebody(self, number: int) -> User | None:
        """One of those who confirmed their address and are still here."""
        here = [each.user for each in self.world.inhabitants if each.may_act and each.user]
        return here[number % len(here)] if here else None

    def authority(self, name: str, kind: Authority.Kind, country: str, how: str, at: datetime) -> Authority:
        address = f"evidence@{name.split()[0].lower()}.example"
        found = authorities.add_authority(
            name=name, kind=kind, country=country, contact_email=address, by=self.officer, at=at
        )
        if how:
            authorities.verify_authority(found, how=how, by=self.officer, at=at)
        return found

    def order(self, authority: Authority, number: str, fields: tuple[str, ...], at: datetime) -> LegalInstrument:
        return authorities.receive_instrument(
            a_page(f"{authority.name}: order {number}. Made up for a demonstration."),
            authority=authority,
            kind=LegalInstrument.Kind.COURT_ORDER,
            number=number,
            issued_on=(at - timedelta(days=2)).date(),
            received_at=at,
            expires_at=at + timedelta(days=60),
            legal_basis="Civil Procedure Law, article 70",
            fields=fields,
            by=self.officer,
            at=at,
        )

    def submitted(self, wanted: Wanted, by: User, at: datetime) -> Filing:
        filing = filings.draft(wanted, by=by, at=at)
        return filings.submit(filing, shown=filing.version, by=by, at=at + timedelta(minutes=9))

    def approve(self, filing: Filing, by: User, reason: str, at: datetime) -> Filing:
        return filings.approve(filing, shown=filing.version, reason=reason, by=by, at=at)


def plan_filings(world: World) -> None:
    """Put the last days at the desk into the year."""
    days: tuple[tuple[int, Callable[[_Desk, datetime], None]], ...] = (
        (0, _released),
        (1, _revoked_violation),
        (2, _refused),
        (5, _overdue),
        (8, _foreign),
        (9, _other_provision),
        (10, _between_people),
        (11, _waiting),
    )
    for day, happening in days:
        world.timeline.add(world.day(_FIRST_DAY + day, 10), partial(_happen, world, happening))


def _happen(world: World, happening: Callable[[_Desk, datetime], None], at: datetime) -> None:
    desk = _Desk(world)
    if desk.somebody(0):
        happening(desk, at)


def _about(desk: _Desk, number: int) -> User:
    person = desk.somebody(number)
    assert person is not None
    return person


def _released(desk: _Desk, at: datetime) -> None:
    """A court order, approved by two, whose link was opened."""
    court = desk.authority(
        "Yuhang Internet Court", Authority.Kind.COURT, "CN", "Called back on the number of its website.", at
    )
    order = desk.order(court, "(2026) Yu 0110 Min Chu 1187", (_NAME, _ADDRESS, _PHONE), at)
    filing = desk.submitted(Wanted(_about(desk, 0), (_NAME, _ADDRESS), order, court), desk.officer, at)
    later = at + timedelta(hours=3)
    filing = desk.approve(filing, desk.reviewer, "The order is genuine, and names both fields.", later)
    filing = desk.approve(filing, desk.second, "Checked against the document.", later + timedelta(hours=20))
    link = openings.issue_link(filing, by=desk.reviewer, at=later + timedelta(hours=21))
    openings.open_through_link(link, browser="the clerk's browser", clock=lambda: later + timedelta(hours=26))


def _violation(desk: _Desk, number: int, rule: str, evidence: str, at: datetime, *, confirmed: bool) -> Wanted | None:
    """A violation, and what the police want because of it once it is confirmed."""
    person = _about(desk, number)
    violation = find_violation(person, rule=rule, evidence=evidence, by=desk.officer, at=at)
    if not confirmed:
        return None
    decide_violation(violation, confirm=True, by=desk.reviewer, at=at + timedelta(hours=1))
    police = Authority.objects.filter(kind=Authority.Kind.POLICE).first() or desk.authority(
        "Binjiang Police Station", Authority.Kind.POLICE, "CN", "Seen in person at the station.", at
    )
    why = "Without the name and address the fraud cannot be pursued, and its victims stay without redress."
    return Wanted(person, (_NAME, _ADDRESS), violation, police, justification=why)


def _revoked_violation(desk: _Desk, at: datetime) -> None:
    wanted = _violation(desk, 1, "Rule 9: no counterfeits", "Three buyers sent photographs.", at, confirmed=True)
    assert wanted is not None
    filing = desk.submitted(wanted, desk.officer, at + timedelta(hours=2))
    for hours, member in ((4, desk.reviewer), (5, desk.second)):
        filing = desk.approve(filing, member, "Confirmed, and necessary for the pursuit.", at + timedelta(hours=hours))
    filings.revoke(
        filing,
        shown=filing.version,
        reason="The police withdrew their demand.",
        by=desk.reviewer,
        at=at + timedelta(days=1),
    )


def _refused(desk: _Desk, at: datetime) -> None:
    wanted = _violation(desk, 2, "Rule 4: no contact data in reviews", "Review 88, quoted.", at, confirmed=True)
    assert wanted is not None
    filing = desk.submitted(wanted, desk.officer, at + timedelta(hours=2))
    reason = "Taking the review down was enough; nothing has to be disclosed for that."
    filings.refuse(filing, shown=filing.version, reason=reason, by=desk.second, at=at + timedelta(hours=6))
    _violation(desk, 3, "Rule 2: no bulk reading", "4,000 profiles in an hour.", at, confirmed=False)


def _overdue(desk: _Desk, at: datetime) -> None:
    wanted = _violation(desk, 4, "Rule 7: no payment outside", "Chat 512, reported.", at, confirmed=True)
    assert wanted is not None
    filing = desk.submitted(wanted, desk.officer, at + timedelta(hours=2))
    desk.approve(filing, desk.second, "The report is confirmed, the police need the name.", at + timedelta(days=1))
    filings.assign(filing, to=desk.reviewer, by=desk.second, at=at + timedelta(days=1, minutes=5))


def _foreign(desk: _Desk, at: datetime) -> None:
    """A foreign court: the gate denies it, whoever approves."""
    court = desk.authority("Marrow County District Court", Authority.Kind.COURT, "US", "", at)
    order = desk.order(court, "26-cv-04417", (_NAME, _PHONE), at)
    filing = desk.submitted(Wanted(_about(desk, 5), (_NAME, _PHONE), order, court), desk.officer, at)
    question = "Has the competent authority at home approved this?"
    filings.ask(filing, shown=filing.version, question=question, by=desk.reviewer, at=at + timedelta(hours=5))


def _other_provision(desk: _Desk, at: datetime) -> None:
    """A site policy in the register, and a draft on it."""
    provision = enter_provision(
        kind=Provision.Kind.SITE_POLICY,
        title_en="Rules for product recalls",
        title_zh_hans="产品召回规则",
        citation="Section 3",
        in_force_from=desk.world.day(30),
        by=desk.editor,
        at=at,
    )
    regulator = desk.authority(
        "Qiantang Market Regulator", Authority.Kind.REGULATOR, "CN", "Letter by registered mail, answered.", at
    )
    why = "The buyer of a kettle that may burn has to be warned at the door, since mail comes back."
    filings.draft(
        Wanted(
            _about(desk, 6),
            (_ADDRESS,),
            provision,
            regulator,
            justification=why,
            expires_at=at + timedelta(days=30),
        ),
        by=desk.reviewer,
        at=at,
    )


def _between_people(desk: _Desk, at: datetime) -> None:
    """A respondent, and a party to a transaction, ask who is on the other side."""
    complainant, respondent, seller, buyer = (_about(desk, number) for number in (7, 8, 9, 10))
    if len({complainant, respondent, seller, buyer}) < 4:
        return
    complaint = complaints.receive_complaint(
        a_page("Certificate of registration of a trademark. Made up for a demonstration."),
        complainant=complainant,
        respondent=respondent,
        right=Complaint.Right.TRADEMARK,
        subject_matter="Listing 4417: celadon teapots under the name Moon Kiln",
        fields=(_NAME, _ADDRESS),
        by=desk.reviewer,
        at=at,
    )
    complaints.qualify(complaint, how="The certificate is in the public register.", by=desk.reviewer, at=at)
    why = "We have to serve our answer to the complainant by post."
    ask_of_complainant(complaint, fields=(_NAME, _ADDRESS), why=why, by=respondent, at=at + timedelta(hours=1))

    website = as_client(next(iter(desk.world.clients.values())))
    transaction = transactions.open_transaction(
        reference="Order 20981", first=seller, second=buyer, by=website, at=at - timedelta(days=2)
    )
    transactions.warn_parties(transaction, by=website, at=at - timedelta(days=2))
    transactions.perform(transaction, buyer, Performance.FULL, by=as_staff(desk.reviewer), at=at)
    ask_of_counterparty(
        transaction,
        fields=(_PHONE,),
        asked_for=AskedFor.COMPLETION,
        why="I paid ten days ago, and nothing came.",
        by=buyer,
        at=at + timedelta(hours=2),
    )


def _waiting(desk: _Desk, at: datetime) -> None:
    """A court order that came yesterday."""
    court = Authority.objects.get(name="Yuhang Internet Court")
    order = desk.order(court, "(2026) Yu 0110 Min Chu 1302", (_NAME, _PHONE), at)
    filing = desk.submitted(Wanted(_about(desk, 11), (_PHONE,), order, court), desk.officer, at)
    filings.comment(
        filing, text="The court asks for an answer this week.", by=desk.officer, at=at + timedelta(minutes=20)
    )
