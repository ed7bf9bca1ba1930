"""What erasing a person does to what they chose: the choice of cookies goes (the ledger keeps that there was one)."""

from datetime import datetime

from consent.models import CookieChoice
from users.models import User
from users.services.erasure import on_erasure


@on_erasure
def erase_cookie_choice(person: User, at: datetime) -> None:
    CookieChoice.objects.filter(person=person).delete()
