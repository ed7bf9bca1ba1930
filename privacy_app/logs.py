"""What a log may say: of an error never its text, which can quote what somebody entered or what a row holds; no secrets."""

import logging
import re
import sys
import traceback
from typing import Any

from structlog.typing import EventDict, WrappedLogger

# What follows these in an address opens something: links from mails.
_SECRET = re.compile(r"(/released/|/news/unsubscribe/|/confirm-email/|/password/reset/key/)[^/\s]+")


def without_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Cut the secret out of an address: Django logs the one of every request that is refused."""
    event["event"] = _SECRET.sub(r"\1…", str(event.get("event", "")))
    return event


def without_text(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put the class of an error, and the lines that it passed through, in the place of the error itself."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        event["passed"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


def _error(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return _error(exc_info[1])
    return sys.exc_info()[1] if exc_info else None


class TaskErrors(logging.Filter):
    """Celery writes the text of what a task raised into its message: here its class stands there instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and "exc" in record.args:
            raised = record.exc_info[0] if record.exc_info else None
            record.args = {**record.args, "exc": raised.__name__ if raised else "an error"}
        return True
