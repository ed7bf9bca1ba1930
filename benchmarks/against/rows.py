"""Telling people by a row for each: django-notifications-hq, on the same people."""

from collections.abc import Sequence

from django.apps import apps

from users.models import User


def is_there() -> bool:
    """Whether it is installed."""
    return apps.is_installed("notifications")


def tell(people: Sequence[User]) -> None:
    """Tell each of these people, as its documentation has it."""
    from notifications.signals import notify

    notify.send(people[0], recipient=list(people), verb="The privacy policy changes: version 2")


def unread_count(person: User) -> int:
    """What a page asks to show how many a person has not read."""
    return int(person.notifications.unread().count())  # type: ignore[attr-defined]
