"""Reads of notices and their mailings.

A person sees what was posted after they came: one row that all see, and a receipt only where they have read it. What a
person has not read is found from the notices, of which there are few, and never from the people.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from consent.models import Announcement, AnnouncementKind, AnnouncementReceipt, AnnouncementText
from privacy_app.languages import current
from users.models import User

MANY = 20
"""So many unread ones are counted; more are more."""


@dataclass(frozen=True, slots=True)
class Unread:
    """What a person has not read, in short: how many, and the newest change of the policy, if it is among them."""

    count: int
    policy: AnnouncementText | None


def shown_announcements(person: User, *, at: datetime) -> "QuerySet[Announcement]":
    """What is shown to this person: posted after they came, and not over."""
    return Announcement.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), posted_at__gt=person.created_at, posted_at__lte=at
    )


def unread_of(person: User, *, at: datetime) -> Unread:
    """What the person has not read; one query, which costs the same however many people there are."""
    read = AnnouncementReceipt.objects.filter(person=person, announcement=OuterRef("pk"))
    unread = shown_announcements(person, at=at).filter(~Exists(read))
    texts = list(
        AnnouncementText.objects.filter(
            announcement__in=unread.order_by("-posted_at", "-id")[: MANY + 1], language=current()
        )
        .select_related("announcement__policy")
        .order_by("-announcement__posted_at", "-announcement__id")
    )
    changes = (text for text in texts if text.announcement.kind == AnnouncementKind.POLICY)
    return Unread(len(texts), next(changes, None))


def announcements_of(person: User, *, at: datetime) -> "QuerySet[Announcement]":
    """What is shown to this person, with texts, policy and `seen_at`: what they have not read first, then the newest."""
    seen = AnnouncementReceipt.objects.filter(person=person, announcement=OuterRef("pk")).values("seen_at")
    return (
        shown_announcements(person, at=at)
        .annotate(seen_at=Subquery(seen))
        .annotate(is_read=Case(When(seen_at__isnull=False, then=Value(1)), default=Value(0)))
        .select_related("policy")
        .prefetch_related("texts")
        .order_by("is_read", "-posted_at", "-id")
    )
