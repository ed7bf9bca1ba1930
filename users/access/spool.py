"""Where records wait for the database: files of this process, sealed, written before the request is answered.

A file is `frames`, each its length in four bytes and then what is sealed. The first names the key of the file, wrapped
under the newest key of DATA_KEYS; each further one is a visit. Whoever writes a file holds its lock and lets go of it by
closing or dying, so whoever gets the lock has a file that is complete. A file is written for a few seconds at most.

What has been written is the kernel's: a killed process loses nothing of it. A power cut may lose what the kernel had
not put on the disk yet, since no request waits for the disk.
"""

import errno
import fcntl
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from privacy_app import crypto
from privacy_app.keyrings import data_keys

SECONDS = 5
"""For how long a file is written; nobody can read its records before it is closed."""

_BYTES = 1 << 20
_LENGTH = 4
_SUFFIX = ".spool"
_ATTEMPTS = 3


class _Open:
    """A file that is being written, under its lock."""

    def __init__(self, directory: Path) -> None:
        name = str(uuid.uuid4())
        self.path = directory / f"{name}{_SUFFIX}"
        self.fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.fstat(self.fd).st_nlink:
                # Somebody who drains found it between the two lines above, empty, and removed it.
                raise BlockingIOError(errno.EAGAIN, "removed")
            key = crypto.new_data_key()
            self.cipher: AESGCM = crypto.cipher(key)
            self.context = _context(name)
            self.size = 0
            self.append(msgspec.msgpack.encode(crypto.wrap(key, ring=data_keys(), owner=_owner(name))))
        except BaseException:
            # On a full disk each request would leave an empty file behind.
            self.path.unlink(missing_ok=True)
            os.close(self.fd)
            raise
        self.until = time.monotonic() + SECONDS

    @property
    def is_over(self) -> bool:
        return self.size > _BYTES or time.monotonic() > self.until

    def append(self, content: bytes) -> None:
        """One write: the whole frame, or an OSError, after which nothing more may be written to this file."""
        frame = len(content).to_bytes(_LENGTH, "big") + content
        if os.write(self.fd, frame) != len(frame):
            raise OSError(errno.ENOSPC, "written in part")
        self.size += len(frame)

    def seal(self, content: bytes) -> bytes:
        return crypto.seal(content, key=self.cipher, context=self.context)


class Spool:
    """The one place of this process where records of a directory go. Threads take turns."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._turn = threading.Lock()
        self._file: _Open | None = None

    def write(self, content: bytes) -> None:
        """Seal and append; the kernel has it once this returns. Raises OSError where it cannot be kept."""
        with self._turn:
            file = self._file
            if file is None or file.is_over:
                file = self._begin()
            try:
                file.append(file.seal(content))
            except OSError:
                self._end()
                raise

    def close(self) -> None:
        """Let what was written be drained."""
        with self._turn:
            self._end()

    def forget(self) -> None:
        """In a child of the process that wrote: the file is the parent's, and so is its turn."""
        self._turn = threading.Lock()
        self._end()

    def _begin(self) -> _Open:
        self._end()
        self._file = file = self._new()
        # Whoever asks for nothing more must not keep what was asked for waiting.
        timer = threading.Timer(SECONDS, self._end_if, [file])
        timer.daemon = True
        with suppress(RuntimeError):  # no more threads: the next write ends it
            timer.start()
        return file

    def _new(self) -> _Open:
        _make_private(self._directory)
        for _ in range(_ATTEMPTS - 1):
            with suppress(BlockingIOError):
                return _Open(self._directory)
        return _Open(self._directory)

    def _end_if(self, file: _Open) -> None:
        with self._turn:
            if self._file is file:
                self._end()

    def _end(self) -> None:
        if self._file is not None:
            os.close(self._file.fd)
            self._file = None


@cache
def spool_in(directory: Path) -> Spool:
    """The spool of this process in this directory."""
    spool = Spool(directory)
    os.register_at_fork(after_in_child=spool.forget)
    return spool


class Waiting:
    """A file that nobody writes any more, held so that nobody else drains it."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._content = content
        self.torn = False

    def visits(self) -> Iterator[bytes]:
        """What was written, frame by frame. Sets `torn` where the last one is not whole, or one does not open.

        Raises Unreadable where the key of the file does not open, and nothing can be said of what is in it.
        """
        frames = self._frames()
        try:
            key_id, wrapped = msgspec.msgpack.decode(next(frames, b""), type=tuple[str, bytes])
        except msgspec.DecodeError:
            # Killed before the first frame was whole: nobody was answered.
            self.torn = bool(self._content)
            return
        cipher = crypto.cipher(crypto.unwrap(wrapped, ring=data_keys(), key_id=key_id, owner=_owner(self.path.stem)))
        for frame in frames:
            try:
                yield crypto.unseal(frame, key=cipher, context=_context(self.path.stem))
            except crypto.Unreadable:
                self.torn = True

    def _frames(self) -> Iterator[bytes]:
        position, content = 0, self._content
        while position < len(content):
            begin = position + _LENGTH
            position = begin + int.from_bytes(content[position:begin], "big")
            if begin > len(content) or position > len(content):
                self.torn = True
                return
            yield content[begin:position]

    def done(self) -> None:
        """The database has it: the file goes, and its key with it."""
        self.path.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Keep it out of the way of the others until its key is back."""
        self.path.rename(self.path.with_suffix(".unreadable"))


@contextmanager
def waiting(path: Path) -> Iterator[Waiting | None]:
    """The file at this path, held; None where somebody writes or drains it, or it is gone."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    with os.fdopen(fd, "rb") as file:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Waiting(path, file.read()) if os.fstat(fd).st_nlink else None


def paths_in(directory: Path) -> list[Path]:
    """The files of this directory, the oldest first."""
    found = []
    for path in directory.glob(f"*{_SUFFIX}"):
        with suppress(FileNotFoundError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


def _owner(name: str) -> str:
    return f"access-spool:{name}"


def _context(name: str) -> bytes:
    return crypto.associated_data("access-spool", name)


def _make_private(directory: Path) -> None:
    """Make it with what is missing above it, each for its owner alone: `mkdir(parents=True)` leaves those to the umask."""
    if not directory.parent.exists():
        _make_private(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
