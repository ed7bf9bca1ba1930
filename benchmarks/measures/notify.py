"""What it costs to tell everybody: publishing, a page view, the rows of a mailing, and the worker that sends it."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import psutil  # type: ignore[import-untyped]
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from benchmarks.against import rows
from benchmarks.around import crowd
from benchmarks.around.rounds import each, take
from benchmarks.around.table import Line, Section, at_least, at_most
from consent.announcement_queries import unread_of
from consent.mailing_steps import advance
from consent.models import Announcement, AnnouncementKind, Mailing, Significance
from consent.services.announcements import Told, post
from consent.services.mailings import list_recipients
from consent.services.policies import publish
from privacy_app.languages import CODES
from privacy_app.ledger.actors import SYSTEM
from users.models import User

_FEW = 10_000
_SAMPLE = 5_000
_LETTERS, _WARM = 10_000, 1_000
_PEER = "django-notifications-hq"
_VIEWS, _ROUNDS = 200, 5


def sections(people: int) -> Iterator[Section]:
    """Each measure as it is done; the first two with few people and again with all of them."""
    _say("Making the first people")
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0, stdout=sys.stderr)
    crowd.grow(0, _FEW)
    published, viewed = {_FEW: _publish()}, {_FEW: _view()}
    _say(f"Making {people:,} people")
    crowd.grow(_FEW, people)
    published[people], viewed[people] = _publish(), _view()
    _say("A row for each of a sample, by the peer")
    peer = _peer_rows() if rows.is_there() else None
    yield _publishing(published, people, peer)
    yield _viewing(viewed, people)
    _say("Listing everybody")
    yield _listing(people, peer)
    _say("Sending")
    yield _sending(people)


def _publish() -> float:
    """Seconds for publishing a significant version, its notice and its mailing included; the median of five."""
    texts = dict.fromkeys(CODES, "# Policy\n\n## Storage\n\n### STO-1 · Where\n\nHere.")

    def one() -> float:
        began = time.perf_counter()
        publish(
            policy_texts=texts,
            agreement_texts=texts,
            prevailing_language="zh-hans",
            summaries=dict.fromkeys(CODES, "What changed."),
            significance=Significance.SIGNIFICANT,
            by=SYSTEM,
            at=timezone.now(),
        )
        return time.perf_counter() - began

    return sorted(one() for _ in range(_ROUNDS))[_ROUNDS // 2]


def _view() -> tuple[float, float | None]:
    """Seconds for what a page asks about the notices of one person, ours and the peer's."""
    people = list(User.objects.order_by("id")[:_VIEWS])
    if rows.is_there():
        rows.tell(people)
    now = timezone.now()
    sides = {"ours": each(lambda: [unread_of(person, at=now) for person in people], count=len(people))}
    if rows.is_there():
        sides[_PEER] = each(lambda: [rows.unread_count(person) for person in people], count=len(people))
    figures = take(sides, rounds=_ROUNDS)
    return figures.of("ours"), figures.of(_PEER) if rows.is_there() else None


def _peer_rows() -> float:
    """Rows a second of the peer, over a sample of the people, in one transaction."""
    people = list(User.objects.order_by("id")[:_SAMPLE])
    began = time.perf_counter()
    with transaction.atomic():
        rows.tell(people)
    return len(people) / (time.perf_counter() - began)


def _publishing(published: dict[int, float], people: int, peer: float | None) -> Section:
    few, all_ = published[_FEW], published[people]
    lines = [
        Line(
            f"with {people:,} people",
            f"{all_ * 1e3:,.1f} ms",
            f"with {_FEW:,}",
            f"{few * 1e3:,.1f} ms",
            all_ / few,
            at_most(1.5),
        )
    ]
    notes = ["Publishing posts the notice that everybody sees and begins the mailing, in the same transaction."]
    if peer:
        lines.append(
            Line(
                "until everybody is told on the site",
                f"{all_ * 1e3:,.1f} ms",
                f"{_PEER}, extrapolated",
                f"{people / peer:,.0f} s",
                all_ / (people / peer),
            )
        )
        notes.append(f"{_PEER} wrote {peer:,.0f} rows a second for {_SAMPLE:,} people; for all it would take so long.")
    return Section("Publishing a significant version", lines, notes)


def _viewing(viewed: dict[int, tuple[float, float | None]], people: int) -> Section:
    (few, _), (all_, peer) = viewed[_FEW], viewed[people]
    lines = [
        Line(
            f"with {people:,} people",
            f"{all_ * 1e6:,.0f} µs",
            f"with {_FEW:,}",
            f"{few * 1e6:,.0f} µs",
            all_ / few,
            at_most(1.5),
        )
    ]
    if peer:
        lines.append(
            Line("with five to ten notices", f"{all_ * 1e6:,.0f} µs", _PEER, f"{peer * 1e6:,.0f} µs", all_ / peer)
        )
    note = "Ours reads the unread notices with their texts; the peer's counts its rows. With few people there were five notices, with all ten."
    return Section("What a page view asks of the notices", lines, [note])


def _listing(people: int, peer: float | None) -> Section:
    """The rows of a mailing, in steps of 10,000, each a transaction of its own."""
    mailing = _a_mailing()
    began = time.perf_counter()
    while not mailing.is_listed:
        list_recipients(mailing, at=timezone.now())
        mailing.refresh_from_db()
    rate = people / (time.perf_counter() - began)
    assert mailing.listed == people
    line = Line(f"{people:,} rows", f"{rate:,.0f}/s", _PEER if peer else "", f"{peer:,.0f}/s" if peer else "", None)
    if peer:
        line = Line(line.what, line.ours, line.other, line.others, rate / peer, at_least(100))
    return Section("Mail rows, one for each person", [line], [])


def _a_mailing() -> Mailing:
    told = dict.fromkeys(CODES, Told("New opening hours", "We open at **nine**."))
    # As of a moment to come, so that those who were made a moment ago were there.
    at = timezone.now() + timedelta(seconds=1)
    return Mailing.objects.get(announcement=post(AnnouncementKind.MESSAGE, told, by=SYSTEM, at=at))


def _sending(people: int) -> Section:
    """The steps of the worker, with a mail backend that throws the letters away; and the memory that they take."""
    mailing = Mailing.objects.select_related("announcement").order_by("-listed").first()
    assert mailing is not None
    process = psutil.Process(os.getpid())

    def send(until: int) -> None:
        while mailing.sent < until:
            advance(mailing, clock=timezone.now)
            mailing.refresh_from_db()

    count = min(_LETTERS, people)
    send(min(_WARM, count // 10))
    before, sent, began = process.memory_info().rss, mailing.sent, time.perf_counter()
    send(count)
    rate = (mailing.sent - sent) / (time.perf_counter() - began)
    grown = (process.memory_info().rss - before) / 1e6
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM consent_mailingrecipient WHERE mailing_id = %s AND state = 'sent'", [mailing.pk]
        )
        assert cursor.fetchone()[0] == mailing.sent
    lines = [
        Line(f"memory added by {count:,} letters", f"{grown:,.1f} MB", "", "", None, at_most(5, "MB"), grown),
        Line("letters written and thrown away", f"{rate:,.0f}/s", "", "", None),
    ]
    note = (
        f"The process took {before / 1e6:,.0f} MB before. Listing everybody went before, in the same process. "
        "A letter is read about, rendered and noted as sent; no mail server takes part."
    )
    assert Announcement.objects.exists()
    return Section("The worker that sends them", lines, [note])


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)
