"""What is known of a running PostgreSQL from outside."""

import socket
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

PORT = 5432
"""Names the socket file; nothing listens on the network."""


@dataclass(frozen=True)
class Postmaster:
    """What a server wrote down about itself when it started. It may have died since."""

    pid: int
    socket_dir: Path
    state: str

    @classmethod
    def read(cls, directory: Path) -> "Postmaster | None":
        """From the cluster in `directory`; None where no server left a complete note."""
        try:
            lines = (directory / "postmaster.pid").read_text().splitlines()
            return cls(pid=int(lines[0]), socket_dir=Path(lines[4]), state=lines[7].strip())
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def answers(self) -> bool:
        """Whether it is ready and something accepts connections on its socket."""
        if self.state != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.socket_dir / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def lives(self) -> bool:
        """Whether its process runs; a number that another program was given since does not count."""
        try:
            return _is_postgres(psutil.Process(self.pid))
        except psutil.Error:
            return False


def at_work_in(directory: Path) -> bool:
    """Whether any process of a server, be it an orphan of one that was killed, works on these files."""
    return any(_works_in(process, directory) for process in psutil.process_iter())


def _works_in(process: psutil.Process, directory: Path) -> bool:
    try:
        return _is_postgres(process) and Path(process.cwd()) == directory
    except psutil.Error:
        return False


def _is_postgres(process: psutil.Process) -> bool:
    # A process whose parent has not yet heard of its end still has a number: PostgreSQL would take it for alive.
    return bool(process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE)
