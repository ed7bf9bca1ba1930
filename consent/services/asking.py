"""Putting to a person what a new text brought, once, and taking a no for an answer (CHG-b).

The consent that is there stands meanwhile for what it named: being asked for more, and refusing it, change nothing of it.
"""

from datetime import datetime

from consent.models import Consent, More, PurposeVersion
from consent.services.consents import Subject
from consent.services.errors import ConflictingChange
from consent.services.history import Changed, Widened, enter, enter_widened
from consent.services.meaning import invalidate
from consent.standings import Choice, choices_of
from consent.states import LIVE, Event, State, after
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM, Actor
from users.models import User
from users.services.actors import pseudonyms_of


@locks.in_transaction
def ask(person: User, *, language: str, at: datetime) -> int:
    """Enter that the person is asked now for everything they are to be asked for; returns for how much.

    To be called when it is shown. Asked once, nothing is entered again; the number of writes is constant.
    """
    locks.exclude(people=[person.pk])
    person.refresh_from_db()
    if person.erased_at is not None:
        return 0
    unasked = [choice for choice in choices_of(person, at=at) if choice.is_unasked]
    if not unasked:
        return 0
    overdue = [choice.consent for choice in unasked if choice.consent and choice.covered is None]
    invalidate(*(consent for consent in overdue if consent.state in LIVE), at=at)
    more = [choice for choice in unasked if choice.state in LIVE]
    enter_widened(
        [_widened(choice, More.ASKED, language) for choice in more],
        pseudonyms=pseudonyms_of([person.pk]),
        by=SYSTEM,
        at=at,
    )
    _request([choice for choice in unasked if choice not in more], person, language=language, at=at)
    return len(unasked)


def _request(choices: list[Choice], person: User, *, language: str, at: datetime) -> None:
    """Enter as requested what nothing is allowed of yet, or any more."""
    changes = []
    for choice in choices:
        partner = choice.recipient.partner if choice.recipient else None
        consent = choice.consent or Consent(
            person=person, purpose=choice.version.purpose, recipient=partner, aspect=choice.aspect, revision=0
        )
        before = State(consent.state) if choice.consent else State.UNKNOWN
        consent.state = after(before, Event.REQUEST)
        consent.version, consent.language, consent.changed_at, consent.expires_at = choice.version, language, at, None
        consent.revision += 1
        changes.append(Changed(consent, before))
    new = [change.consent for change in changes if change.before is State.UNKNOWN]
    old = [change.consent for change in changes if change.before is not State.UNKNOWN]
    Consent.objects.bulk_create(new)
    Consent.objects.bulk_update(old, ["state", "version", "language", "changed_at", "expires_at", "revision"])
    if changes:
        enter(changes, by=SYSTEM, at=at, origin="system")


def _widened(choice: Choice, more: More, language: str) -> Widened:
    assert choice.consent is not None
    return Widened(choice.consent, choice.version, more, choice.more, language)


@locks.in_transaction
def refuse_more(
    subject: Subject, *, version: PurposeVersion, language: str, by: Actor, at: datetime, expected_revision: int
) -> Consent:
    """Keep a consent as it was: what `version` names beyond it is refused, and not asked again for this version.

    Raises ConflictingChange where that was not what stood there: nothing is entered then. Refusing twice is once.
    """
    locks.share(purposes=[subject.purpose.pk])
    locks.exclude(people=[subject.person.pk])
    choice = next(
        (
            choice
            for choice in choices_of(subject.person, at=at)
            if choice.version == version
            and (choice.recipient.partner_id if choice.recipient else None)
            == (subject.recipient.pk if subject.recipient else None)
            and choice.aspect is subject.aspect
        ),
        None,
    )
    if choice is None or choice.consent is None or not choice.more or choice.revision != expected_revision:
        raise ConflictingChange
    if choice.is_refused:
        return choice.consent
    choice.consent.revision += 1
    choice.consent.save(update_fields=["revision"])
    enter_widened(
        [_widened(choice, More.REFUSED, language)],
        pseudonyms=pseudonyms_of([subject.person.pk]),
        by=by,
        at=at,
    )
    return choice.consent
