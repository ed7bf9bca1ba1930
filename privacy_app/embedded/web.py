"""The web server: gunicorn inside this process, which watches over one worker process with threads."""

import os
import signal
import socket
from collections.abc import Callable
from typing import Any, ClassVar

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from privacy_app.embedded.background import Background
from privacy_app.embedded.options import Options

THREADS = 8
GRACE = 4
"""Seconds that requests and tasks get to finish when the server is asked to stop."""


class Watcher(Arbiter):
    """Stops at SIGHUP, too: a closed terminal must not leave a server behind that then has nobody to stop it."""

    SIGNALS: ClassVar = [signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP]

    def handle_hup(self) -> None:
        self.handle_term()


class Web(BaseApplication):
    """`in_worker` runs in each worker process after the fork, `ready` once the first of them answers."""

    def __init__(
        self, options: Options, listener: socket.socket, *, in_worker: Callable[[], None], ready: Callable[[], None]
    ) -> None:
        self.options = options
        self.listener = listener
        self.in_worker = in_worker
        self.ready = ready
        self.background: Background | None = None
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"fd://{self.listener.detach()}",
            "workers": self.options.processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": GRACE,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": lambda arbiter, worker: self.in_worker(),
            "post_worker_init": self._worker_started,
            "worker_exit": self._worker_stopped,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from privacy_app.wsgi import application

        return application

    def run(self) -> None:
        """Serve until a signal says stop; then leaves by SystemExit."""
        Watcher(self).run()

    def _worker_started(self, worker: Any) -> None:
        if not self.options.redis:
            from privacy_app.celery import app

            # The checks are for the tests; here they would only delay the start.
            os.environ["CELERY_SKIP_CHECKS"] = "1"
            self.background = Background(app, schedule_file=self.options.data_dir / "beat-schedule")
            self.background.start()
        if worker.age == 1:
            self.ready()

    def _worker_stopped(self, arbiter: Any, worker: Any) -> None:
        if self.background:
            self.background.stop(seconds=GRACE)
