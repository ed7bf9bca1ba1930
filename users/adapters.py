"""Where allauth meets us: mail goes through the outbox, TOTP seeds are sealed, a confirmed address is entered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from privacy_app.crypto import seal_rare_secret, unseal_rare_secret
from privacy_app.keyrings import data_keys
from users.mail import enqueue_mail
from users.models import User
from users.services.actors import as_person
from users.services.people import confirm_email
from users.services.values import normalised_email

_TOTP_CONTEXT = "mfa"


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail for the account that owns the address. The worker renders it: no link is kept in a row."""
        address = EmailAddress.objects.filter(email__iexact=email).order_by("-verified").first()
        if address is not None:
            enqueue_mail(template_prefix, address, at=timezone.now())

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            person = email_address.user
            assert isinstance(person, User)
            confirm_email(person, normalised_email(email_address.email), by=as_person(person), at=timezone.now())
        return confirmed


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal_rare_secret(text.encode(), ring=data_keys(), owner=_TOTP_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_rare_secret(encrypted_text, ring=data_keys(), owner=_TOTP_CONTEXT).decode()
