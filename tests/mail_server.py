"""A real mail server on a port of this machine, which notes what it took and refuses whom it is told to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port


@dataclass
class MailServer:
    """`refused` answers to these recipients; `answer` to every message. `took` are messages it answered with 250."""

    port: int = field(default_factory=free_port)
    refused: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    took: list[tuple[str, EmailMessage]] = field(default_factory=list)
    senders: set[str] = field(default_factory=set)
    connections: int = 0
    takes: int | None = None
    """After so many messages it hangs up on whoever comes."""
    seconds: float = 0
    """For so long it thinks about each message."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.took]

    @property
    def message_ids(self) -> list[str]:
        return [message["Message-ID"] for _, message in self.took]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.takes is not None and len(self.took) >= self.takes:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        await asyncio.sleep(self.seconds)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            message: Any = message_from_bytes(envelope.content, policy=default)
            self.senders.add(envelope.mail_from or "")
            self.took += [(address, message) for address in envelope.rcpt_tos]
        return self.answer


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """The server, for the time of a test."""
    server = MailServer(**options)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
