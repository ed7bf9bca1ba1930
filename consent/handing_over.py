"""Handing a letter to the mail server, and what its answer means for whoever it is to."""

import smtplib
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server did not take a letter: its code, and whether it never will."""

    code: str
    is_final: bool


class ServerAway(Exception):
    """The server takes no mail at all at present: the fault lies not with whoever the letter is to."""


def hand_over(message: EmailMessage, connection: BaseEmailBackend) -> Refusal | None:
    """Send one message over a connection; None where the server took it. Raises ServerAway."""
    try:
        # Opened for the first of a batch: left to itself, Django's backend opens one for each message.
        connection.open()
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return _refusal(codes[0] if codes else 0)
    except smtplib.SMTPDataError as refused:
        return _refusal(refused.smtp_code)
    except OSError as error:  # every other error of smtplib, and every one of the network
        raise ServerAway from error
    except Exception as error:
        # What cannot even be written as a mail must not keep the others waiting. The class alone: texts quote addresses.
        return Refusal(type(error).__name__[:32], is_final=False)
    return None


def _refusal(code: int) -> Refusal:
    if code == _CLOSING:
        raise ServerAway
    return Refusal(str(code), is_final=500 <= code < 600)
