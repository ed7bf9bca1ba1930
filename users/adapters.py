"""Where allauth meets us: mail goes through the outbox, TOTP seeds are sealed, a confirmed address is entered."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy_app.crypto import seal_rare_secret, unseal_rare_secret
from privacy_app.keyrings import data_keys
from users.client_address import client_address
from users.mail import enqueue_mail
from users.models import User
from users.services.actors import as_person
from users.services.errors import AmbiguousContact
from users.services.people import confirm_email
from users.services.values import normalised_email

_TOTP_CONTEXT = "mfa"
_LONGEST_ADDRESS = 254


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere here. Rate limits that could not tell one visitor from another refuse."""
        if address := client_address(request.META):
            return address
        raise PermissionDenied

    def clean_email(self, email: str) -> str:
        """As allauth's, which would cut a longer address off instead of refusing it."""
        cleaned: str = super().clean_email(email)
        if len(cleaned) > _LONGEST_ADDRESS:
            raise ValidationError(_("This is too long."), code="too_long")
        return cleaned

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail for the account that owns the address. The worker renders it: no link is kept in a row.

        Several accounts may claim an address until one confirms it: what is for one of them goes to that one.
        """
        addresses = EmailAddress.objects.filter(email__iexact=email)
        if person := context.get("user"):
            addresses = addresses.filter(user=person)
        address = addresses.order_by("-verified").first()
        if address is not None:
            enqueue_mail(template_prefix, address, at=timezone.now())

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        person = email_address.user
        assert isinstance(person, User)
        address, now = normalised_email(email_address.email), timezone.now()
        try:
            with transaction.atomic():
                confirmed: bool = super().confirm_email(request, email_address)
                if confirmed:
                    confirm_email(person, address, by=as_person(person), at=now, is_main=email_address.primary)
        except AmbiguousContact:
            email_address.refresh_from_db()
            messages.warning(
                request,
                _(
                    "Nothing was changed: this address belongs to another account. If that one is yours, log in to it or set a new password for it."
                ),
            )
            return False
        return confirmed


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal_rare_secret(text.encode(), ring=data_keys(), owner=_TOTP_CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_rare_secret(encrypted_text, ring=data_keys(), owner=_TOTP_CONTEXT).decode()
