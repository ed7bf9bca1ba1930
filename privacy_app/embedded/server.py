"""The whole product in the foreground: PostgreSQL, web server, tasks, and the demo world at the first start."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from privacy_app.embedded import demo_file
from privacy_app.embedded.errors import CannotStart
from privacy_app.embedded.filelocks import FileLock
from privacy_app.embedded.options import CHECKOUT, Options
from privacy_app.embedded.postgres import database_urls
from privacy_app.embedded.web import Web

HOST = "127.0.0.1"
_PATIENCE = 3.0
"""Seconds in which the workers of a server that was killed notice, and free its port."""


def main() -> int:
    """The exit code; CannotStart becomes its sentence."""
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _leave)
    try:
        _serve(Options.read())
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _serve(options: Options) -> None:
    url = f"http://localhost:{options.port}"
    lock = _lock(options)
    listener = _bind(options.port)
    os.environ["DATA_DIR"] = str(options.data_dir)
    if "DATABASE_URL" not in os.environ and not options.production:
        os.environ.update(database_urls(options.data_dir))
    _take_first_steps(options, lock)
    # From here on nothing needs the right to change tables.
    os.environ.pop("DATABASE_OWNER_URL", None)
    demo_file.say_where(options.data_dir, url)
    Web(options, listener, in_worker=lock.close, ready=lambda: _greet(options, url)).run()


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _lock(options: Options) -> FileLock:
    options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(options.data_dir / "lock")
    if not lock.try_exclude():
        raise CannotStart(
            f"Another server uses {options.data_dir}: stop it, or give this one a directory of its own with DATA_DIR."
        )
    return lock


def _bind(port: int) -> socket.socket:
    """Take the port now, so that nobody else does while the database is made ready; nothing is accepted yet."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            listener.bind((HOST, port))
            return listener
        except OSError as error:
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{HOST}:{port} cannot be used ({error.strerror}): choose another with PORT."
                ) from None
            time.sleep(0.2)


def _take_first_steps(options: Options, lock: FileLock) -> None:
    """In a child, so that its memory goes with it. It has the lock too: killed now, we leave no two at work."""
    command = [sys.executable, "-m", "privacy_app.embedded.first_steps", "--people", str(options.people)]
    if options.empty or options.production:
        command.append("--empty")
    child = subprocess.Popen(command, cwd=CHECKOUT, start_new_session=True, pass_fds=[lock.fd])
    try:
        code = child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    if code:
        raise CannotStart("The database could not be made ready; the lines above say why.")


def _greet(options: Options, url: str) -> None:
    print(f"\nReady: {url}", flush=True)
    if demo := demo_file.read(options.data_dir):
        print("\nLog in as")
        for login in demo.get("logins", []):
            print(f"  {login['role']:<18} {login['email']:<36} {login['password']}")
    print("\nCtrl-C stops everything; the data stays in", options.data_dir, flush=True)
