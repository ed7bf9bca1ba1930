"""A person's choice of cookies, with their account: each change on the ledger, and at once in what cookies gathered (COO-c)."""

from collections.abc import Mapping
from datetime import datetime

from consent.cookie_choice import Choice, Standing, newer
from consent.cookie_queries import account_choice, gathered_beyond
from consent.cookies import OPTIONAL, CookieClass, cookie_named
from consent.models import CookieChoice
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import Source, User
from users.queries import current_items
from users.services import items
from users.services.actors import pseudonym_of
from users.services.errors import PersonErased


@locks.in_transaction
def choose(
    person: User, choice: Choice, *, signal: bool, language: str, by: Actor, at: datetime, origin: str = "page"
) -> None:
    """Keep what the person chose; what it does not allow any more is deleted with what it had gathered.

    `signal`: their browser sent Global Privacy Control, which from then on counts in all of their browsers. `origin`
    says where it was done: `page`, or `log_in` where it was chosen before, which replaces nothing later. Raises
    PersonErased.
    """
    _hold(person)
    row = _row(person)
    if origin == "log_in" and any(moment and moment >= choice.made_at for moment in (row.made_at, row.void_before)):
        return
    row.personalised = CookieClass.PERSONALISED in choice.classes
    row.promotional = CookieClass.PROMOTIONAL in choice.classes
    row.despite_signal, row.made_at, row.language = choice.despite_signal, choice.made_at, language
    row.signal_at = row.signal_at or (at if signal else None)
    row.entry_id = append(
        kind="cookies.chosen",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={
            "classes": [str(cls) for cls in OPTIONAL if cls in choice.classes],
            "signal": row.signal_at is not None,
            "despite_signal": choice.despite_signal,
            "language": language,
            "origin": origin,
        },
        at=at,
    )
    row.save()
    _forget_what_is_off(person, by=by, at=at)


@locks.in_transaction
def honour_signal(person: User, *, language: str, by: Actor, at: datetime) -> None:
    """A browser of the person's sends Global Privacy Control: it counts from now on. Twice is once. Raises PersonErased."""
    _hold(person)
    row = _row(person)
    if row.signal_at is not None:
        return
    row.signal_at, row.language = at, row.language or language
    row.entry_id = append(kind="cookies.signal_honoured", pseudonym=pseudonym_of(person), actor=by, body={}, at=at)
    row.save()
    _forget_what_is_off(person, by=by, at=at)


@locks.in_transaction
def forget_choice(person: User, *, language: str, by: Actor, at: datetime) -> None:
    """The person wants no cookies at all: nothing is allowed, what cookies gathered is deleted, no choice is remembered.

    What their other browsers still remember is void. What one asked for by Global Privacy Control goes on counting.
    Raises PersonErased.
    """
    _hold(person)
    row = _row(person)
    row.personalised = row.promotional = row.despite_signal = False
    row.made_at, row.void_before, row.language = None, at, language
    row.entry_id = append(
        kind="cookies.refused", pseudonym=pseudonym_of(person), actor=by, body={"language": language}, at=at
    )
    row.save()
    _forget_what_is_off(person, by=by, at=at)


@locks.in_transaction
def gather(person: User, values: Mapping[str, str], *, by: Actor, at: datetime) -> None:
    """Hold what these cookies hold, by their names, as far as the person allows their class. Again is no more.

    Raises PersonErased, and as `users.services.items.store`.
    """
    if not _news(person, values, at=at):
        return
    _hold(person)
    # What was allowed before the lock was there may have been refused since.
    if new := _news(person, values, at=at):
        items.store(person, new, source=Source.COOKIE, by=by, at=at)


def _news(person: User, values: Mapping[str, str], *, at: datetime) -> list[items.NewValue]:
    allowed = _allowed(person, at=at)
    wanted = {
        cookie.element: value
        for name, value in values.items()
        if (cookie := cookie_named(name)) and cookie.element and cookie.cookie_class in allowed
    }
    held = current_items(person, at=at).filter(source=Source.COOKIE, element_id__in=wanted)
    known = {reading.item.element_id: reading.value for reading in items.read(held, at=at)}
    return [items.NewValue(field, value, at) for field, value in wanted.items() if known.get(field) != value]


@locks.in_transaction
def carry_over(
    person: User,
    choice: Choice | None,
    values: Mapping[str, str],
    *,
    signal: bool,
    language: str,
    by: Actor,
    at: datetime,
) -> None:
    """At a log-in: of this browser's choice and the account's the later one holds, and what its cookies hold is held.

    Writes, and waits, only where there is something new.
    """
    account = account_choice(person.pk, at=at)
    choice = account.still_counting(choice)
    if choice is not None and newer(account.choice, choice) is choice:
        choose(person, choice, signal=signal, language=language, by=by, at=at, origin="log_in")
    elif signal and account.signal_at is None:
        honour_signal(person, language=language, by=by, at=at)
    if values:
        gather(person, values, by=by, at=at)


def _row(person: User) -> CookieChoice:
    return CookieChoice.objects.filter(person=person).first() or CookieChoice(person=person)


def _hold(person: User) -> None:
    locks.exclude(people=[person.pk])
    person.refresh_from_db(fields=["erased_at"])
    if person.erased_at is not None:
        raise PersonErased


def _allowed(person: User, *, at: datetime) -> frozenset[CookieClass]:
    account = account_choice(person.pk, at=at)
    return Standing(account.choice, signal=account.signal_at is not None).classes


def _forget_what_is_off(person: User, *, by: Actor, at: datetime) -> None:
    if fields := gathered_beyond(person, _allowed(person, at=at)):
        items.forget(person, fields, source=Source.COOKIE, by=by, at=at)
