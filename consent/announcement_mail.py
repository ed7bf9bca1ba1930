"""The mail by which a notice reaches one person: rendered when it is sent, in their language, without a value of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consent.controller import controller
from consent.models import Announcement, AnnouncementKind, MailingRecipient, Policy
from consent.unsubscribing import token_for
from privacy_app.languages import current
from users.mail import message_id

_TEMPLATE = "consent/mail/announcement"


@dataclass(frozen=True, slots=True)
class Letter:
    """One person's mail, ready to be handed over: to whom, and in which language it is written."""

    address: str
    language: str
    message: EmailMessage


def _address_of_change(policy: Policy | None) -> str:
    """Where a version is compared with the one before; the first, and what is no version, have the policy's own page."""
    if policy is None or policy.version == 1:
        return reverse("policy")
    return reverse("policy_difference", args=[policy.version - 1, policy.version])


def letter_to(
    address: str, language: str, announcement: Announcement, recipient: MailingRecipient, connection: BaseEmailBackend
) -> Letter:
    """Write the notice to this address. The Message-ID is that of the recipient's row, however often it is sent."""
    with translation.override(language):
        written_in = current()
        text = next(text for text in announcement.texts.all() if text.language == written_in)
        unsubscribe = ""
        if announcement.kind == AnnouncementKind.NEWS:
            unsubscribe = settings.SITE_URL + reverse("unsubscribe", args=[token_for(recipient)])
        values: Mapping[str, Any] = {
            "announcement": announcement,
            "text": text,
            "unsubscribe_url": unsubscribe,
            "notice_url": settings.SITE_URL + reverse("announcements:announcement", args=[announcement.pk]),
            "change_url": settings.SITE_URL + _address_of_change(announcement.policy),
            "site_name": settings.SITE_NAME[written_in],
            "site_url": settings.SITE_URL,
            "contact": controller().contact,
        }
        subject = " ".join(render_to_string(f"{_TEMPLATE}_subject.txt", values).split())
        body = render_to_string(f"{_TEMPLATE}_message.txt", values)
    headers = {
        "Message-ID": message_id(f"{recipient.pk}.{recipient.key}"),
        # No out-of-office answers.
        "Auto-Submitted": "auto-generated",
        "From": settings.DEFAULT_FROM_EMAIL,
    }
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    sender = settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL
    message = EmailMessage(subject, body, from_email=sender, to=[address], headers=headers, connection=connection)
    return Letter(address, written_in, message)
