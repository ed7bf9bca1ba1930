"""Reads of notices and their mailings.

A person sees what was posted after they came: one row that all see, and a receipt only where they have read it. What a
person has not read is found from the notices, of which there are few, and never from the people.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from consent.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementReceipt,
    Mailing,
    RecipientState,
)
from privacy_app.languages import current
from users.models import User

MANY = 20
"""So many unread ones are counted; more are more."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A change of the policy in short, in the language of the page: which notice tells of it, and from when it holds."""

    id: UUID
    title: str
    in_force_from: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """What a person has not read, in short: how many, and the newest change of the policy, if it is among them."""

    count: int
    bulletin: Bulletin | None


def shown_announcements(person: User, *, at: datetime) -> "QuerySet[Announcement]":
    """What is shown to this person: posted after they came, and not over."""
    return Announcement.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), posted_at__gt=person.created_at, posted_at__lte=at
    )


def unread_of(person: User, *, at: datetime) -> Unread:
    """What the person has not read; one query, which costs the same however many people there are.

    Written out: it is asked on every page, and to build it anew each time would take longer than to answer it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _UNREAD,
            {"person": person.pk, "came": person.created_at, "at": at, "language": current(), "limit": MANY + 1},
        )
        rows = cursor.fetchall()
    return Unread(len(rows), next((Bulletin(id_, title, begin) for id_, title, begin in rows if begin), None))


_UNREAD = """
    SELECT notice.id, text.title, policy.published_at
    FROM consent_announcement AS notice
    JOIN consent_announcementtext AS text ON text.announcement_id = notice.id AND text.language = %(language)s
    LEFT JOIN consent_policy AS policy ON policy.id = notice.policy_id
    WHERE notice.posted_at > %(came)s AND notice.posted_at <= %(at)s
        AND (notice.until IS NULL OR notice.until > %(at)s)
        AND NOT EXISTS (
            SELECT 1 FROM consent_announcementreceipt
            WHERE person_id = %(person)s AND announcement_id = notice.id
        )
    ORDER BY notice.posted_at DESC, notice.id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class ChangesTold:
    """Of how many changes of the policy a person was told, how many they have not read, and when of the last."""

    count: int
    unread: int
    last: datetime | None


def changes_told(person: User, *, at: datetime) -> ChangesTold:
    """What the person was told of changes of the policy, in one query."""
    read = AnnouncementReceipt.objects.filter(person=person, announcement=OuterRef("pk"))
    found = (
        shown_announcements(person, at=at)
        .filter(kind=AnnouncementKind.POLICY)
        .aggregate(count=Count("pk"), unread=Count("pk", filter=~Exists(read)), last=Max("posted_at"))
    )
    return ChangesTold(found["count"], found["unread"], found["last"])


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


def all_announcements() -> "QuerySet[Announcement]":
    """Every notice that was ever posted, the newest first, with its texts and its mailing: for staff."""
    return (
        Announcement.objects.select_related("policy", "mailing").prefetch_related("texts").order_by("-posted_at", "-id")
    )


def bounces_by_code(mailing: Mailing) -> dict[str, int]:
    """How many mails came back, by the code with which they did."""
    rows = mailing.recipients.filter(state=RecipientState.BOUNCED).values_list("why").annotate(count=Count("id"))
    return dict(rows.order_by("-count", "why"))
