"""Locks that the kernel frees when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """An open lock file. Children that are forked share the lock; programs they run do not."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Hold it together with others; wait for one who excludes."""
        fcntl.flock(self.fd, fcntl.LOCK_SH)

    def exclude(self) -> None:
        """Hold it alone; wait for all others."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)

    def try_exclude(self) -> bool:
        """Hold it alone if nobody else has it. A share held before may be lost in the attempt."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go, in this process; a forked process that still has it open keeps it."""
        os.close(self.fd)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Run the block while nobody else runs a block under the same path."""
    lock = FileLock(path)
    try:
        lock.exclude()
        yield
    finally:
        lock.close()
