"""Reading a mail server's report that a mail could not be delivered (RFC 3464): which mail of ours, and with what code.

A report quotes the mail it is about; its Message-ID says which of ours it was. Addresses in it are not looked at.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import cast
from uuid import UUID

_OURS = re.compile(r"<(\d{1,18})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")
_FINAL = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back for good: its recipient's number and key, and the enhanced status code."""

    number: int
    key: UUID
    code: str


def bounce_in(raw: bytes) -> Bounce | None:
    """What a report says; None for what is no report, is of a delay only, or is about no mail of ours."""
    # The older policy: the newer one raises at some of what foreign servers write.
    report = message_from_bytes(raw, policy=compat32)
    code = found = None
    for part in report.walk():
        match part.get_content_type():
            case "message/delivery-status":
                code = code or _failure(part)
            case "text/rfc822-headers":
                found = found or _OURS.search(str(part.get_payload()))
            case "message/rfc822":
                quoted = part.get_payload()
                if isinstance(quoted, list) and quoted:
                    found = found or _OURS.search(str(cast("Message", quoted[0])["Message-ID"] or ""))
    if code is None or found is None:
        return None
    return Bounce(int(found[1]), UUID(found[2]), code)


def _failure(part: "Message") -> str | None:
    """The code of the first recipient in the status for whom the mail failed for good."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        fields = cast("Message", block)
        code = _FINAL.search(str(fields["Status"] or ""))
        if str(fields["Action"] or "").strip().lower() == "failed" and code:
            return code[0]
    return None
