"""The wire between a server and its PostgreSQL: it can be held at a commit, so that a server is killed just there."""

import select
import socket
import threading
from contextlib import suppress
from enum import Enum
from urllib.parse import parse_qs, urlsplit


class At(Enum):
    """Where a commit is held: before PostgreSQL hears of it, or once it is done and the server has not heard so."""

    NOT_BEGUN = "before"
    DONE = "after"


class Wire:
    """Carries what a server and PostgreSQL say to each other, until the first commit that wrote what it is to be held at."""

    def __init__(self, database_url: str) -> None:
        self._database = urlsplit(database_url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wrote, self._at = b"", At.DONE
        self.held = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the server finds its database."""
        role, _, _ = self._database.netloc.rpartition("@")
        place = f"{role}@127.0.0.1:{self._listener.getsockname()[1]}"
        return self._database._replace(netloc=place, query="").geturl()

    def hold(self, wrote: str, at: At) -> None:
        """Hold the next commit of a transaction in which this table was written, until whoever commits is gone."""
        self._wrote, self._at = wrote.encode(), at
        self.held.clear()

    def close(self) -> None:
        # Closing alone does not wake who waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                server, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=[server], daemon=True).start()

    def _reach_database(self) -> socket.socket:
        directory = parse_qs(self._database.query).get("host")
        if directory is None:
            assert self._database.hostname
            return socket.create_connection((self._database.hostname, self._database.port or 5432))
        database = socket.socket(socket.AF_UNIX)
        database.connect(f"{directory[0]}/.s.PGSQL.{self._database.port or 5432}")
        return database

    def _carry(self, server: socket.socket) -> None:
        has_written = is_held = False
        # Whoever is killed closes without a word.
        with server, self._reach_database() as database, suppress(OSError):
            while True:
                for speaker in select.select([server, database], [], [])[0]:
                    said = speaker.recv(1 << 16)
                    if not said:
                        return
                    if is_held:
                        self.held.set()
                    elif speaker is database:
                        server.sendall(said)
                    else:
                        has_written |= bool(self._wrote) and self._wrote in said
                        if b"COMMIT\0" in said and has_written and not self.held.is_set():
                            is_held, self._wrote = True, b""
                            if self._at is At.NOT_BEGUN:
                                self.held.set()
                                continue
                        database.sendall(said)
