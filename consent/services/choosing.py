"""A person's own press of a switch: what was shown to them is what is changed, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from consent.models import Aspect, Consent, PurposeVersion
from consent.queries import purpose_and_recipient, version_numbered
from consent.services.asking import refuse_more
from consent.services.consents import Subject, change
from consent.services.errors import ConflictingChange, TextNotShown, UnknownChoice
from consent.states import Event, TransitionRefused
from users.models import User
from users.services.actors import as_person


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed, and the text version and revision that stood beside it.

    `event` is None where a consent is to stay as it was: what a newer text names beyond it is refused.
    """

    purpose: str
    recipient: UUID | None
    aspect: Aspect
    event: Event | None
    version: int
    revision: int


def choose(person: User, press: Press, *, language: str, at: datetime) -> Consent:
    """Change one consent as its owner pressed.

    Raises UnknownChoice where there is no such purpose or recipient; ConflictingChange and TextNotShown where things
    are no longer as they were shown. Nothing is changed then.
    """
    try:
        purpose, recipient = purpose_and_recipient(press.purpose, press.recipient)
    except ObjectDoesNotExist:
        raise UnknownChoice from None
    subject = Subject(person, purpose, recipient, press.aspect)
    # A withdrawal needs no text: it is bound to the one that was allowed, and wins every race.
    if press.event is Event.WITHDRAW:
        return change(subject, press.event, by=as_person(person), at=at, language=language)
    try:
        version = version_numbered(purpose, press.version)
    except PurposeVersion.DoesNotExist:
        raise TextNotShown from None
    if press.event is None:
        return refuse_more(
            subject,
            version=version,
            language=language,
            by=as_person(person),
            at=at,
            expected_revision=press.revision,
        )
    try:
        return change(
            subject,
            press.event,
            by=as_person(person),
            at=at,
            version=version,
            language=language,
            expected_revision=press.revision,
        )
    except TransitionRefused:
        raise ConflictingChange from None
