"""Reports of mail servers, read from standard input: recorded where they are about a mail of ours that failed for good."""

import io
import sys
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from consent.bounces import bounce_in
from consent.models import Mailing, MailingRecipient, RecipientState
from tests.consent.announcing import tell_everybody
from tests.consent.makers import someone

REPORT = """\
From: MAILER-DAEMON@mx.example
To: bounces@lantern.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@lantern.example
Action: {action}
Status: {status}

--b
Content-Type: {kind}

Message-ID: <{name}@lantern.example>
Subject: New opening hours

--b--
"""


def report(name: str, *, action: str = "failed", status: str = "5.1.1", kind: str = "text/rfc822-headers") -> bytes:
    return REPORT.format(name=name, action=action, status=status, kind=kind).encode()


def read(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("record_bounce", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_comes_back_is_recorded_once_with_its_code(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    person, notice = someone(), tell_everybody()
    now = timezone.now()
    sent = MailingRecipient.objects.create(
        mailing=notice.mailing, person=person, state=RecipientState.SENT, due_at=now, settled_at=now, language="en"
    )
    Mailing.objects.update(listed=1, sent=1)
    # Somebody who guesses the number does not know the key.
    assert "Passed over" in read(monkeypatch, report(f"{sent.pk}.{uuid4()}", kind=kind))
    assert "5.1.1" in read(monkeypatch, report(f"{sent.pk}.{sent.key}", kind=kind))
    assert "Passed over" in read(monkeypatch, report(f"{sent.pk}.{sent.key}", kind=kind))
    sent.refresh_from_db()
    assert (sent.state, sent.why) == (RecipientState.BOUNCED, "5.1.1")
    assert Mailing.objects.values_list("sent", "bounced").get() == (0, 1)


@pytest.mark.parametrize(
    "raw",
    [
        report(f"7.{uuid4()}", action="delayed", status="4.4.1"),
        report(f"7.{uuid4()}", action="delivered", status="2.0.0"),
        report("2f1c.of.somebody.else"),
        report("7." + "x" * 36),
        b"",
        b"\xff\xfe\x00nonsense",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--\n",
    ],
)
def test_what_is_no_final_failure_of_a_mail_of_ours_is_passed_over(raw: bytes) -> None:
    assert bounce_in(raw) is None
