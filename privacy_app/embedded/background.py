"""A Celery worker and beat as threads of the one server process, where there is no Redis to share.

The broker is memory: what is lost with the process is found again by the sweeps of beat.
"""

import threading
import time
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController
from celery.worker import state as worker_state

TASKS_AT_ONCE = 2
"""So that a slow webhook does not hold up a mail; each may hold a database connection."""


class Background:
    """Worker and beat. No signal handler is installed, no log configured: both belong to the process around them."""

    def __init__(self, app: Celery, *, schedule_file: Path) -> None:
        self._worker = threading.Thread(target=_work, args=[app], name="celery-worker", daemon=True)
        self._beat: Any = EmbeddedService(app, thread=True, schedule_filename=str(schedule_file))

    def start(self) -> None:
        """Return at once; tasks sent before the worker is ready wait in the broker."""
        self._worker.start()
        self._beat.start()

    def stop(self, *, seconds: float) -> None:
        """Take no new task and wait so long for those that run. What is cut off rolls back and is swept up later."""
        worker_state.should_stop = 0  # type: ignore[assignment]  # an exit code
        self._beat.service.stop()
        deadline = time.monotonic() + seconds
        while worker_state.active_requests and time.monotonic() < deadline:
            time.sleep(0.05)
        self._beat.join(max(0.0, deadline - time.monotonic()))


def _work(app: Celery) -> None:
    """The whole life of the worker in its own thread, whose database connections celery closes as it sees fit."""
    worker = WorkController(
        app=app,
        pool="threads",
        concurrency=TASKS_AT_ONCE,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    worker.start()
