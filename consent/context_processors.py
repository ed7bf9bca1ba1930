"""What pages of somebody who is logged in show of the notices that they have not read."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from consent.announcement_queries import Unread, unread_of
from users.models import User


def unread_announcements(request: HttpRequest) -> dict[str, Any]:
    """`unread`: looked up by the first part of a page that asks for it, and by none for visitors."""

    def look_up() -> Unread:
        person = request.user
        return unread_of(person, at=timezone.now()) if isinstance(person, User) else Unread(0, None)

    return {"unread": SimpleLazyObject(look_up)}
