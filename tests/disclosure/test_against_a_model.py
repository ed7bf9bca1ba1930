"""Random lives of people, partners, filings and reviewers on a real PostgreSQL, against a small model of what is right.

The model knows a few sets: who allowed whom, who is frozen, which engagements and filings stand. After each step the
product must agree with it on every reading: nothing the model forbids, and nothing forbidden that the model allows.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import Purpose
from consent.services.consents import Subject
from consent.states import Event
from disclosure.facts import Query
from disclosure.filing_states import TransitionRefused
from disclosure.gate import Ground
from disclosure.models import (
    Authority,
    DisclosureRequest,
    Engagement,
    Filing,
    LegalInstrument,
    Provision,
    Revocation,
    Status,
)
from disclosure.services import filings
from disclosure.services.authorities import add_authority, enter_instrument, verify_authority
from disclosure.services.disclosures import read_disclosures, request_disclosures
from disclosure.services.documents import add_document
from disclosure.services.engagements import end
from disclosure.services.errors import AlreadyEnded, MovedOn, NotReleased, NotYours
from disclosure.services.openings import explain
from disclosure.services.provisions import enter_provision
from disclosure.services.revocations import revoke
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.verification import findings
from tests.makers import EMAIL, NOW, make_engagement, make_partner, make_person, make_purpose, publish, say
from users.models import ApiClient, Freeze, Partner, User, Violation
from users.models.partners import Scope
from users.services.freezing import freeze, unfreeze
from users.services.partners import issue_client
from users.services.violations import decide_violation, find_violation

LIVES, STEPS = 25, 85
PDF = b"%PDF-1.4\ntrailer\n<<>>\n%%EOF\n"


@dataclass
class Handle:
    id: UUID
    person: User
    partner: Partner
    engagement: Engagement
    was_permitted: bool
    revoked: bool = False


@dataclass
class Case:
    """What the model knows of a filing: who of the reviewers approved the version that it is at."""

    filing: Filing
    filer: User
    expires_at: datetime | None
    version: int = 1
    approved_by: set[UUID] = field(default_factory=set)
    submitted: bool = False
    over: bool = False


class Life:
    """The product and the model, side by side."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = NOW
        self.steps = 0
        self.people = [make_person("ada@lantern.example"), make_person("ben@lantern.example")]
        self.staff = [make_person(f"staff{number}@lantern.example") for number in range(4)]
        self.partners = [make_partner("Northwind"), make_partner("Harbour")]
        self.clients: dict[UUID, ApiClient] = {
            partner.pk: issue_client(partner, scopes=[Scope.DISCLOSURES], name="c", by=SYSTEM, at=NOW)[0]
            for partner in self.partners
        }
        self.purpose: Purpose = make_purpose()
        publish(self.purpose, *self.partners)
        self.engagements = {partner.pk: make_engagement(partner, self.purpose) for partner in self.partners}
        self.instrument = self._instrument()
        self.violations = {person.pk: self._violation(person) for person in self.people}
        self.provision = enter_provision(
            kind=Provision.Kind.LAW,
            title_en="Law",
            title_zh_hans="法",
            citation="Article 12",
            in_force_from=NOW,
            by=self.staff[0],
            at=NOW,
        )
        self.allowed: set[tuple[UUID, UUID]] = set()
        self.frozen: set[UUID] = set()
        self.ended: set[UUID] = set()
        self.handles: list[Handle] = []
        self.cases: list[Case] = []

    def _instrument(self) -> LegalInstrument:
        clerk = self.staff[0]
        court = add_authority(
            name="Court", kind=Authority.Kind.COURT, country="CN", contact_email="c@court.example", by=clerk, at=NOW
        )
        verify_authority(court, how="rang the published number", by=clerk, at=NOW)
        return enter_instrument(
            court,
            kind=LegalInstrument.Kind.COURT_ORDER,
            number="17",
            issued_on=date(2040, 5, 1),
            received_at=NOW,
            expires_at=NOW + timedelta(days=365),
            legal_basis="Article 1",
            fields=[EMAIL],
            document=add_document(PDF, by=clerk, at=NOW),
            by=clerk,
            at=NOW,
        )

    def _violation(self, person: User) -> Violation:
        violation = find_violation(person, rule="No counterfeit", evidence="Listing 9", by=self.staff[0], at=NOW)
        decide_violation(violation, confirm=True, by=self.staff[1], at=NOW)
        return violation

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    # -- consents, freezes, engagements ------------------------------------------------------------

    def give_or_withdraw(self) -> None:
        person, partner = self.random.choice(self.people), self.random.choice(self.partners)
        gives = self.random.random() < 0.6
        say(Subject(person, self.purpose, partner), Event.GIVE if gives else Event.WITHDRAW, at=self.tick())
        (self.allowed.add if gives else self.allowed.discard)((person.pk, partner.pk))

    def freeze_or_not(self) -> None:
        person, cause = self.random.choice(self.people), Freeze.Cause.LEAK
        if person.pk in self.frozen:
            unfreeze(person, cause=cause, by=SYSTEM, at=self.tick())
            self.frozen.discard(person.pk)
        elif self.random.random() < 0.3:
            freeze(person, cause=cause, by=SYSTEM, at=self.tick())
            self.frozen.add(person.pk)

    def end_or_engage(self) -> None:
        partner = self.random.choice(self.partners)
        engagement = self.engagements[partner.pk]
        if engagement.pk in self.ended:
            # A new engagement does not revive what was read under the old one.
            self.engagements[partner.pk] = make_engagement(partner, self.purpose, valid_from=self.tick(), at=self.now)
        elif self.random.random() < 0.3:
            with suppress(AlreadyEnded):
                end(engagement, reason="over", by=SYSTEM, at=self.tick())
            self.ended.add(engagement.pk)

    # -- partners ------------------------------------------------------------------------------------

    def _permits(self, person: User, partner: Partner, engagement: Engagement) -> bool:
        return (
            (person.pk, partner.pk) in self.allowed and person.pk not in self.frozen and engagement.pk not in self.ended
        )

    def request(self) -> None:
        person, partner = self.random.choice(self.people), self.random.choice(self.partners)
        asked = Query("email", str(person.email), self.purpose.key, (EMAIL,), Ground.CONSENT, "share", "CN")
        at = self.tick()
        (answer,) = request_disclosures(self.clients[partner.pk], [asked], clock=lambda: at)
        engagement = self.engagements[partner.pk]
        permitted = answer.request.status == Status.RELEASED
        assert permitted == self._permits(person, partner, engagement)
        self.handles.append(Handle(answer.request.pk, person, partner, engagement, permitted))

    def read(self) -> None:
        if not self.handles:
            return
        handle = self.random.choice(self.handles)
        at = self.tick()
        (answer,) = read_disclosures(self.clients[handle.partner.pk], [handle.id], clock=lambda: at)
        assert answer is not None
        assert answer.is_permitted == (
            handle.was_permitted
            and not handle.revoked
            and self._permits(handle.person, handle.partner, handle.engagement)
        )

    def revoke(self) -> None:
        """Once, whatever was permitted; nothing revives it."""
        if not self.handles or self.random.random() < 0.5:
            return
        handle = self.random.choice(self.handles)
        request = DisclosureRequest.objects.get(pk=handle.id)
        try:
            revoke(request, cause=Revocation.Cause.MISTAKE, by=SYSTEM, at=self.tick())
        except NotReleased:
            assert handle.revoked or not handle.was_permitted
        else:
            assert handle.was_permitted and not handle.revoked
            handle.revoked = True

    # -- filings ----------------------------------------------------------------------------------------

    def _wanted(self, person: User, ground: Ground, expires_at: datetime | None) -> filings.Wanted:
        """On each of the grounds that take two reviewers."""
        evidence: dict[Ground, filings.Evidence] = {
            Ground.LEGAL_INSTRUMENT: self.instrument,
            Ground.VIOLATION: self.violations[person.pk],
            Ground.OTHER_PROVISION: self.provision,
        }
        authority = self.instrument.authority
        return filings.Wanted(
            person, (EMAIL,), evidence[ground], authority=authority, justification="needed", expires_at=expires_at
        )

    def file(self) -> None:
        person, filer = self.random.choice(self.people), self.random.choice(self.staff)
        ground = self.random.choice([Ground.LEGAL_INSTRUMENT, Ground.VIOLATION, Ground.OTHER_PROVISION])
        ends = self.now + timedelta(minutes=self.random.randint(5, 60)) if ground is Ground.OTHER_PROVISION else None
        filing = filings.draft(self._wanted(person, ground, ends), by=filer, at=self.tick())
        self.cases.append(Case(filing, filer, ends))

    def expire(self) -> None:
        """Enters what has expired; the gate has denied it since its date."""
        filings.expire_due(at=self.tick())

    def act_on_filing(self) -> None:
        """Anybody tries anything; what is not theirs, or comes too late, changes nothing."""
        if not self.cases:
            return
        case, by = self.random.choice(self.cases), self.random.choice([*self.staff, *self.people])
        shown = case.version if self.random.random() < 0.8 else case.version + 1
        act = self.random.choice(
            [self._submit, self._edit, *[self._approve] * 3, self._refuse, self._revoke, self._take_back]
        )
        with suppress(NotYours, MovedOn, TransitionRefused), transaction.atomic():
            act(case, by, shown)

    def _submit(self, case: Case, by: User, shown: int) -> None:
        filings.submit(case.filing, shown=shown, by=case.filer, at=self.tick())
        case.submitted = True

    def _edit(self, case: Case, by: User, shown: int) -> None:
        person = User.objects.get(pk=case.filing.person_id)
        wanted = self._wanted(person, Ground(case.filing.ground), case.expires_at)
        filings.edit(case.filing, wanted, shown=shown, by=by, at=self.tick())
        assert by.pk == case.filer.pk
        case.version += 1
        case.approved_by = set()

    def _approve(self, case: Case, by: User, shown: int) -> None:
        filings.approve(case.filing, shown=shown, reason="well founded", by=by, at=self.tick())
        assert by.pk not in {case.filer.pk, case.filing.person_id} | case.approved_by
        assert shown == case.version
        case.approved_by.add(by.pk)

    def _refuse(self, case: Case, by: User, shown: int) -> None:
        if self.random.random() < 0.2:
            filings.refuse(case.filing, shown=shown, reason="too wide", by=by, at=self.tick())
            case.over = True

    def _revoke(self, case: Case, by: User, shown: int) -> None:
        if self.random.random() < 0.3:
            filings.revoke(case.filing, shown=shown, reason="lifted", by=by, at=self.tick())
            case.over = True

    def _take_back(self, case: Case, by: User, shown: int) -> None:
        if self.random.random() < 0.2:
            filings.take_back(case.filing, shown=shown, by=by, at=self.tick())
            assert by.pk == case.filer.pk
            case.over = True

    def check_filings(self) -> None:
        for case in self.cases:
            permits = (
                case.submitted
                and not case.over
                and len(case.approved_by) >= 2
                and (case.expires_at is None or self.now < case.expires_at)
                and case.filing.person_id not in self.frozen
            )
            assert (explain(case.filing, at=self.now)["outcome"] == "permit") == permits

    def step(self) -> None:
        steps: list[Callable[[], None]] = [
            self.give_or_withdraw,
            self.freeze_or_not,
            self.end_or_engage,
            self.request,
            *[self.read] * 3,
            self.revoke,
            self.file if len(self.cases) < 4 else self.expire,
            *[self.act_on_filing] * 4,
        ]
        self.random.choice(steps)()
        self.steps += 1


class RolledBack(Exception):
    """Each life is its own: it ends in a rollback."""


@pytest.mark.django_db
@pytest.mark.clause("PRE-2")
@pytest.mark.clause("USE-a")
@pytest.mark.clause("DIS-c")
@pytest.mark.clause("DIS-d")
@pytest.mark.clause("DIS-g")
def test_no_reading_that_the_model_forbids_and_none_refused_that_it_allows() -> None:
    taken = 0

    @settings(max_examples=LIVES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False))
    def live(random: Random) -> None:
        nonlocal taken
        with suppress(RolledBack), transaction.atomic():
            life = Life(random)
            for number in range(STEPS):
                life.step()
                if number % 12 == 0:
                    life.check_filings()
            life.check_filings()
            assert all(finding.matches for finding in findings())
            taken += life.steps
            raise RolledBack

    live()
    assert taken >= 2000
