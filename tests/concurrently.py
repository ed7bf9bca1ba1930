"""Calls in threads of their own, each with a database connection of its own."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection, connections

T = TypeVar("T")

_SECONDS = 20


def on_own_connection(function: Callable[[], T]) -> T:
    """Call it, and give this thread's connections back."""
    try:
        return function()
    finally:
        connections.close_all()


class Call(Generic[T]):
    """One call that has begun in a thread of its own."""

    def __init__(self, function: Callable[[], T]) -> None:
        self._answers: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._errors: queue.SimpleQueue[BaseException] = queue.SimpleQueue()
        self._pids: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._thread = threading.Thread(target=on_own_connection, args=[lambda: self._run(function)])
        self._thread.start()
        self._pid = self._pids.get(timeout=_SECONDS)

    def _run(self, function: Callable[[], T]) -> None:
        self._pids.put(backend_pid())
        try:
            self._answers.put(function())
        except BaseException as error:
            self._errors.put(error)

    def waits(self) -> bool:
        """Whether it has come to wait for a lock that another transaction holds; False where it has ended instead."""
        with connections["owner"].cursor() as cursor:
            while self._thread.is_alive():
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self._pid])
                if cursor.fetchone() == (True,):
                    return True
                time.sleep(0.01)
        return False

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()

    def result(self) -> T:
        """What it returned. Raises what it raised."""
        self._thread.join(_SECONDS)
        assert not self._thread.is_alive(), "it does not come to an end"
        if not self._errors.empty():
            raise self._errors.get()
        return self._answers.get()


def backend_pid() -> int:
    """The process that serves this thread's connection."""
    connection.ensure_connection()
    server: Any = connection.connection
    return int(server.info.backend_pid)
