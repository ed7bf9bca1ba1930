"""A load over HTTP: threads with a connection each that is kept alive, and little work of their own."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.around.server import PROCESSES, WHICH_PROCESS


class UnexpectedAnswer(Exception):
    """The server did not answer with 200: nothing was measured."""


class Connection:
    """One connection that is kept alive. Takes requests that are ready to be sent."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> bytes:
        """The body of the answer. Raises UnexpectedAnswer."""
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = bytes(received[:end])
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._more()
        if not head.startswith(b"HTTP/1.1 200"):
            raise UnexpectedAnswer(head.partition(b"\r\n")[0].decode())
        return bytes(received[end + 4 :])

    def _more(self) -> bytes:
        if part := self._socket.recv(1 << 20):
            return part
        raise UnexpectedAnswer("the connection was closed")

    def close(self) -> None:
        self._socket.close()


def request(method: str, path: str, *, token: str = "", body: Any = None, key: str = "") -> bytes:
    """A request ready to be sent; the body is JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
    head += [f"Authorization: Bearer {token}"] if token else []
    head += [f"Idempotency-Key: {key}"] if key else []
    head += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    return "\r\n".join([*head, "", ""]).encode() + content


@contextmanager
def connections(port: int, *, to_each_process: int) -> Iterator[list[Connection]]:
    """As many connections to each process of the server: left to chance, one would often do the work of both."""
    by_process: dict[bytes, list[Connection]] = {}
    opened = []
    try:
        while len(by_process) < PROCESSES or min(map(len, by_process.values())) < to_each_process:
            opened.append(Connection(port))
            process = opened[-1].send(request("GET", WHICH_PROCESS))
            by_process.setdefault(process, []).append(opened[-1])
        yield [connection for some in by_process.values() for connection in some[:to_each_process]]
    finally:
        for connection in opened:
            connection.close()


def sustained(connections: Sequence[Connection], requests: Sequence[bytes], *, seconds: float) -> float:
    """Answers a second, with every connection asking all the time, each beginning elsewhere in `requests`."""
    counts = [0] * len(connections)

    def ask(number: int) -> None:
        position = number * len(requests) // len(connections)
        while time.perf_counter() < deadline:
            connections[number].send(requests[position % len(requests)])
            counts[number] += 1
            position += 1

    begin = time.perf_counter()
    deadline = begin + seconds
    _in_threads(len(connections), ask)
    return sum(counts) / (time.perf_counter() - begin)


def at_once(connections: Sequence[Connection], requests: Sequence[bytes]) -> list[bytes]:
    """The answers to these requests, sent side by side, one over each connection."""
    answers = [b""] * len(requests)

    def ask(number: int) -> None:
        answers[number] = connections[number].send(requests[number])

    _in_threads(len(requests), ask)
    return answers


def _in_threads(count: int, ask: Callable[[int], None]) -> None:
    """Raises what the first thread raised that did not succeed."""
    failures: list[Exception] = []

    def run(number: int) -> None:
        try:
            ask(number)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def token(port: int, *, client_id: str, secret: str) -> str:
    """An access token of the client-credentials grant."""
    content = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}".encode()
    head = "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    connection = Connection(port)
    try:
        answer = connection.send(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    finally:
        connection.close()
    return str(json.loads(answer)["access_token"])
