"""Mail to people, rendered by the worker that sends it: rows of the outbox name a template and an address's id."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from privacy_app.languages import current
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue
from users.models import User

KIND = "account.mail"


def enqueue_mail(template: str, address: EmailAddress, *, at: datetime) -> None:
    """Queue a mail of this template (allauth's name for it, without `_subject.txt`) to an address of an account."""
    enqueue(KIND, {"template": template, "address": address.pk}, at=at)


@handles(KIND)
def send(message: Message) -> None:
    """Render the mail in the person's language and send it. Nothing is sent where the address is gone."""
    address = EmailAddress.objects.select_related("user").filter(pk=message.payload["address"]).first()
    if address is None:
        return
    send_to(address, message, message.payload["template"], lambda: _of_account(address))


def send_to(address: EmailAddress, message: Message, template: str, context: Callable[[], Mapping[str, Any]]) -> None:
    """Send the mail of this message, rendered in the person's language; the context is asked for in that language."""
    with translation.override(address.user.locale):
        values = {"site_name": settings.SITE_NAME[current()], "site_url": settings.SITE_URL, **context()}
        subject = " ".join(render_to_string(f"{template}_subject.txt", values).split())
        body = render_to_string(f"{template}_message.txt", values)
    send_text(address.email, message, subject, body)


def send_text(address: str, message: Message, subject: str, body: str) -> None:
    """Send what was rendered, under the message's own id."""
    EmailMessage(subject, body, to=[address], headers={"Message-ID": message_id(message.id)}).send()


def message_id(name: object) -> str:
    """The Message-ID of what has this name with us."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<{name}@{domain}>"


def confirmed_address_of(person: User) -> EmailAddress | None:
    """Where a person hears from us: their main address, once confirmed, while the account is open."""
    if not person.is_active:
        return None
    return EmailAddress.objects.select_related("user").filter(user=person, primary=True, verified=True).first()


def _of_account(address: EmailAddress) -> dict[str, Any]:
    person = address.user
    reset_key = f"{user_pk_to_url_str(person)}-{account_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)}"
    reset_path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    confirm_path = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    return {
        "user": person,
        "activate_url": settings.SITE_URL + confirm_path,
        "password_reset_url": settings.SITE_URL + reset_path.replace("UID-KEY", reset_key),
        "request_reset_url": settings.SITE_URL + reverse("account_reset_password"),
    }
