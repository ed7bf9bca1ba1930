from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from privacy_app.ledger.actors import SYSTEM
from users.roles import Role
from users.services.roles import grant_role


class Command(BaseCommand):
    help = (
        "Give a role to somebody who has an account and has confirmed its address. The first administrator is made "
        "this way; an administrator gives the other roles in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address the person logs in with")
        parser.add_argument("role", choices=[role.value for role in Role])

    def handle(self, *args: Any, email: str, role: str, **options: Any) -> None:
        address = EmailAddress.objects.filter(email__iexact=email.strip(), verified=True).select_related("user").first()
        if address is None or not address.user.is_active:
            raise CommandError(
                "No active account has confirmed this address: let the person sign up and open the link in the mail."
            )
        if role in address.user.roles:
            self.stdout.write(f"They have the role {role} already.")
            return
        grant_role(address.user, Role(role), by=SYSTEM, at=timezone.now())
        self.stdout.write(f"They have the role {role} now.")
