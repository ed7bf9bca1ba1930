"""Changing where a person stands: every change with its history and its ledger entry, in one transaction (DIS-a)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from consent.models import Aspect, Consent, Purpose, PurposeVersion
from consent.queries import aspects_of, version_in_force
from consent.services.errors import ConflictingChange, TextNotShown
from consent.services.history import Changed, enter
from consent.services.meaning import invalidate, meaning_has_changed
from consent.states import LIVE, Event, State, after
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.canonical import instant
from users.models import Partner, User
from users.services.errors import PersonErased

# What ends a consent is bound to the text that was allowed, whatever is in force now.
_ENDING = frozenset({Event.WITHDRAW, Event.EXPIRE, Event.INVALIDATE, Event.REVOKE})
_NO = (State.REFUSED, State.WITHDRAWN, State.REVOKED, State.INVALIDATED)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a consent is about: whose, for what, to whom (None: nobody outside), and which aspect."""

    person: User
    purpose: Purpose
    recipient: Partner | None = None
    aspect: Aspect = Aspect.BASE


@locks.in_transaction
def change(
    subject: Subject,
    event: Event,
    *,
    by: Actor,
    at: datetime,
    said_at: datetime | None = None,
    version: PurposeVersion | None = None,
    language: str | None = None,
    expected_revision: int | None = None,
    evidence: str = "",
    origin: str = "page",
) -> Consent:
    """Apply one event to one consent, which comes into being with it.

    `version` is the text version that was shown; by default the one in force, and for what ends a consent the one it
    is bound to. `expected_revision` is the revision that was shown (0: no row), where a lost race must be noticed; a
    withdrawal wins every race. `origin` says where it was done: `page`, `mail`, `platform` or `system`. `said_at` is when the
    person said it, where that was elsewhere and earlier: a term runs from then, what is permitted from `at` on.

    Raises PersonErased (except for withdrawals), TextNotShown, ConflictingChange and TransitionRefused.
    """
    locks.share(purposes=[subject.purpose.pk])
    locks.exclude(people=[subject.person.pk])
    subject.person.refresh_from_db()
    if subject.person.erased_at is not None and event is not Event.WITHDRAW:
        raise PersonErased
    consent = Consent.objects.filter(
        person=subject.person, purpose=subject.purpose, recipient=subject.recipient, aspect=subject.aspect
    ).first()
    if event is Event.WITHDRAW:
        if consent is not None and consent.state == State.WITHDRAWN:
            return consent
    else:
        _check_not_overtaken(consent, event, expected_revision=expected_revision, said_at=said_at)
    if consent is not None and event is not Event.INVALIDATE and meaning_has_changed(consent, at=at):
        invalidate(consent, at=at)
    before = State(consent.state) if consent else State.UNKNOWN
    state = after(before, event)
    if consent is None:
        consent = Consent(
            recipient=subject.recipient, aspect=subject.aspect, language=subject.person.locale, revision=0
        )
    consent.language = language or consent.language
    if event in _ENDING and (version or consent.version_id):
        shown = version or consent.version
    else:
        shown = _text_shown(subject, event, version, consent.language, at=at)
        if event is Event.GIVE and said_at is not None and said_at < shown.published_at:
            raise TextNotShown
    consent.person, consent.purpose = subject.person, subject.purpose
    consent.state, consent.version, consent.changed_at = state, shown, at
    consent.expires_at = (
        (said_at or at) + timedelta(days=shown.valid_days) if state in LIVE and shown.valid_days else None
    )
    consent.revision += 1
    consent.save()
    enter([Changed(consent, before, said_at=said_at, evidence=evidence)], by=by, at=at, origin=origin)
    return consent


def _check_not_overtaken(
    consent: Consent | None, event: Event, *, expected_revision: int | None, said_at: datetime | None
) -> None:
    """What was decided must have been decided on what is there now. Raises ConflictingChange."""
    if expected_revision is not None and expected_revision != (consent.revision if consent else 0):
        raise ConflictingChange
    if consent is None or event is not Event.GIVE or said_at is None:
        return
    # What was said before the last refusal or withdrawal, and is only reported now, does not undo it.
    last_no = consent.changes.filter(after__in=_NO).select_related("entry").order_by("pk").last()
    if last_no and said_at < datetime.fromisoformat(last_no.entry.body["said_at"] or instant(last_no.at)):
        raise ConflictingChange


def _text_shown(
    subject: Subject, event: Event, version: PurposeVersion | None, language: str, *, at: datetime
) -> PurposeVersion:
    """The text version to bind to: published, with the aspect, naming the recipient; to give, in force and in this language.

    Raises TextNotShown. A withdrawal needs no text.
    """
    try:
        in_force = version_in_force(subject.purpose, at=at)
    except PurposeVersion.DoesNotExist:
        raise TextNotShown from None
    shown = version or in_force
    if event is Event.WITHDRAW:
        return shown
    if shown.purpose_id != subject.purpose.pk or shown.version > in_force.version:
        raise TextNotShown
    recipients: set[UUID | None] = {recipient.partner_id for recipient in shown.recipients.all()}
    if (subject.recipient.pk if subject.recipient else None) not in (recipients or {None}):
        raise TextNotShown
    if subject.aspect not in aspects_of(shown):
        raise TextNotShown
    if event is Event.GIVE and (shown != in_force or not shown.texts.filter(language=language).exists()):
        raise TextNotShown
    return shown


@locks.in_transaction
def expire_due(*, at: datetime, limit: int = 200) -> int:
    """Enter what has expired as ConsentExpired; the gate has denied it since its date. Returns how many.

    Those whose data is being read in this moment come up again with the next call.
    """
    due = Consent.objects.filter(state__in=LIVE, expires_at__lte=at).select_related("purpose", "version", "person")
    people = locks.exclude_free(due.order_by("expires_at").values_list("person_id", flat=True)[:limit])
    count = 0
    for consent in due.filter(person_id__in=people):
        before = State(consent.state)
        consent.state, consent.changed_at = after(before, Event.EXPIRE), at
        Consent.objects.filter(pk=consent.pk).update(state=consent.state, changed_at=at, revision=F("revision") + 1)
        enter([Changed(consent, before)], by=SYSTEM, at=at, origin="system")
        count += 1
    return count
