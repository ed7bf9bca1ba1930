"""Reading the facts of a filing. Under locks, this must be a later statement than the locking one."""

from collections.abc import Iterable
from datetime import datetime, time
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from consent.queries import policy_in_force
from disclosure.filing_gate import (
    ComplaintFact,
    FilingElement,
    FilingFacts,
    InstrumentFact,
    ProvisionFact,
    Recipient,
    ReviewFact,
    TransactionFact,
    ViolationFact,
)
from disclosure.gate import Ground
from disclosure.models import (
    Approval,
    Complaint,
    Filing,
    LegalInstrument,
    Provision,
    Transaction,
)
from users.models import Category, DataElement, Freeze, Violation


def required_approvals(ground: Ground) -> int:
    """How many different reviewers a filing on this ground needs."""
    return 2 if ground.value in settings.TWO_REVIEWERS else 1


def evidence_of(filing: Filing) -> list[UUID]:
    """The keys of what a filing's decision rests on, for its locks: itself, its evidence, its authority."""
    references = (
        filing.pk,
        filing.instrument_id,
        filing.violation_id,
        filing.complaint_id,
        filing.transaction_id,
        filing.provision_id,
        filing.authority_id,
    )
    return [reference for reference in references if reference is not None]


def read_filing_facts(filing: Filing, *, at: datetime) -> FilingFacts:
    """The facts of a filing as they stand in the database now; `filing` itself must have been read under its lock."""
    person, authority, recipient = filing.person, filing.authority, filing.recipient
    policy = policy_in_force(at=at)
    return FilingFacts(
        ground=Ground(filing.ground),
        fields=tuple(filing.fields),
        policy_version=policy.version if policy else None,
        person_known=True,
        person_erased=person.erased_at is not None,
        person_frozen=Freeze.objects.filter(person=person, ended_at=None).exists(),
        recipient=Recipient.AUTHORITY if authority else Recipient.PERSON,
        recipient_there=authority is not None or (recipient is not None and recipient.erased_at is None),
        recipient_verified=authority.verified_at is not None if authority else recipient is not None,
        recipient_is_subject=recipient is not None and recipient.pk == person.pk,
        elements=_elements(filing.fields),
        review=_review(filing),
        instrument=_instrument(filing.instrument, filing) if filing.instrument else None,
        violation=_violation(filing.violation, filing) if filing.violation else None,
        complaint=_complaint(filing.complaint, filing) if filing.complaint else None,
        transaction=_transaction(filing.transaction, filing) if filing.transaction else None,
        provision=_provision(filing.provision, at) if filing.provision else None,
        recipient_is_foreign=authority is not None and authority.country != settings.HOME_COUNTRY,
    )


def _elements(keys: Iterable[str]) -> dict[str, FilingElement]:
    return {
        element.key: FilingElement(excluded=element.is_excluded, is_contact=element.category == Category.CONTACT)
        for element in DataElement.objects.filter(key__in=list(keys)).order_by("key")
    }


def _review(filing: Filing) -> ReviewFact:
    """Approvals of this very version, by people who neither filed it nor are its subject or recipient."""
    uninvolved = Approval.objects.filter(filing=filing, version=filing.version).exclude(
        reviewer_id__in=[id_ for id_ in (filing.filed_by_id, filing.person_id, filing.recipient_id) if id_]
    )
    return ReviewFact(
        state=filing.state,
        approvals=uninvolved.values("reviewer").distinct().count(),
        required=required_approvals(Ground(filing.ground)),
        expires_at=filing.expires_at,
    )


def _instrument(instrument: LegalInstrument, filing: Filing) -> InstrumentFact:
    same_authority = instrument.authority_id == filing.authority_id
    return InstrumentFact(
        is_foreign=instrument.authority.country != settings.HOME_COUNTRY,
        approved_at_home=instrument.approved_on is not None,
        has_legal_basis=bool(instrument.legal_basis.strip()),
        # A day begins where the site is, not where the clock is kept.
        issued_at=datetime.combine(instrument.issued_on, time.min, tzinfo=timezone.get_default_timezone()),
        expires_at=instrument.expires_at,
        # What another authority demanded is not demanded by this one.
        demanded=frozenset(instrument.fields) if same_authority else frozenset(),
    )


def _violation(violation: Violation, filing: Filing) -> ViolationFact:
    return ViolationFact(
        confirmed=violation.state == Violation.State.CONFIRMED,
        of_this_person=violation.person_id == filing.person_id,
        required_because=filing.justification is not None,
    )


def _complaint(complaint: Complaint, filing: Filing) -> ComplaintFact:
    return ComplaintFact(
        is_open=complaint.closed_at is None,
        qualified=complaint.qualified_at is not None,
        person_is_complainant=complaint.complainant_id == filing.person_id,
        recipient_is_respondent=complaint.respondent_id == filing.recipient_id,
        asked_by_respondent=complaint.respondent_id == filing.filed_by_id,
        needed=frozenset(complaint.fields),
    )


def _transaction(transaction: Transaction, filing: Filing) -> TransactionFact:
    parties = {
        transaction.first_id: transaction.first_performance,
        transaction.second_id: transaction.second_performance,
    }
    is_party = filing.recipient_id in parties
    return TransactionFact(
        is_open=transaction.closed_at is None,
        recipient_is_party=is_party,
        person_is_counterparty=is_party and filing.person_id in parties and filing.person_id != filing.recipient_id,
        performance=str(parties[filing.recipient_id]) if is_party and filing.recipient_id else "none",
        warned=transaction.warned_at is not None,
        asked_for=filing.asked_for,
    )


def _provision(provision: Provision, at: datetime) -> ProvisionFact:
    repealed = provision.repealed_at is not None and provision.repealed_at <= at
    return ProvisionFact(in_force=provision.in_force_from <= at and not repealed)
