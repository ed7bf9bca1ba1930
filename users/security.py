"""How a person's account is locked, and who is inside it now (SEC-a)."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from users.models import User
from users.services.sessions import Login, logins_of


@dataclass(frozen=True, slots=True)
class Security:
    """The live log-ins, the current one first, and each lock of the account."""

    logins: list[Login]
    has_password: bool
    addresses: list[EmailAddress]
    has_app: bool
    passkeys: int

    @property
    def unconfirmed(self) -> int:
        return sum(not address.verified for address in self.addresses)

    @property
    def others(self) -> int:
        """How many log-ins there are besides the current one."""
        return sum(not login.is_current for login in self.logins)


def security_of(person: User, *, current_key: str | None, at: datetime) -> Security:
    """The person's log-ins and locks, in three queries."""
    kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return Security(
        logins=logins_of(person, current_key=current_key, at=at),
        has_password=person.has_usable_password(),
        addresses=list(EmailAddress.objects.filter(user=person).order_by("-primary", "email")),
        has_app=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
    )
