"""The product on servers of its own, as docs/operate.md installs it: web, worker and clock, and who talks to them."""

import base64
import http.client
import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.servers import CHECKOUT, environment, free_port

HOST = "privacy.example.org"


def wait_for(condition: Callable[[], Any], *, seconds: float = 60) -> Any:
    """What the condition gives once it gives something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("it does not happen")


# -- mail ---------------------------------------------------------------------------------------------


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail. While it is held up, whoever wants to hand over a mail waits."""

    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.somebody_waits = threading.Event()
        super().__init__(("127.0.0.1", 0), _Delivery)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def hold_up(self) -> None:
        self.somebody_waits.clear()
        self.goes_on.clear()

    def mail_to(self, address: str, *, after: int = 0) -> Message:
        """The first mail to this address that came after so many mails in all."""
        found: Message = wait_for(lambda: next((mail for mail in self.mails[after:] if mail["To"] == address), None))
        return found

    def end(self) -> None:
        self.goes_on.set()
        self.shutdown()
        self.server_close()


class _Delivery(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self._take()
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 yes")

    def _take(self) -> None:
        self.server.somebody_waits.set()
        self.server.goes_on.wait()
        self._say("354 go on")
        lines: list[bytes] = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                self.server.mails.append(message_from_bytes(b"".join(lines)))
                self._say("250 taken")
                return
            lines.append(line.removeprefix(b"."))

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


# -- visitors and clients, behind a proxy that ends TLS ---------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Visitor:
    """A browser without scripts."""

    def __init__(self, port: int, *, tls: bool = True) -> None:
        self.port = port
        self.headers = {"Host": HOST, "Referer": f"https://{HOST}/", **({"X-Forwarded-Proto": "https"} if tls else {})}
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **({"Cookie": cookies} if cookies else {}), **headers}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
            return Answer(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.send("POST", path, urlencode(form), **kind)

    def fill_in(self, path: str, **fields: str) -> Answer:
        """Post the page's form with what it sends along by itself."""
        page = self.get(path).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page
        return self.post(path, {"csrfmiddlewaretoken": found[1], **fields})


class ApiClient(Visitor):
    """A partner's program."""

    def __init__(self, port: int, *, client_id: str, client_secret: str, partner: str) -> None:
        super().__init__(port)
        self.partner = partner
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        token = self.post("/oauth/token", form).json()["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
        return self.send(method, f"/api/v1/{path}", json.dumps(body) if body is not None else None, **headers)


# -- the processes ---------------------------------------------------------------------------------------


class Installation:
    """One database, one Redis database, one directory, and the processes that work on them."""

    def __init__(self, directory: Path, *, database_urls: Mapping[str, str], redis_url: str) -> None:
        self.directory = directory
        self.mail_server = MailServer()
        self.port = free_port()
        self.static_root = directory / "static"
        self.environment = environment(
            PRODUCTION="true",
            SECRET_KEY=base64.b64encode(os.urandom(48)).decode(),
            **{name: f"k1:{base64.b64encode(os.urandom(32)).decode()}" for name in _RINGS},
            **database_urls,
            REDIS_URL=redis_url,
            ALLOWED_HOSTS=f"{HOST},127.0.0.1",
            SITE_URL=f"https://{HOST}",
            BEHIND_TLS_PROXY="true",
            TRUSTED_PROXY_COUNT="0",
            EMAIL_URL=self.mail_server.url,
            DATA_DIR=str(directory / "data"),
            STATIC_ROOT=str(self.static_root),
        )
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> str:
        """What a command of Python's prints."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_web(self) -> "subprocess.Popen[bytes]":
        bind = f"127.0.0.1:{self.port}"
        command = f"gunicorn privacy_app.wsgi:application --bind {bind} --workers 2 --worker-class gthread --threads 8"
        web = self._start("web", command + " --timeout 120 --graceful-timeout 20 --no-control-socket")
        wait_for(self._answers)
        return web

    def _answers(self) -> bool:
        try:
            return Visitor(self.port).get("/en/policy/").status_code == 200
        except OSError:
            return False

    def start_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", "celery -A privacy_app worker --concurrency 2 --without-gossip --without-mingle")

    def start_beat(self) -> "subprocess.Popen[bytes]":
        return self._start("beat", "celery -A privacy_app beat")

    def _start(self, name: str, command: str) -> "subprocess.Popen[bytes]":
        with (self.directory / f"{name}.log").open("ab") as log:
            program, *arguments = command.split()
            process = subprocess.Popen(
                [Path(sys.executable).with_name(program), *arguments],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    @property
    def logs(self) -> str:
        return "".join(path.read_text() for path in self.directory.glob("*.log"))

    def end(self) -> None:
        for process in self._running:
            kill(process)
        self.mail_server.end()


_RINGS = ("DATA_KEYS", "INDEX_KEYS", "LEDGER_KEYS")


def kill(process: "subprocess.Popen[bytes]") -> None:
    """A process and its children, without a word."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def link_in(mail: Message) -> str:
    """The path of the first link in a mail's text."""
    found = re.search(rf"https://{re.escape(HOST)}(\S+)", str(mail.get_payload(decode=True), "utf-8"))  # type: ignore[arg-type]
    assert found
    return found[1]


def assets_of(page: Answer) -> list[str]:
    """The style sheets, scripts and pictures that a page names."""
    return [unescape(address) for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)]
