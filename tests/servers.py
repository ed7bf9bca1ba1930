"""A real server of its own process, as `script/server` starts it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil  # type: ignore[import-untyped]

CHECKOUT = Path(__file__).resolve().parents[1]
NOT_OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PRODUCTION", "WEB_CONCURRENCY", "SITE_URL")


class Server:
    """One run of `python -m privacy_app.embedded`."""

    def __init__(self, data_dir: Path, *arguments: str, port: int | None = None) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        with tempfile.NamedTemporaryFile("w", prefix="server-", delete=False) as output:
            self._output = Path(output.name)
            self.process = subprocess.Popen(
                [sys.executable, "-m", "privacy_app.embedded", *arguments],
                cwd=CHECKOUT,
                env=environment(DATA_DIR=str(data_dir), PORT=str(self.port)),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def words(self) -> str:
        """What it has printed so far."""
        return self._output.read_text()

    def wait_until_it_answers(self) -> None:
        """The workers of a killed server may still answer on the same port: this one must have said so itself."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and self.process.poll() is None:
            if "Ready: " in self.words and answers(self.url):
                return
            time.sleep(0.1)
        self.process.kill()
        raise AssertionError(f"it does not answer: {self.words}")

    def forget(self) -> None:
        self._output.unlink()

    def family(self) -> list[psutil.Process]:
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def stop(self, number: int = signal.SIGTERM) -> str:
        """What it had printed."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> str:
        """Wait until it has ended; what it had printed."""
        self.process.wait(timeout=20)
        return self.words


def environment(**more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name not in NOT_OURS}, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=10).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
