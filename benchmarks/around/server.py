"""gunicorn with two processes, as production runs it, for the time of one measure."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from privacy_app.embedded.web import THREADS

PROCESSES = 2
WHICH_PROCESS = "/others/process"
"""Answers with the id of the process that answers."""
_SECONDS = 30


@contextmanager
def server() -> Iterator[int]:
    """The port on 127.0.0.1 under which the product and what it is compared with answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port: int = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "benchmarks.around.wsgi:application"]
        command += ["--bind", f"fd://{listener.fileno()}", "--workers", str(PROCESSES), "--worker-class", "gthread"]
        command += ["--threads", str(THREADS), "--timeout", "120", "--keep-alive", "300"]
        command += ["--log-level", "warning", "--no-control-socket"]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        with subprocess.Popen(command, env=environment, pass_fds=[listener.fileno()]) as child:
            try:
                _wait_for(port)
                yield port
            finally:
                child.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        with socket.create_connection(("127.0.0.1", port)) as probe:
            probe.settimeout(_SECONDS)
            probe.sendall(f"GET {WHICH_PROCESS} HTTP/1.0\r\n\r\n".encode())
            if probe.recv(1):
                return
    raise TimeoutError("gunicorn does not answer")
