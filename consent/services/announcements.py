"""Posting notices to everybody, and noting that somebody has read one (CHG-a, CHG-b)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from consent.announcement_queries import shown_announcements
from consent.models import Announcement, AnnouncementKind, AnnouncementReceipt, AnnouncementText, Policy
from consent.queries import purpose_of_news
from consent.services.errors import NotAsked, NothingToTell
from consent.services.mailings import begin
from privacy_app import locks
from privacy_app.languages import CODES
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import User


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in one language: its title, and its text as Markdown."""

    title: str
    body: str


@locks.in_transaction
def post(
    kind: AnnouncementKind,
    told: Mapping[str, Told],
    *,
    by: Actor,
    at: datetime,
    policy: Policy | None = None,
    until: datetime | None = None,
    by_mail: bool = True,
    id: UUID | None = None,
) -> Announcement:
    """Post a notice to everybody who is here by now: on the site at once, and by mail as fast as the rate permits.

    `told` has every language. A change of the policy names its version. Posting twice under one `id` is posting once.
    Raises NothingToTell, and NotAsked where product news are to go by mail that no purpose covers.
    """
    if id is not None:
        locks.take_turn("announcement", str(id))
        if posted := Announcement.objects.filter(pk=id).first():
            return posted
    if kind == AnnouncementKind.NEWS and by_mail and purpose_of_news(at=at) is None:
        raise NotAsked
    if any(code not in told or not told[code].title.strip() or not told[code].body.strip() for code in CODES):
        raise NothingToTell
    announcement = Announcement.objects.create(id=id or uuid4(), kind=kind, policy=policy, posted_at=at, until=until)
    texts = [
        AnnouncementText(
            announcement=announcement,
            language=code,
            title=told[code].title,
            body=told[code].body,
            sha256=AnnouncementText.digest(told[code].title, told[code].body),
        )
        for code in CODES
    ]
    AnnouncementText.objects.bulk_create(texts)
    append(
        kind="notice.posted",
        pseudonym=None,
        actor=by,
        body={
            "notice": str(announcement.pk),
            "kind": str(kind),
            "policy_version": policy.version if policy else None,
            "texts": {text.language: text.sha256 for text in texts},
            "until": instant(until) if until else None,
            "by_mail": by_mail,
        },
        at=at,
    )
    if by_mail:
        begin(announcement, by=by, at=at)
    return announcement


@locks.in_transaction
def take_down(announcement: Announcement, *, by: Actor, at: datetime) -> None:
    """From now on the notice is shown to nobody. Taking down twice is taking down once."""
    announcement = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if announcement.until is not None and announcement.until <= at:
        return
    announcement.until = at
    announcement.save(update_fields=["until"])
    append(kind="notice.taken_down", pseudonym=None, actor=by, body={"notice": str(announcement.pk)}, at=at)


@locks.in_transaction
def mark_read(person: User, ids: Iterable[UUID] | None, *, at: datetime) -> None:
    """Note that the person has read these of the notices that are shown to them, or all of them (None).

    What is not shown to them is passed over, and so is what they have read before.
    """
    # Nothing is noted of somebody who is being erased at this moment.
    locks.share(people=[person.pk])
    person.refresh_from_db()
    if person.erased_at is not None:
        return
    shown = shown_announcements(person, at=at)
    if ids is not None:
        shown = shown.filter(pk__in=list(ids))
    unread = shown.exclude(pk__in=AnnouncementReceipt.objects.filter(person=person).values("announcement"))
    receipts = [AnnouncementReceipt(person=person, announcement=each, seen_at=at) for each in unread]
    AnnouncementReceipt.objects.bulk_create(receipts, ignore_conflicts=True)
