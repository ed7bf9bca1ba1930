"""What people decide (DIS-c to DIS-g), told to the person concerned: who, on what ground, and where it stands."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from disclosure.filing_states import OVER, State
from disclosure.gate import Ground
from disclosure.models import AskedFor, Complaint, Filing, Transaction
from users.wording import listed


def recipient_words(filing: Filing) -> str:
    """Who received it or is to, as a heading or at the beginning of a sentence. Never a person's name."""
    if filing.authority is not None:
        return filing.authority.name
    return _("Your counterparty") if filing.ground == Ground.TRANSACTION else _("The respondent to your complaint")


def ground_words(filing: Filing) -> str:
    """Why, in a sentence to the person whom the data is about."""
    if filing.instrument is not None:
        return _("An authority required it by law: %(kind)s %(number)s, on the basis of %(basis)s.") % {
            "kind": filing.instrument.get_kind_display(),
            "number": filing.instrument.number,
            "basis": filing.instrument.legal_basis,
        }
    if filing.violation is not None:
        return _("It was required because a rule was broken: %(rule)s.") % {"rule": filing.violation.rule}
    if filing.complaint is not None:
        return _("They asked for it, to answer your complaint: %(matter)s.") % {
            "matter": matter_words(filing.complaint)
        }
    if filing.transaction is not None:
        return _("They asked for it, %(asked_for)s: %(matter)s.") % {
            "asked_for": asked_for_words(filing),
            "matter": matter_words(filing.transaction),
        }
    assert filing.provision is not None
    return _("A provision required it: %(title)s, %(citation)s.") % {
        "title": filing.provision.title,
        "citation": filing.provision.citation,
    }


def authority_ground_words(filing: Filing) -> str:
    """On what ground an authority receives it, to that authority."""
    if filing.instrument is not None:
        return _("Your demand: %(kind)s %(number)s.") % {
            "kind": filing.instrument.get_kind_display(),
            "number": filing.instrument.number,
        }
    if filing.violation is not None:
        return _("A rule was broken: %(rule)s.") % {"rule": filing.violation.rule}
    assert filing.provision is not None
    return f"{filing.provision.title}, {filing.provision.citation}"


def clause_of(filing: Filing) -> str:
    return Ground(filing.ground).clause


def asked_for_words(filing: Filing) -> str:
    """What a party asked for it for; empty on the other grounds."""
    return str(AskedFor(filing.asked_for).label) if filing.asked_for else ""


def matter_words(matter: Complaint | Transaction) -> str:
    """A complaint or a transaction, as both sides may know it: nothing of the other's."""
    if isinstance(matter, Complaint):
        return _("%(matter)s (%(right)s)") % {"matter": matter.subject_matter, "right": matter.get_right_display()}
    return matter.reference


def matter_of(filing: Filing) -> Complaint | Transaction:
    """What a request between people is about."""
    matter = filing.complaint or filing.transaction
    assert matter is not None
    return matter


def field_words(keys: Iterable[str], titles: Mapping[str, str]) -> str:
    """The titles of these fields, one after the other."""
    return listed(titles.get(key, key) for key in keys)


def is_over(filing: Filing) -> bool:
    """Whether a request between people is over: by itself, or because its matter is."""
    return State(filing.state) in OVER or matter_of(filing).closed_at is not None


def standing_for_asker(filing: Filing) -> str:
    """Where a request stands, to whoever made it."""
    if State(filing.state) not in OVER and matter_of(filing).closed_at is not None:
        return _("Over: the matter is closed")
    return {
        State.DRAFT: _("Not sent"),
        State.SUBMITTED: _("Being reviewed"),
        State.APPROVED_ONCE: _("Being reviewed"),
        State.INFORMATION_WANTED: _("Waits for your answer"),
        State.APPROVED: _("Approved: you can look"),
        State.RELEASED: _("Approved: you have looked"),
        State.REFUSED: _("Refused"),
        State.EXPIRED: _("Expired"),
        State.WITHDRAWN: _("Taken back"),
        State.REVOKED: _("Ended"),
    }[State(filing.state)]


def standing_for_subject(filing: Filing) -> str:
    """Where a request stands, to the person whose data it is for."""
    if State(filing.state) not in OVER and matter_of(filing).closed_at is not None:
        return _("Over: the matter is closed")
    return {
        State.DRAFT: _("Not sent"),
        State.SUBMITTED: _("Not decided yet"),
        State.APPROVED_ONCE: _("Not decided yet"),
        State.INFORMATION_WANTED: _("Not decided yet"),
        State.APPROVED: _("Approved, not seen yet"),
        State.RELEASED: _("Approved and seen"),
        State.REFUSED: _("Refused"),
        State.EXPIRED: _("Expired"),
        State.WITHDRAWN: _("They took it back"),
        State.REVOKED: _("Ended"),
    }[State(filing.state)]


def shape_of(filing: Filing) -> str:
    """The shape that says it beside the words: the same ones as for consents."""
    state = State(filing.state)
    if is_over(filing):
        return "refused" if state is State.REFUSED else "ended"
    return "on" if state in (State.APPROVED, State.RELEASED) else "waiting"
