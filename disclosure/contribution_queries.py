"""Reads of what partners contributed (COL-b): the list, one with what is still held of it, and who read its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import F, Q, QuerySet

from disclosure.models import Contribution, EvidenceReading
from users.models import PersonalDataItem, Source, User
from users.slices import Mark, Slice, slice_of

PER_PAGE = 50


class Result(StrEnum):
    """What became of what came."""

    ACCEPTED = "accepted"
    IN_PART = "in_part"
    REFUSED = "refused"


_ALL, _NOTHING = Q(accepted=F("fields")), Q(accepted=[])
_RESULTS = {Result.ACCEPTED: _ALL, Result.IN_PART: ~_ALL & ~_NOTHING, Result.REFUSED: _NOTHING}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which are looked for: of this partner, with this result, from this moment on, before that one."""

    partner: UUID | None = None
    result: Result | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def of_contributions(self) -> Q:
        found = Q(partner=self.partner) if self.partner else Q()
        if self.result:
            found &= _RESULTS[self.result]
        if self.since:
            found &= Q(at__gte=self.since)
        return found & Q(at__lt=self.until) if self.until else found


def contributions(
    narrowing: Narrowing, *, after: Mark | None = None, before: Mark | None = None
) -> Slice[Contribution]:
    """What came, the latest first, in one query."""
    found = Contribution.objects.filter(narrowing.of_contributions).select_related("partner", "entry")
    return slice_of(found, by="at", newest_first=True, size=PER_PAGE, after=after, before=before)


def channels_of(contributions: Sequence[Contribution]) -> dict[UUID, str]:
    """By contribution, its channel, for those of which something is held; in one query."""
    items = PersonalDataItem.objects.filter(
        source=Source.PARTNER,
        person__in={each.person_id for each in contributions if each.person_id},
        stored_at__in={each.at for each in contributions},
    ).values_list("person_id", "partner_id", "stored_at", "channel")
    channels: dict[tuple[UUID | None, UUID | None, datetime], str] = {
        (person, partner, at): channel for person, partner, at, channel in items
    }
    found = ((each.pk, channels.get((each.person_id, each.partner_id, each.at))) for each in contributions)
    return {pk: channel for pk, channel in found if channel}


def items_of(contribution: Contribution) -> "QuerySet[PersonalDataItem]":
    """What is still held of what it brought: not what was replaced since, has expired, or went with the person."""
    return PersonalDataItem.objects.filter(
        person=contribution.person_id,
        partner=contribution.partner_id,
        source=Source.PARTNER,
        stored_at=contribution.at,
        element__in=contribution.accepted,
    ).order_by("element_id")


def readings_of_evidence(contribution: Contribution) -> list[EvidenceReading]:
    """Each time that staff read its evidence, the latest first, with the ledger entry."""
    return list(contribution.readings.select_related("entry"))


def evidence_readings_about(person: User) -> "QuerySet[EvidenceReading]":
    """Each time that staff read evidence a partner gave about the person, the latest first."""
    return (
        EvidenceReading.objects.filter(person=person)
        .select_related("contribution__partner", "entry")
        .order_by("-at", "-id")
    )
