"""The steps in which a mailing goes out: messages of the outbox, each of which queues the next.

A step lists recipients, or writes to a batch of them, with one connection to the mail server for the batch. It is one
transaction: a worker that is killed in it leaves recipients, cursor and counts as they were, and the outbox takes the
step up again. What it had handed over by then, a batch at most, goes out once more under the same Message-IDs.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from consent.announcement_mail import letter_to
from consent.handing_over import Refusal, ServerAway, hand_over
from consent.mailing_states import State
from consent.models import Announcement, AnnouncementKind, Mailing, MailingRecipient, RecipientState, SkipReason
from consent.pacing import allowance, next_at
from consent.services.mailings import STEP, Outcome, enqueue_step, finish_or_list_again, list_recipients, settle
from consent.standings import permits_news
from privacy_app import locks
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from users.mail import confirmed_address_of

log = structlog.get_logger(__name__)

BATCH = 20
"""So many are written to in one step at most, and go out twice if a worker is killed in it."""

_LONGEST_STEP = 5.0
"""Seconds after which a step begins no further letter: for so long, and one letter, a pause or an erasure may wait."""

_HELD_UP_FOR = timedelta(minutes=1)
_FIRST_WAIT = timedelta(minutes=15)
_MAX_ATTEMPTS = 8
"""Over about a day and a half: servers that turn strangers away for an hour lose nobody."""

Connect = Callable[[], BaseEmailBackend]
Clock = Callable[[], datetime]


@handles(STEP, patient=True)
def step(message: Message) -> None:
    """Carry out one step of a mailing, and queue the next; nothing where it was paused, stopped or resumed meanwhile."""
    mailing = Mailing.objects.select_related("announcement__policy").get(pk=message.payload["mailing"])
    if mailing.run != message.payload["run"] or mailing.state != State.RUNNING:
        return
    # Two steps at once would send twice: the one that comes second leaves it to the first.
    if not locks.try_exclude("mailing", str(mailing.pk)):
        return
    due_at = advance(mailing, clock=timezone.now)
    if due_at is not None:
        enqueue_step(mailing, at=timezone.now(), due_at=due_at)


def advance(mailing: Mailing, *, clock: Clock, connect: Connect = get_connection) -> datetime | None:
    """List the next recipients, or write to a batch of them; when the next step is due, None once it is finished."""
    now = clock()
    if not mailing.is_listed:
        list_recipients(mailing, at=now)
        return now
    allowed = allowance(mailing.paced_at, per_minute=mailing.per_minute, at=now)
    due = mailing.recipients.filter(state=RecipientState.PENDING, due_at__lte=now).order_by("due_at", "id")
    batch = list(due[:BATCH])
    if batch and not allowed:
        return next_at(mailing.paced_at, BATCH, per_minute=mailing.per_minute)
    if batch:
        is_held_up = _write_to(batch, mailing, allowed=allowed, clock=clock, connect=connect)
        return now + _HELD_UP_FOR if is_held_up else now
    waiting = mailing.recipients.filter(state=RecipientState.PENDING).order_by("due_at").first()
    if waiting is not None:
        return waiting.due_at
    return None if finish_or_list_again(mailing, at=now) else now


def _write_to(batch: list[MailingRecipient], mailing: Mailing, *, allowed: int, clock: Clock, connect: Connect) -> bool:
    """Write to as many of the batch as are allowed; whether the mail server is away."""
    announcement = (
        Announcement.objects.prefetch_related("texts").select_related("policy").get(pk=mailing.announcement_id)
    )
    began = time.monotonic()
    outcomes: list[Outcome] = []
    connection = connect()
    is_held_up = False
    try:
        for recipient in batch:
            if allowed <= 0 or time.monotonic() - began > _LONGEST_STEP:
                break
            outcome = _turn(recipient, announcement, connection, at=clock())
            outcomes.append(outcome)
            allowed -= outcome.was_handed_over
    except ServerAway as away:
        is_held_up = True
        log.warning("mailing.held_up", mailing=str(mailing.pk), error=type(away.__cause__ or away).__name__)
    finally:
        _close(connection)
    settle(mailing, outcomes, is_held_up=is_held_up, at=clock())
    return is_held_up


def _turn(
    recipient: MailingRecipient, announcement: Announcement, connection: BaseEmailBackend, *, at: datetime
) -> Outcome:
    """Write to one recipient, if they are still to be written to at this moment. Raises ServerAway."""
    person = recipient.person
    if not person.is_active:
        return _skipped(recipient, SkipReason.CLOSED)
    address = confirmed_address_of(person)
    if address is None:
        return _skipped(recipient, SkipReason.UNCONFIRMED)
    if announcement.kind == AnnouncementKind.NEWS and not permits_news(person, at=at):
        return _skipped(recipient, SkipReason.OBJECTED)
    letter = letter_to(address.email, person.locale, announcement, recipient, connection)
    refusal = hand_over(letter.message, connection)
    if refusal is None:
        return Outcome(recipient, RecipientState.SENT, language=letter.language, was_handed_over=True)
    return _refused(recipient, refusal, letter.language, at=at)


def _skipped(recipient: MailingRecipient, why: SkipReason) -> Outcome:
    return Outcome(recipient, RecipientState.SKIPPED, why=why)


def _refused(recipient: MailingRecipient, refusal: Refusal, language: str, *, at: datetime) -> Outcome:
    """Returned for good, or another turn later."""
    if refusal.is_final or recipient.attempts + 1 >= _MAX_ATTEMPTS:
        return Outcome(recipient, RecipientState.BOUNCED, refusal.code, language, was_handed_over=True)
    due_at = at + _FIRST_WAIT * 2**recipient.attempts
    return Outcome(recipient, RecipientState.PENDING, refusal.code, due_at=due_at, was_handed_over=True)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        # What it had taken it has taken.
        log.info("mailing.connection_lost")
