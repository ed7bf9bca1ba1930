"""What a request rests on, as facts in words, with the document that proves it and where it is looked after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consent.receipts import Fact
from disclosure.desk.case import Case
from disclosure.gate import Ground
from disclosure.models import Complaint, Filing, LegalInstrument, Provision, Transaction
from users.countries import country_name
from users.models import User, Violation
from users.wording import listed


@dataclass(frozen=True, slots=True)
class Evidence:
    """A title and facts; the id of the document, if there is one; the page of the evidence itself."""

    title: str
    facts: tuple[Fact, ...]
    href: str
    document: str = ""
    is_read_aloud: bool = False
    """Whether there are words of evidence that are shown only on request, on record."""


def evidence_of(filing: Filing, titles: Mapping[str, str], case: Case, viewer: User) -> Evidence:
    """The evidence of a request."""
    name_of = case.name_of
    match Ground(filing.ground):
        case Ground.LEGAL_INSTRUMENT if filing.instrument:
            return _instrument(filing.instrument, titles)
        case Ground.VIOLATION if filing.violation:
            return _violation(filing.violation, lambda pk: name_of(pk, viewer))
        case Ground.IP_COMPLAINT if filing.complaint:
            return _complaint(filing.complaint, titles)
        case Ground.TRANSACTION if filing.transaction:
            return _transaction(filing.transaction, filing)
        case Ground.OTHER_PROVISION if filing.provision:
            return _provision(filing.provision)
    raise AssertionError("the database keeps a request from resting on nothing")


def moment(at: datetime | None) -> str:
    """A time in words, without its zone; empty where there is none."""
    if at is None:
        return ""
    return date_format(timezone.localtime(at), pgettext("date and time format", "j F Y, H:i"))


def day(on: date | None) -> str:
    return date_format(on, pgettext("date format", "j F Y")) if on else ""


def _facts(*pairs: tuple[str, object]) -> tuple[Fact, ...]:
    return tuple(Fact(label, str(value)) for label, value in pairs if value)


def instrument_facts(instrument: LegalInstrument, titles: Mapping[str, str]) -> tuple[Fact, ...]:
    """An instrument in words."""
    authority = instrument.authority
    foreign = authority.country != settings.HOME_COUNTRY
    approved = (
        _("%(reference)s, %(day)s") % {"reference": instrument.approval_reference, "day": day(instrument.approved_on)}
        if instrument.approved_on
        else _("none on record")
    )
    return _facts(
        (_("Authority"), f"{authority.name}, {authority.get_kind_display()}, {country_name(authority.country)}"),
        (_("Verified"), _verified(instrument)),
        (_("Kind"), instrument.get_kind_display()),
        (_("Number"), instrument.number),
        (_("Legal basis"), instrument.legal_basis),
        (_("Issued"), day(instrument.issued_on)),
        (_("Received"), moment(instrument.received_at)),
        (_("Expires"), moment(instrument.expires_at)),
        (_("Demands"), listed(titles.get(key, key) for key in instrument.fields)),
        (_("Approval at home"), approved if foreign else ""),
    )


def _verified(instrument: LegalInstrument) -> str:
    authority = instrument.authority
    if authority.verified_at is None:
        return _("nobody made sure of it so far")
    return f"{moment(authority.verified_at)}: {authority.verified_how}"


def _instrument(instrument: LegalInstrument, titles: Mapping[str, str]) -> Evidence:
    return Evidence(
        title=_("The instrument"),
        facts=instrument_facts(instrument, titles),
        href=reverse("desk:instrument", args=[instrument.pk]),
        document=str(instrument.document_id),
    )


def _violation(violation: Violation, name_of: Callable[..., str]) -> Evidence:
    return Evidence(
        title=_("The violation"),
        facts=_facts(
            (_("Rule that was broken"), violation.rule),
            (_("State"), violation.get_state_display()),
            (_("Found by"), name_of(violation.found_by_id)),
            (_("Found"), moment(violation.found_at)),
            (_("Decided by"), name_of(violation.decided_by_id) if violation.decided_at else ""),
            (_("Decided"), moment(violation.decided_at)),
        ),
        href=reverse("desk:violation", args=[violation.pk]),
        is_read_aloud=True,
    )


def _complaint(complaint: Complaint, titles: Mapping[str, str]) -> Evidence:
    return Evidence(
        title=_("The complaint"),
        facts=complaint_facts(complaint, titles),
        href=reverse("desk:complaint", args=[complaint.pk]),
        document=str(complaint.proof_id),
    )


def complaint_facts(complaint: Complaint, titles: Mapping[str, str]) -> tuple[Fact, ...]:
    """A complaint in words."""
    qualified = (
        f"{moment(complaint.qualified_at)}: {complaint.qualified_how}" if complaint.qualified_at else _("not qualified")
    )
    return _facts(
        (_("Complainant"), complaint.complainant_id),
        (_("Respondent"), complaint.respondent_id),
        (_("Right claimed"), complaint.get_right_display()),
        (_("What it is about"), complaint.subject_matter),
        (_("An answer needs"), listed(titles.get(key, key) for key in complaint.fields)),
        (_("Qualification"), qualified),
        (_("Opened"), moment(complaint.opened_at)),
        (_("Closed"), moment(complaint.closed_at)),
    )


def transaction_facts(transaction: Transaction) -> tuple[Fact, ...]:
    """A transaction in words."""
    return _facts(
        (_("Reference"), transaction.reference),
        (_("One party"), f"{transaction.first_id}: {transaction.get_first_performance_display()}"),
        (_("The other party"), f"{transaction.second_id}: {transaction.get_second_performance_display()}"),
        (_("Parties warned"), moment(transaction.warned_at) or _("not yet")),
        (_("Opened"), moment(transaction.opened_at)),
        (_("Closed"), moment(transaction.closed_at)),
    )


def _transaction(transaction: Transaction, filing: Filing) -> Evidence:
    asker_is_first = filing.recipient_id == transaction.first_id
    done = (
        transaction.get_first_performance_display() if asker_is_first else transaction.get_second_performance_display()
    )
    asked = (Fact(_("Whoever asks has done"), str(done)), Fact(_("Asked for"), str(filing.get_asked_for_display())))
    return Evidence(
        title=_("The transaction"),
        facts=(*asked, *transaction_facts(transaction)),
        href=reverse("desk:transaction", args=[transaction.pk]),
    )


def _provision(provision: Provision) -> Evidence:
    return Evidence(
        title=_("The provision"),
        facts=_facts(
            (_("Title"), provision.title),
            (_("Kind"), provision.get_kind_display()),
            (_("Article or section"), provision.citation),
            (_("In force from"), moment(provision.in_force_from)),
            (_("Repealed"), moment(provision.repealed_at)),
        ),
        href=reverse("desk:provisions"),
    )
