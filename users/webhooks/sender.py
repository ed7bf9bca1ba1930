"""One call of a partner's address: to an IP address that was checked, within ten seconds, and no step further.

No redirect is followed, no proxy of the environment is used, and of the answer only its status counts.
"""

import io
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import cast

from users.webhooks.targets import Address, Lookup, Target, parsed, resolved

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 10.0
_READ_OF_ANSWER = 4096


class NotDelivered(Exception):
    """The partner's server did not take the call. The class says how; the outbox keeps its name."""


class Redirected(NotDelivered):
    """It answered with a redirect, which is not followed."""


class ClientErrorAnswered(NotDelivered):
    """It answered with a status from 400 to 499."""


class ServerErrorAnswered(NotDelivered):
    """It answered with a status from 500 to 599."""


class OddlyAnswered(NotDelivered):
    """What it answered is not HTTP, or no status that says anything."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, lookup: Lookup = socket.getaddrinfo) -> None:
    """Post the body; return if the answer's status is one of 2xx.

    Raises TargetRefused, NotDelivered, and OSError where nothing is reached in time.
    """
    deadline = _Deadline(TOTAL_SECONDS)
    target = parsed(url)
    addresses = resolved(target, seconds=deadline.left(at_most=CONNECT_SECONDS), lookup=lookup)
    with _connected(target, addresses, deadline) as connection:
        connection.sendall(_request(target, body, headers))
        _check(_status(connection, deadline))


class _Deadline:
    """Until when all of it must be done: a server that answers drop by drop gains no time."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self, *, at_most: float = TOTAL_SECONDS) -> float:
        """How many seconds are left. Raises TimeoutError if there are none."""
        seconds = self._at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return min(seconds, at_most)


def _connected(target: Target, addresses: list[Address], deadline: _Deadline) -> socket.socket:
    """A connection to the first address that takes one; encrypted, for the name that was asked for, where it must be."""
    for address in addresses:
        try:
            plain = socket.create_connection(
                (str(address), target.port), timeout=deadline.left(at_most=CONNECT_SECONDS)
            )
            break
        except OSError as error:
            failed = error
    else:
        raise failed
    plain.settimeout(deadline.left())
    if not target.is_secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.host_header}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


class _InTime(io.RawIOBase):
    """What a connection gives, until the deadline."""

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self._connection, self._deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._connection.settimeout(self._deadline.left())
        return self._connection.recv_into(cast(bytearray, buffer))

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _status(connection: socket.socket, deadline: _Deadline) -> int:
    """The status that is answered; of the rest a little is read, so that the server can end what it says."""
    answer = HTTPResponse(cast(socket.socket, _InTime(connection, deadline)), method="POST")
    try:
        answer.begin()
        answer.read(_READ_OF_ANSWER)
    except HTTPException:
        raise OddlyAnswered from None
    finally:
        answer.close()
    return answer.status


def _check(status: int) -> None:
    match status // 100:
        case 2:
            return
        case 3:
            raise Redirected
        case 4:
            raise ClientErrorAnswered
        case 5:
            raise ServerErrorAnswered
    raise OddlyAnswered
