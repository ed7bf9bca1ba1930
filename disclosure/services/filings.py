"""A filing's way through its review (DIS-c to DIS-g): every step with its actor on the ledger, in one transaction.

Whoever acts names the version that they were shown. Two who press at once queue up at the filing's lock: the second
finds that things moved on, and nothing is changed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from disclosure.filing_facts import required_approvals
from disclosure.filing_gate import RECIPIENTS, Recipient
from disclosure.filing_states import GRANTED, OPEN, OVER, TRANSITIONS, Event, State, TransitionRefused, after
from disclosure.gate import Ground
from disclosure.models import (
    AccessLink,
    Approval,
    AskedFor,
    Authority,
    Complaint,
    Filing,
    LegalInstrument,
    Opening,
    Provision,
    Remark,
    Transaction,
)
from disclosure.services.errors import MovedOn, NotAParty, NothingAsked, NotYours, ReasonMissing, WrongRecipient
from disclosure.services.notices import enqueue_notice
from privacy_app import locks
from privacy_app.crypto import Unreadable, associated_data, seal, unseal
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import DataElement, User, Violation
from users.services.actors import as_person, as_staff, pseudonym_of
from users.services.data_keys import open_data_keys
from users.services.errors import PersonErased

Evidence = LegalInstrument | Violation | Complaint | Transaction | Provision
_NAMES: dict[type, tuple[Ground, str]] = {
    LegalInstrument: (Ground.LEGAL_INSTRUMENT, "instrument"),
    Violation: (Ground.VIOLATION, "violation"),
    Complaint: (Ground.IP_COMPLAINT, "complaint"),
    Transaction: (Ground.TRANSACTION, "transaction"),
    Provision: (Ground.OTHER_PROVISION, "provision"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a filing asks for: which fields of whom, for which recipient, on what evidence, and why.

    `expires_at` is required on another provision; `asked_for` of a party to a transaction.
    """

    person: User
    fields: tuple[str, ...]
    evidence: Evidence
    authority: Authority | None = None
    recipient: User | None = None
    justification: str = ""
    asked_for: str = ""
    expires_at: datetime | None = None

    @property
    def ground(self) -> Ground:
        return _NAMES[type(self.evidence)][0]


# -- filing ------------------------------------------------------------------------------------


@locks.in_transaction
def draft(wanted: Wanted, *, by: User, at: datetime) -> Filing:
    """File a request, as a draft. Raises PersonErased, and what `_check` raises."""
    locks.exclude(people=[wanted.person.pk])
    if User.objects.filter(pk=wanted.person.pk, erased_at__isnull=False).exists():
        raise PersonErased
    filing = Filing(id=uuid.uuid4(), filed_by=by, filed_at=at, ground=wanted.ground.value, person=wanted.person)
    _take_over(filing, wanted, by=by)
    filing.save()
    _record(filing, "filing.drafted", by=by, at=at)
    return filing


@locks.in_transaction
def edit(filing: Filing, wanted: Wanted, *, shown: int, by: User, at: datetime) -> Filing:
    """Change what is asked for: a new version, for which no approval of an older one counts and no link opens.

    Only whoever filed it may. Raises NotYours, MovedOn, TransitionRefused, and what `draft` raises.
    """
    filing = _held(filing, shown=shown)
    if filing.filed_by_id != by.pk:
        raise NotYours
    _move(filing, Event.EDIT)
    if wanted.person.pk != filing.person_id or wanted.ground != filing.ground:
        raise MovedOn
    _take_over(filing, wanted, by=by)
    filing.version += 1
    filing.decided_at = None
    filing.save()
    # A link went to whoever was to receive the version before.
    _end_links(filing, at)
    _record(filing, "filing.edited", by=by, at=at)
    return filing


def _take_over(filing: Filing, wanted: Wanted, *, by: User) -> None:
    ground, name = _NAMES[type(wanted.evidence)]
    _check(wanted, by=by)
    filing.fields = list(dict.fromkeys(wanted.fields))
    filing.authority, filing.recipient = wanted.authority, wanted.recipient
    setattr(filing, name, wanted.evidence)
    filing.asked_for = wanted.asked_for
    filing.justification = sealed(filing, wanted.justification) if wanted.justification.strip() else None
    filing.expires_at = wanted.expires_at
    if ground is Ground.LEGAL_INSTRUMENT and isinstance(wanted.evidence, LegalInstrument):
        filing.expires_at = wanted.evidence.expires_at


def _check(wanted: Wanted, *, by: User) -> None:
    """Raise NothingAsked, DataElement.DoesNotExist, WrongRecipient, NotAParty or ReasonMissing."""
    if not wanted.fields:
        raise NothingAsked
    known = set(DataElement.objects.filter(key__in=wanted.fields).values_list("key", flat=True))
    if unknown := set(wanted.fields) - known:
        raise DataElement.DoesNotExist(", ".join(sorted(unknown)))
    kind = Recipient.AUTHORITY if wanted.authority else Recipient.PERSON
    if (wanted.authority is None) == (wanted.recipient is None) or kind not in RECIPIENTS[wanted.ground]:
        raise WrongRecipient
    if wanted.ground in (Ground.VIOLATION, Ground.OTHER_PROVISION) and not wanted.justification.strip():
        raise ReasonMissing
    evidence = wanted.evidence
    if isinstance(evidence, Complaint) and (
        evidence.complainant_id != wanted.person.pk or wanted.recipient != by or evidence.respondent_id != by.pk
    ):
        raise NotAParty
    if isinstance(evidence, Transaction):
        parties = {evidence.first_id, evidence.second_id}
        if (
            wanted.recipient is None
            or {wanted.recipient.pk, wanted.person.pk} != parties
            or by.pk != wanted.recipient.pk
        ):
            raise NotAParty
        if wanted.asked_for not in AskedFor.values:
            raise ReasonMissing


@locks.in_transaction
def submit(filing: Filing, *, shown: int, by: User, at: datetime) -> Filing:
    """Hand it to the reviewers; the clock of its ground starts, or goes on. Only whoever filed it may."""
    filing = _held(filing, shown=shown)
    if filing.filed_by_id != by.pk:
        raise NotYours
    _move(filing, Event.SUBMIT)
    if filing.submitted_at is None:
        filing.submitted_at = at
        filing.due_at = at + timedelta(days=settings.REVIEW_DAYS[filing.ground])
    _go_on(filing, at)
    filing.save()
    _record(filing, "filing.submitted", by=by, at=at)
    return filing


@locks.in_transaction
def answer(filing: Filing, *, shown: int, text: str, by: User, at: datetime) -> Filing:
    """Answer what the reviewers want to know: back to them, and the clock goes on. Only whoever filed it may.

    Raises NotYours, MovedOn, TransitionRefused unless they asked, and ReasonMissing.
    """
    filing = _held(filing, shown=shown)
    if filing.filed_by_id != by.pk:
        raise NotYours
    if filing.state != State.INFORMATION_WANTED:
        raise TransitionRefused("nobody asked")
    _move(filing, Event.SUBMIT)
    _remark(filing, Remark.Kind.ANSWER, text, by=by, at=at)
    _go_on(filing, at)
    filing.save()
    _record(filing, "filing.answered", by=by, at=at)
    return filing


@locks.in_transaction
def object_to(filing: Filing, *, text: str, by: User, at: datetime) -> Remark:
    """What the person whom the data is about says against it, for the reviewers: heard, and no veto.

    Raises NotYours for anybody else, TransitionRefused once it is over, and ReasonMissing.
    """
    filing = _held(filing)
    if filing.person_id != by.pk:
        raise NotYours
    if State(filing.state) in OVER:
        raise TransitionRefused("it is over")
    remark = _remark(filing, Remark.Kind.OBJECTION, text, by=by, at=at)
    _record(filing, "filing.objected", by=by, at=at)
    return remark


@locks.in_transaction
def take_back(filing: Filing, *, shown: int, by: User, at: datetime) -> Filing:
    """Whoever filed it withdraws it."""
    filing = _held(filing, shown=shown)
    if filing.filed_by_id != by.pk:
        raise NotYours
    _move(filing, Event.WITHDRAW)
    _close(filing, at)
    _record(filing, "filing.withdrawn", by=by, at=at)
    return filing


# -- reviewing -----------------------------------------------------------------------------------


@locks.in_transaction
def approve(filing: Filing, *, shown: int, reason: str, by: User, at: datetime) -> Filing:
    """Approve the version that was shown. The last of the approvals it needs makes it approved.

    Raises NotYours for whoever filed it, is its subject or recipient, or approved it already; MovedOn; ReasonMissing.
    """
    filing = _held(filing, shown=shown)
    _check_uninvolved(filing, by)
    approved = Approval.objects.filter(filing=filing, version=filing.version)
    if approved.filter(reviewer=by).exists():
        raise NotYours
    enough = approved.count() + 1 >= required_approvals(Ground(filing.ground))
    _move(filing, Event.APPROVE_LAST if enough else Event.APPROVE)
    entry = _record(filing, "filing.approved", by=by, at=at)
    Approval.objects.create(
        filing=filing, version=filing.version, reviewer=by, reason=_reason(filing, reason), at=at, entry_id=entry
    )
    if enough:
        filing.decided_at = at
    filing.save()
    return filing


@locks.in_transaction
def refuse(filing: Filing, *, shown: int, reason: str, by: User, at: datetime) -> Filing:
    """Refuse it, for good. Raises as `approve`."""
    filing = _held(filing, shown=shown)
    _check_uninvolved(filing, by)
    _move(filing, Event.REFUSE)
    _remark(filing, Remark.Kind.REFUSAL, reason, by=by, at=at)
    filing.decided_at = at
    _close(filing, at)
    _record(filing, "filing.refused", by=by, at=at)
    return filing


@locks.in_transaction
def ask(filing: Filing, *, shown: int, question: str, by: User, at: datetime) -> Filing:
    """Want more information from whoever filed it; the clock stops meanwhile. Raises as `approve`."""
    filing = _held(filing, shown=shown)
    _check_uninvolved(filing, by)
    _move(filing, Event.ASK)
    _remark(filing, Remark.Kind.QUESTION, question, by=by, at=at)
    filing.paused_at = at
    filing.save()
    _record(filing, "filing.information_wanted", by=by, at=at)
    return filing


@locks.in_transaction
def revoke(filing: Filing, *, shown: int, reason: str, by: User, at: datetime) -> Filing:
    """End what was approved: from the return of this call on it releases nothing. Raises as `approve`."""
    filing = _held(filing, shown=shown)
    _check_uninvolved(filing, by)
    _move(filing, Event.REVOKE)
    _remark(filing, Remark.Kind.REVOCATION, reason, by=by, at=at)
    _close(filing, at)
    _record(filing, "filing.revoked", by=by, at=at)
    return filing


@locks.in_transaction
def comment(filing: Filing, *, text: str, by: User, at: datetime) -> Remark:
    """Say something on it, for the others who work on it."""
    filing = _held(filing)
    remark = _remark(filing, Remark.Kind.COMMENT, text, by=by, at=at)
    _record(filing, "filing.commented", by=by, at=at)
    return remark


@locks.in_transaction
def assign(filing: Filing, *, to: User | None, by: User, at: datetime) -> Filing:
    """Say who looks after it (None: nobody). Raises NotYours where they may not review it."""
    filing = _held(filing)
    if to is not None:
        _check_uninvolved(filing, to)
    filing.assigned_to = to
    filing.save(update_fields=["assigned_to"])
    _record(filing, "filing.assigned", by=by, at=at)
    return filing


@locks.in_transaction
def extend(filing: Filing, *, days: int, reason: str, by: User, at: datetime) -> Filing:
    """Give the review this many days more, once it has a deadline. Raises TransitionRefused, ReasonMissing."""
    filing = _held(filing)
    if filing.due_at is None or State(filing.state) not in OPEN:
        raise TransitionRefused("there is no deadline to extend")
    _remark(filing, Remark.Kind.COMMENT, reason, by=by, at=at)
    filing.due_at += timedelta(days=days)
    filing.save(update_fields=["due_at"])
    _record(filing, "filing.extended", by=by, at=at)
    return filing


@locks.in_transaction
def delay_notice(filing: Filing, *, until: datetime, reason: str, by: User, at: datetime) -> Filing:
    """Tell the person on that day only, for a reason that the law gives. Raises ReasonMissing, MovedOn once told.

    Where something was shown already, a notice waits for the day named before: it finds that it is not due.
    """
    filing = _held(filing)
    if not reason.strip():
        raise ReasonMissing
    if filing.notified_at is not None:
        raise MovedOn
    filing.notice_due_at, filing.notice_delay_reason = until, reason.strip()
    filing.save(update_fields=["notice_due_at", "notice_delay_reason"])
    if Opening.objects.filter(filing=filing, by=Opening.By.RECIPIENT).exists():
        enqueue_notice(filing, at=at)
    _record(filing, "filing.notice_delayed", by=by, at=at, until=instant(until))
    return filing


@locks.in_transaction
def expire_due(*, at: datetime, limit: int = 200) -> int:
    """Enter what has expired as such; the gate has denied it since its date. Returns how many."""
    states = [state.value for state, event in TRANSITIONS if event is Event.EXPIRE]
    due = Filing.objects.filter(state__in=states, expires_at__lte=at).order_by("expires_at")[:limit]
    count = 0
    for row in due:
        filing = _held(row)
        # Meanwhile it can have moved on, or been given a later date.
        if filing.state not in states or filing.expires_at is None or filing.expires_at > at:
            continue
        _move(filing, Event.EXPIRE)
        _close(filing, at)
        _record(filing, "filing.expired", by=None, at=at)
        count += 1
    return count


@locks.in_transaction
def end_for(person: User, *, at: datetime) -> None:
    """End whatever is not over about a person, or for them: they are being erased."""
    for row in filings_not_over(person):
        filing = _held(row)
        event = Event.REVOKE if State(filing.state) in GRANTED else Event.WITHDRAW
        _move(filing, event)
        _close(filing, at)
        kind = "filing.revoked" if event is Event.REVOKE else "filing.withdrawn"
        _record(filing, kind, by=None, at=at, cause="erasure")


def filings_not_over(person: User) -> "QuerySet[Filing]":
    """What is not over about a person, or for them."""
    return Filing.objects.filter(Q(person=person) | Q(recipient=person)).exclude(state__in=sorted(OVER))


# -- what they share ---------------------------------------------------------------------------


def _held(filing: Filing, *, shown: int | None = None) -> Filing:
    """The filing as it stands under its exclusive lock. Raises MovedOn where another version was shown."""
    locks.exclude(evidence=[filing.pk])
    fresh = Filing.objects.select_related("person", "recipient", "authority", "filed_by").get(pk=filing.pk)
    if shown is not None and shown != fresh.version:
        raise MovedOn
    return fresh


def _move(filing: Filing, event: Event) -> None:
    filing.state = after(State(filing.state), event).value


def _check_uninvolved(filing: Filing, by: User) -> None:
    if by.pk in (filing.filed_by_id, filing.person_id, filing.recipient_id):
        raise NotYours


def _go_on(filing: Filing, at: datetime) -> None:
    """What the clock stood still is added to the deadline."""
    if filing.paused_at is not None and filing.due_at is not None:
        filing.due_at += at - filing.paused_at
    filing.paused_at = None


def _close(filing: Filing, at: datetime) -> None:
    filing.paused_at = None
    filing.save()
    _end_links(filing, at)


def _end_links(filing: Filing, at: datetime) -> None:
    AccessLink.objects.filter(filing=filing, revoked_at=None).update(revoked_at=at)


def _keys(filing: Filing) -> list[tuple[bytes, bytes]]:
    """The keys that words on a filing are sealed under, each with its context; none where one of them is gone."""
    people = {"person": filing.person_id, "recipient": filing.recipient_id}
    ids = {role: id_ for role, id_ in people.items() if id_ is not None}
    keys = open_data_keys(ids.values())
    if not all(id_ in keys for id_ in ids.values()):
        return []
    return [(keys[id_], associated_data("filing", str(filing.pk), role)) for role, id_ in ids.items()]


def sealed(filing: Filing, text: str) -> bytes:
    """Words on a filing can name people: sealed under the key of whom it is about, then of who is to receive it.

    So they go with either. Raises PersonErased.
    """
    words = text.strip().encode()
    keys = _keys(filing)
    if not keys:
        raise PersonErased
    for key, context in keys:
        words = seal(words, key=key, context=context)
    return words


def unsealed(filing: Filing, texts: Iterable[bytes | memoryview | None]) -> list[str | None]:
    """The words again; None for what is not there or does not open (one of the people may be erased)."""
    keys = _keys(filing)

    def opened(text: bytes | memoryview | None) -> str | None:
        if text is None or not keys:
            return None
        words = bytes(text)
        try:
            for key, context in reversed(keys):
                words = unseal(words, key=key, context=context)
            return words.decode()
        except (Unreadable, UnicodeDecodeError):
            return None

    return [opened(text) for text in texts]


def _reason(filing: Filing, text: str) -> bytes:
    if not text.strip():
        raise ReasonMissing
    return sealed(filing, text)


def _remark(filing: Filing, kind: Remark.Kind, text: str, *, by: User, at: datetime) -> Remark:
    return Remark.objects.create(filing=filing, kind=kind, author=by, text=_reason(filing, text), at=at)


def _actor(filing: Filing, by: User | None) -> Actor:
    if by is None:
        return SYSTEM
    return as_person(by) if by.pk in (filing.recipient_id, filing.person_id) else as_staff(by)


def _record(filing: Filing, kind: str, *, by: User | None, at: datetime, **more: Any) -> int:
    return append(
        kind=kind,
        pseudonym=pseudonym_of(filing.person),
        actor=_actor(filing, by),
        body={
            "filing": str(filing.pk),
            "version": filing.version,
            "ground": str(filing.ground),
            "state": str(filing.state),
            "fields": list(filing.fields),
            **more,
        },
        at=at,
    )
