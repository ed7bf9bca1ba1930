"""What logs say: ids, counts and places, never values."""

import logging
from collections.abc import Iterator
from typing import Any, cast

import pytest
import structlog
from celery import Celery
from celery.app.trace import build_tracer
from django.conf import settings

from privacy_app.logs import TaskErrors

SECRET = "ada@lantern.example"


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """Every line as the handler of this installation writes it."""
    factory = cast("dict[str, Any]", settings.LOGGING["formatters"])["structured"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=factory["processor"], foreign_pre_chain=factory["foreign_pre_chain"]
    )
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler = Lines()
    handler.addFilter(TaskErrors())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def _fail() -> None:
    raise ValueError(SECRET)


@pytest.mark.clause("SEC-a")
def test_an_error_is_logged_by_its_class_and_place_and_never_by_its_text(written: list[str]) -> None:
    for log in (logging.getLogger("a library"), structlog.get_logger("ours")):
        try:
            _fail()
        except ValueError:
            log.exception("it.failed")
    assert len(written) == 2
    for line in written:
        assert "it.failed" in line
        assert "ValueError" in line and "_fail" in line
        assert SECRET not in line


@pytest.mark.clause("SEC-a")
def test_an_error_handed_over_as_such_is_treated_alike(written: list[str]) -> None:
    try:
        _fail()
    except ValueError as error:
        structlog.get_logger("ours").error("it.failed", exc_info=error)
    structlog.get_logger("ours").error("all.is.well", exc_info=True)
    assert "ValueError" in written[0] and SECRET not in written[0]
    assert "error" in written[1] and "passed" not in written[1]


@pytest.mark.clause("SEC-a")
def test_what_a_task_raises_is_not_quoted(written: list[str]) -> None:
    app = Celery("logs", set_as_current=False)
    task = app.task(name="fails")(_fail)
    app.tasks.register(task)
    build_tracer(task.name, task, app=app)("an-id", [], {}, {})
    assert any("fails" in line and "ValueError" in line and "_fail" in line for line in written)
    assert not any(SECRET in line for line in written)


def test_the_handler_of_this_installation_leaves_out_what_tasks_raise() -> None:
    logging_settings = cast("dict[str, Any]", settings.LOGGING)
    assert logging_settings["filters"]["task_errors"]["()"] is TaskErrors
    assert logging_settings["handlers"]["console"]["filters"] == ["task_errors"]
