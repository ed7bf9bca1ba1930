"""Mailings: who is to be written to, once each, and what staff can do about it while it goes on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from consent.mailing_states import Event, State, after
from consent.models import Announcement, AnnouncementReceipt, Mailing, MailingRecipient, RecipientState
from consent.pacing import fresh, paid_up_to
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.services import append
from privacy_app.outbox.services import enqueue
from users.models import User
from users.services.actors import as_staff
from users.services.erasure import on_erasure

STEP = "mailing.step"
LISTED_AT_ONCE = 10_000

_LIST = """
    WITH next AS (
        SELECT id FROM users_user
        WHERE id > %(cursor)s AND created_at < %(posted_at)s AND erased_at IS NULL
        ORDER BY id LIMIT %(limit)s
    ), listed AS (
        INSERT INTO consent_mailingrecipient (mailing_id, person_id, key, state, why, attempts, due_at, language)
        SELECT %(mailing)s, id, gen_random_uuid(), 'pending', '', 0, %(at)s, '' FROM next ORDER BY id
        ON CONFLICT (mailing_id, person_id) DO NOTHING RETURNING 1
    )
    SELECT (SELECT id FROM next ORDER BY id DESC LIMIT 1), (SELECT count(*) FROM next), (SELECT count(*) FROM listed)
"""
_BEGINNING = UUID(int=0)


def begin(announcement: Announcement, *, by: Actor, at: datetime) -> Mailing:
    """Let a notice go out by mail, in the transaction that posts it."""
    mailing = Mailing.objects.create(
        announcement=announcement, per_minute=settings.MAILS_PER_MINUTE, begun_at=at, paced_at=fresh(at)
    )
    _record(mailing, "mailing.begun", by=by, at=at)
    enqueue_step(mailing, at=at)
    return mailing


def enqueue_step(mailing: Mailing, *, at: datetime, due_at: datetime | None = None) -> None:
    """Queue the next step of the mailing's run."""
    enqueue(STEP, {"mailing": str(mailing.pk), "run": mailing.run}, at=at, due_at=due_at)


@locks.in_transaction
def list_recipients(mailing: Mailing, *, at: datetime, limit: int = LISTED_AT_ONCE) -> int:
    """List the next people, in the order of their ids, with the cursor behind them; returns how many rows were written.

    Whoever came before the notice was posted is listed once, by constraint, and nobody else.
    """
    held = Mailing.objects.select_for_update().get(pk=mailing.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            _LIST,
            {
                "cursor": held.cursor or _BEGINNING,
                "posted_at": held.begun_at,
                "limit": limit,
                "mailing": held.pk,
                "at": at,
            },
        )
        last, found, listed = cursor.fetchone()
    held.cursor, held.is_listed = last or held.cursor, found < limit
    held.listed += listed
    held.save(update_fields=["cursor", "is_listed", "listed"])
    return int(listed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one recipient's turn. While `state` is pending, they have another one at `due_at`."""

    recipient: MailingRecipient
    state: RecipientState
    why: str = ""
    language: str = ""
    due_at: datetime | None = None
    was_handed_over: bool = False


@locks.in_transaction
def settle(mailing: Mailing, outcomes: Iterable[Outcome], *, is_held_up: bool, at: datetime) -> None:
    """Note what came of these recipients' turns, with the counts and the pace of their mailing.

    Rows of people who were erased meanwhile are gone, and were counted by whoever erased them.
    """
    counts: Counter[str] = Counter()
    handed_over = 0
    for outcome in outcomes:
        handed_over += outcome.was_handed_over
        row = MailingRecipient.objects.filter(pk=outcome.recipient.pk, state=RecipientState.PENDING)
        if outcome.state is RecipientState.PENDING:
            row.update(attempts=F("attempts") + 1, why=outcome.why, due_at=outcome.due_at)
        elif row.update(state=outcome.state, why=outcome.why, language=outcome.language, settled_at=at):
            counts[f"skipped_{outcome.why}" if outcome.state is RecipientState.SKIPPED else str(outcome.state)] += 1
    held = Mailing.objects.select_for_update().get(pk=mailing.pk)
    held.paced_at = paid_up_to(held.paced_at, handed_over, per_minute=held.per_minute, at=at)
    held.held_up_since = (held.held_up_since or at) if is_held_up else None
    for name, count in counts.items():
        setattr(held, name, getattr(held, name) + count)
    held.save(update_fields=["paced_at", "held_up_since", *counts])


@locks.in_transaction
def record_bounce(number: int, key: UUID, *, code: str, at: datetime) -> bool:
    """Note that a mail which was sent came back; whether there is such a mail, and it was not known to have come back."""
    recipient = MailingRecipient.objects.filter(pk=number, key=key).first()
    if recipient is None:
        return False
    row = MailingRecipient.objects.filter(pk=number, state=RecipientState.SENT)
    if not row.update(state=RecipientState.BOUNCED, why=code):
        return False
    Mailing.objects.filter(pk=recipient.mailing_id).update(sent=F("sent") - 1, bounced=F("bounced") + 1)
    return True


@on_erasure
def forget(person: User, at: datetime) -> None:
    """Delete the person's rows, and what says that they read a notice; who was still to be written to counts as erased."""
    AnnouncementReceipt.objects.filter(person=person).delete()
    for mailing_id in list(Mailing.objects.order_by("pk").values_list("pk", flat=True)):
        rows = MailingRecipient.objects.filter(mailing=mailing_id, person=person)
        pending = rows.filter(state=RecipientState.PENDING).delete()[0]
        rows.delete()
        if pending:
            Mailing.objects.filter(pk=mailing_id).update(skipped_erased=F("skipped_erased") + pending)


@locks.in_transaction
def finish_or_list_again(mailing: Mailing, *, at: datetime) -> bool:
    """Finish a mailing of which nothing is left to do; whether it is finished.

    Somebody whose sign-up began before the notice and was committed after their turn is found by looking once more.
    """
    held = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if held.state != State.RUNNING or held.to_do:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, {"posted_at": held.begun_at, "mailing": held.pk, "at": at})
        missed = cursor.rowcount
    if missed:
        Mailing.objects.filter(pk=held.pk).update(listed=held.listed + missed)
        return False
    _move(held, Event.FINISH, by=SYSTEM, at=at)
    return True


_MISSED = """
    INSERT INTO consent_mailingrecipient (mailing_id, person_id, key, state, why, attempts, due_at, language)
    SELECT %(mailing)s, id, gen_random_uuid(), 'pending', '', 0, %(at)s, '' FROM users_user AS person
    WHERE created_at < %(posted_at)s AND erased_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM consent_mailingrecipient WHERE mailing_id = %(mailing)s AND person_id = person.id
    )
    ON CONFLICT (mailing_id, person_id) DO NOTHING
"""


def pause(mailing: Mailing, *, by: User, at: datetime) -> None:
    """Hold the mailing up: what a worker has begun it ends, within one batch. Raises TransitionRefused."""
    _decided(mailing, Event.PAUSE, by=by, at=at)


def resume(mailing: Mailing, *, by: User, at: datetime) -> None:
    """Let it go on where it stood. Raises TransitionRefused."""
    _decided(mailing, Event.RESUME, by=by, at=at)


def stop(mailing: Mailing, *, by: User, at: datetime) -> None:
    """End it for good: whoever was not written to will not be. Raises TransitionRefused."""
    _decided(mailing, Event.STOP, by=by, at=at)


@locks.in_transaction
def _decided(mailing: Mailing, event: Event, *, by: User, at: datetime) -> None:
    held = Mailing.objects.select_for_update().get(pk=mailing.pk)
    _move(held, event, by=as_staff(by), at=at)
    if event is Event.RESUME:
        # The steps of the run before end by themselves, should any still be waiting.
        held.run += 1
        held.save(update_fields=["run"])
        enqueue_step(held, at=at)


_ENTRIES = {
    Event.PAUSE: "mailing.paused",
    Event.RESUME: "mailing.resumed",
    Event.STOP: "mailing.stopped",
    Event.FINISH: "mailing.finished",
}


def _move(mailing: Mailing, event: Event, *, by: Actor, at: datetime) -> None:
    """Carry out one event of a mailing whose row is held, with its entry."""
    mailing.state = after(State(mailing.state), event).value
    if event in (Event.STOP, Event.FINISH):
        mailing.finished_at = at
    mailing.save(update_fields=["state", "finished_at"])
    _record(mailing, _ENTRIES[event], by=by, at=at)


def _record(mailing: Mailing, kind: str, *, by: Actor, at: datetime) -> None:
    counts = {"listed": mailing.listed, "sent": mailing.sent, "bounced": mailing.bounced, "skipped": mailing.skipped}
    body = {"notice": str(mailing.announcement_id), "per_minute": mailing.per_minute, **counts}
    append(kind=kind, pseudonym=None, actor=by, body=body, at=at)
