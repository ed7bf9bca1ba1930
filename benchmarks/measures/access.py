"""What recording a request adds to it, and how fast what was recorded goes into the database."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_started
from django.db import connections
from django.test import RequestFactory, override_settings
from django.utils import timezone

from benchmarks.against.recorders import CREATE
from benchmarks.around.access_settings import HAS_EASY_AUDIT
from benchmarks.around.rounds import Side, each, take
from benchmarks.around.table import Line, Section, a_second, at_most, microseconds
from users.access import days
from users.access.drain import drain
from users.access.spool import paths_in, spool_in
from users.access.storing import store
from users.access.visits import Visit, encode
from users.models import AccessRecord

_ROUNDS, _REQUESTS, _WAITING = 15, 300, 5000
_NOTHING, _OURS, _INSERT, _PACKAGE = "no recording", "ours", "plain insert", "django-easy-audit"
_LOGGED_IN = "benchmarks.against.recorders.LoggedIn"
_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sections() -> Iterator[Section]:
    """Each measure as it is done."""
    print("Measuring …", file=sys.stderr, flush=True)
    call_command("migrate", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute(CREATE)
    days.begin_ahead(at=timezone.now())
    with TemporaryDirectory(dir=settings.DATA_DIR) as directory:
        spool = Path(directory)
        with override_settings(ROOT_URLCONF="benchmarks.against.recorders", ACCESS_SPOOL_DIR=spool):
            yield _added()
            yield _drained(spool)


def _added() -> Section:
    sides: dict[str, Side] = {
        _NOTHING: _side([_LOGGED_IN]),
        _OURS: _side(["users.middleware.AccessRecordMiddleware", _LOGGED_IN]),
        _INSERT: _side(["benchmarks.against.recorders.PlainInsert", _LOGGED_IN]),
    }
    if HAS_EASY_AUDIT:
        sides[_PACKAGE] = _side([_LOGGED_IN], _easy_audit())
    figures = take(sides, rounds=_ROUNDS)
    ours = figures.added(_OURS, _NOTHING)

    def line(what: str, other: str, **judged: Any) -> Line:
        others = microseconds(figures.added(other, _NOTHING))
        return Line(what, microseconds(ours), other, others, figures.added_ratio(_OURS, other, _NOTHING), **judged)

    aim = {
        "aim": at_most(50, "µs"),
        "judged": ours * 1e6,
        "if_missed": "the machine was busy, most often: what is added is one write to a file, one seal and a look at ten headers.",
    }
    lines = [
        line("Recorded, at the median", other, **(aim if other == _INSERT else {}))
        for other in sides
        if other not in (_NOTHING, _OURS)
    ]
    return Section(
        f"Added to a request by recording it, {_REQUESTS} requests a round",
        lines,
        [
            f"The request itself, without recording: {microseconds(figures.of(_NOTHING))}. Each side's median of a round, less "
            "that of no recording in the same round; then the median of the rounds. Ours seals, and cuts the address; the "
            "others write in the clear, and the package less than half of what the policy names."
        ],
    )


def _side(middleware: list[str], around: Callable[[], AbstractContextManager[None]] = nullcontext) -> Side:
    """The median time of a request behind this middleware, from the environment of WSGI to the end of the answer."""
    with override_settings(MIDDLEWARE=middleware):
        handler = WSGIHandler()
    headers = {"user-agent": _AGENT, "accept-language": "zh-CN,zh;q=0.9", "referer": "https://search.example/?q=words"}
    factory = RequestFactory(SERVER_NAME="localhost", REMOTE_ADDR="203.0.113.7", headers=headers)
    environment = factory.get("/en/answer/7/?page=3&q=words").environ

    def figure() -> float:
        times = []
        with around():
            for _ in range(_REQUESTS):
                asked = dict(environment)
                begin = time.perf_counter()
                answer = handler(asked, _begin_answer)
                answer.close()
                times.append(time.perf_counter() - begin)
        assert answer.status_code == 200
        return median(times)

    return figure


def _begin_answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
    """What a server does with the head of an answer: here, nothing."""


def _easy_audit() -> Callable[[], AbstractContextManager[None]]:
    """The package records at a signal that is sent for every request: it hears it while it is measured alone."""
    from easyaudit.signals.request_signals import request_started_handler

    name = "easy_audit_signals_request_started"
    request_started.disconnect(dispatch_uid=name)

    @contextmanager
    def listening() -> Iterator[None]:
        request_started.connect(request_started_handler, dispatch_uid=name)
        try:
            yield
        finally:
            request_started.disconnect(dispatch_uid=name)

    return listening


def _drained(spool: Path) -> Section:
    """From the spool into the table, while nobody waits."""
    spool_in(spool).close()
    drain(spool, at=timezone.now())

    def fill() -> None:
        for _ in range(_WAITING):
            spool_in(spool).write(encode(_visit()))
        spool_in(spool).close()

    def ours() -> float:
        fill()
        begin = time.perf_counter()
        drained = drain(spool, at=timezone.now())
        assert drained.records == _WAITING
        return _WAITING / (time.perf_counter() - begin)

    def one_by_one() -> None:
        for _ in range(_WAITING // 50):
            store([_visit()], at=timezone.now())

    slow = each(one_by_one, count=_WAITING // 50)
    figures = take({_OURS: ours, "one by one": lambda: 1 / slow()}, rounds=5)
    assert not paths_in(spool)
    assert AccessRecord.objects.exists()
    line = Line(
        "Opened, sealed again and stored",
        a_second(figures.of(_OURS)),
        "one by one",
        a_second(figures.of("one by one")),
        figures.ratio(_OURS, "one by one"),
    )
    return Section(f"Draining {_WAITING:,} visitors' records that wait", [line])


def _visit() -> Visit:
    return Visit(
        id=uuid4(),
        at=timezone.now(),
        address="203.0.113.7",
        user_agent=_AGENT,
        language="zh-CN",
        method="GET",
        page="/en/policy/",
        status=200,
    )
