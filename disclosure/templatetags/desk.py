"""The way to the desk, for the menu of every page."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from disclosure.filing_queries import waiting_count
from users.models import User

register = template.Library()
_MANY = 99


@dataclass(frozen=True, slots=True)
class Way:
    """Where a member of staff begins, and how many requests wait there for a reviewer."""

    href: str
    waiting: str


@register.simple_tag
def way_to_desk(member: Any) -> Way | None:
    """The first of the desk's pages that they may see; None for whoever has no role."""
    if not isinstance(member, User) or not member.is_staff:
        return None
    if not member.has_perm("disclosure.view_filing"):
        may_see = member.has_perm("consent.view_policydraft")
        return Way(reverse("policy_desk:versions" if may_see else "admin:index"), "")
    waiting = waiting_count(member)
    return Way(reverse("desk:queue"), f"{_MANY}+" if waiting > _MANY else str(waiting or ""))
