"""What the desk's pages cost: their time and their statements over many requests, beside the same pages over few."""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.around import world
from benchmarks.around.database import copy_of_database, use_database
from benchmarks.around.desk import Desk, fill, furnish
from benchmarks.around.rounds import Figures
from benchmarks.around.run import say
from benchmarks.around.table import Line, Section, at_most
from disclosure.filing_queries import Narrowing, queue
from disclosure.filing_states import State
from disclosure.gate import Ground
from disclosure.models.filings import FILING_GROUNDS
from users.models import User
from users.slices import Mark

OPEN, CLOSED, ASKED, PEOPLE = 10_000, 1_000_000, 1_000_000, 100_000
FEW = 1_000
_FEW_OPEN, _FEW_PEOPLE = 500, 100
_ROUNDS = 3
_FEW_SIDE = f"over {FEW:,}"
_DESK = "/en/desk/"
_Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page and how it is asked for: got, or with `typed` posted."""

    name: str
    path: str
    typed: Mapping[str, str] | None = None

    def show(self, browser: Client) -> bytes:
        answer = browser.get(self.path) if self.typed is None else browser.post(self.path, dict(self.typed))
        assert answer.status_code == 200, (self.name, answer.status_code)
        return answer.content


def sections() -> Iterator[Section]:
    say("Making the few that are real")
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0, stdout=sys.stderr)
    at = timezone.now()
    desk = furnish(world.make(20, at=at), at=at)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(desk.staff[1], backend="allauth.account.auth_backends.AuthenticationBackend")
    rare = Client(SERVER_NAME="localhost")
    rare.force_login(desk.staff[-1], backend="allauth.account.auth_backends.AuthenticationBackend")
    with copy_of_database() as (many, few):
        say(f"Filling in {FEW:,}")
        use_database(few)
        fill(desk, people=_FEW_PEOPLE, open_=_FEW_OPEN, closed=FEW - _FEW_OPEN, asked=FEW, at=at)
        begin = time.monotonic()
        say(f"Filling in {OPEN + CLOSED + ASKED:,}")
        use_database(many)
        fill(desk, people=PEOPLE, open_=OPEN, closed=CLOSED, asked=ASKED, at=at)
        say(f"That took {time.monotonic() - begin:.0f} s. Measuring")
        yield from _measured(Measures(many, few, browser, rare, desk))


class Measures:
    """`browser` is a reviewer's with the usual work, `rare` one's who filed a few requests long ago."""

    def __init__(self, many: str, few: str, browser: Client, rare: Client, desk: Desk) -> None:
        self.databases = {"ours": many, _FEW_SIDE: few}
        self.browser, self.rare, self.desk = browser, rare, desk

    def pages(self) -> list[tuple[Page, Client]]:
        """Those that a reviewer opens, in the database that is in use."""
        return [
            *((page, self.browser) for page in _queue(self.desk)),
            *((page, self.rare) for page in _queue_of_one()),
            (Page("one request", f"{_DESK}filings/{self.desk.filing.pk}/"), self.browser),
            *((page, self.browser) for page in _searches(self.desk)),
        ]


def _queue(desk: Desk) -> Iterator[Page]:
    def narrowed(name: str, **query: str) -> Page:
        return Page(f"queue: {name}", f"{_DESK}?" + "&".join(f"{key}={value}" for key, value in query.items()))

    yield narrowed("in review")
    yield narrowed("in review, further down", after=_a_mark())
    for state in State:
        yield narrowed(state.replace("_", " "), state=state)
    for ground, _ in FILING_GROUNDS:
        yield narrowed(f"in review, {ground.replace('_', ' ')}", ground=ground)
    yield narrowed("in review, for an authority", authority=str(desk.authorities[0].pk))
    for age in ("overdue", "soon", "week", "month"):
        yield narrowed(f"in review, {age}", age=age)
    yield narrowed("in review, assigned to me", mine="assigned")
    yield narrowed("in review, filed by me", mine="filed")
    yield narrowed("released, filed by me", state="released", mine="filed")
    yield narrowed("refused, other provision", state="refused", ground="other_provision")
    yield narrowed("refused, for a rare authority", state="refused", authority=str(desk.authorities[-1].pk))
    yield narrowed("refused, overdue (none can be)", state="refused", age="overdue")


def _queue_of_one() -> Iterator[Page]:
    yield Page("queue: released, filed by one who filed few", f"{_DESK}?state=released&mine=filed")
    yield Page("queue: released, assigned to one who has few", f"{_DESK}?state=released&mine=assigned")


def _a_mark() -> str:
    """Where the two hundredth request that waits stands."""
    mark = ""
    for _ in range(4):
        mark = queue(Narrowing(), at=timezone.now(), after=Mark.parsed(mark)).after
    return mark.replace("+", "%2B")


def _searches(desk: Desk) -> Iterator[Page]:
    def sought(name: str, place: str = "decisions", **typed: str) -> Page:
        kind = "search" if place == "decisions" else place
        return Page(f"{kind}: {name}", f"{_DESK}search/", {"place": place, **typed})

    def day(ago: int) -> str:
        return (timezone.localdate() - timedelta(days=ago)).isoformat()

    month = {"since": day(500), "until": day(470)}
    person = "somebody7@lantern.example"
    id_ = str(User.objects.get(email=person).pk)
    yield Page("search: nothing asked yet", f"{_DESK}search/")
    yield sought("decisions")
    yield sought("by person", person=id_)
    yield sought("by partner", recipient=str(desk.world.partner.pk))
    yield sought("by authority", recipient=str(desk.authorities[0].pk))
    yield sought("by rare authority", recipient=str(desk.authorities[-1].pk))
    for ground in Ground:
        yield sought(f"by ground, {ground.replace('_', ' ')}", ground=ground)
    for result in ("permitted", "waiting", "refused"):
        yield sought(f"by outcome, {result}", result=result)
    yield sought("by a month long ago", **month)
    yield sought("by the time until then", until=day(1000))
    yield sought("by ground, outcome and month", ground="violation", result="refused", **month)
    yield sought("by ground and outcome, other provision waiting", ground="other_provision", result="waiting")
    yield sought("by partner, outcome and month", recipient=str(desk.world.partner.pk), result="refused", **month)
    yield sought("latest", "ledger")
    yield sought("by person", "ledger", person=id_)
    yield sought("by kind", "ledger", kind="filing.refused")
    yield sought("by rare kind", "ledger", kind="authority.added")
    yield sought("by a month long ago", "ledger", **month)
    yield sought("by the time until then", "ledger", until=day(1000))
    yield sought("by kind and month", "ledger", kind="filing.revoked", **month)
    yield sought("by person and month", "ledger", person=id_, **month)


def _measured(measures: Measures) -> Iterator[Section]:
    times: dict[str, dict[str, list[float]]] = {}
    statements: dict[str, dict[str, int]] = {}
    rows: dict[str, dict[str, int]] = {}
    for number in range(_ROUNDS):
        sides = list(measures.databases)
        for side in sides if number % 2 else reversed(sides):
            use_database(measures.databases[side])
            for page, browser in measures.pages():
                show = partial(page.show, browser)
                if number == 0:
                    with CaptureQueriesContext(connection) as captured:
                        content = show()
                    statements.setdefault(page.name, {})[side] = len(captured)
                    rows.setdefault(page.name, {})[side] = content.count(b'<th scope="row"')
                times.setdefault(page.name, {}).setdefault(side, []).append(_seconds(show))
    yield Section(
        "A page over 10,000 open and 1,000,000 closed requests, and 1,000,000 of partners",
        [_time_line(name, times, rows) for name in times],
        [f"A page that shows more rows than it does over {FEW:,} is compared with the first of its kind over {FEW:,}."],
    )
    yield Section("The most statements that a page sends", [*_count_lines(statements, rows)])


def _seconds(show: Callable[[], Any]) -> float:
    """How long it takes, once what it needs is in memory."""
    show()
    gc.collect()
    begin = time.perf_counter()
    show()
    return time.perf_counter() - begin


def _beside(name: str, rows: _Counts) -> tuple[str, str]:
    """The page over few that this one is compared with, and what to call it: one that shows at least as many rows."""
    if rows[name]["ours"] <= rows[name][_FEW_SIDE]:
        return name, _FEW_SIDE
    return _FIRST[_kind(name)], "full page there"


def _time_line(name: str, times: Mapping[str, Mapping[str, list[float]]], rows: _Counts) -> Line:
    other, beside = _beside(name, rows)
    figures = Figures({"ours": times[name]["ours"], beside: times[other][_FEW_SIDE]})
    return Line(
        f"{name} ({rows[name]['ours']} rows)",
        _milliseconds(figures.of("ours")),
        beside,
        _milliseconds(figures.of(beside)),
        figures.ratio("ours", beside),
        at_most(1.5),
    )


def _kind(name: str) -> str:
    return name.partition(":")[0]


_FIRST = {"queue": "queue: in review", "search": "search: decisions", "ledger": "ledger: latest"}
"""A page of each kind that is full whatever there is."""


def _count_lines(statements: _Counts, rows: _Counts) -> Iterator[Line]:
    """Of each kind of page the one that sends the most beside what it is compared with."""
    for kind in dict.fromkeys(map(_kind, statements)):
        compared = [
            (by_side["ours"], statements[_beside(name, rows)[0]][_FEW_SIDE])
            for name, by_side in statements.items()
            if _kind(name) == kind
        ]
        many, few = max(compared, key=lambda pair: (pair[0] / pair[1], pair[0]))
        yield Line(f"{kind}, {len(compared)} pages", str(many), _FEW_SIDE, str(few), many / few, at_most(1))


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f} ms"
