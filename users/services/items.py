"""Holding a person's data: every value encrypted under their key, with where it came from (COL-b, STO-1)."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from privacy_app import locks
from privacy_app.crypto import Unreadable, associated_data, seal, unseal
from privacy_app.ledger.actors import SYSTEM, Actor
from privacy_app.ledger.services import Draft, append, append_all
from users.models import DataElement, Partner, PersonalDataItem, Source, StorageLocation, User
from users.queries import current_items
from users.services.actors import pseudonym_of, pseudonyms_of
from users.services.data_keys import open_data_keys
from users.services.errors import ItemGone, ItemUnreadable, NotTheirsToWrite, PersonErased
from users.services.events import tell_of_correction
from users.services.values import normalised

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value to be held: the element's key, the value, and when it was obtained."""

    field: str
    value: str
    obtained_at: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """How a partner came by what it gives: a channel by name, what lets it pass that on, and evidence of it (COL-b).

    Evidence can name people, so it lives and dies with the person's key.
    """

    name: str
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An item opened. `value` is None where it does not open: then it is reported, never shown, never released."""

    item: PersonalDataItem
    value: str | None

    @property
    def is_readable(self) -> bool:
        return self.value is not None


CONTEXT = associated_data("personal-data-item")
EVIDENCE = associated_data("channel-evidence")


def _context(item: PersonalDataItem, what: bytes = CONTEXT) -> bytes:
    return what + associated_data(str(item.id), str(item.person_id), item.element_id)


@locks.in_transaction
def store(
    person: User,
    values: Iterable[NewValue],
    *,
    source: Source,
    by: Actor,
    at: datetime,
    partner: Partner | None = None,
    channel: Channel | None = None,
) -> list[PersonalDataItem]:
    """Hold values of one person; each becomes the chosen one of its element, and replaces what this source gave before.

    What a partner gives is chosen only where nothing else is held. Raises ValidationError (nothing is held then),
    DataElement.DoesNotExist and PersonErased.
    """
    locks.exclude(people=[person.pk])
    data_key = open_data_keys([person.pk]).get(person.pk)
    if data_key is None:
        raise PersonErased
    values = list(values)
    elements = DataElement.objects.in_bulk([value.field for value in values])
    location = StorageLocation.objects.get(is_default=True)
    items, plain = [], {}
    for value in values:
        if value.field not in elements:
            raise DataElement.DoesNotExist(value.field)
        element = elements[value.field]
        item = PersonalDataItem(
            id=uuid.uuid4(),
            person=person,
            element=element,
            source=source,
            partner=partner,
            obtained_at=value.obtained_at,
            stored_at=at,
            location=location,
            expires_at=at + timedelta(days=element.retention_days) if element.retention_days else None,
        )
        plain[item.id] = normalised(element, value.value)
        item.ciphertext = seal(plain[item.id].encode(), key=data_key, context=_context(item))
        if channel:
            item.channel, item.channel_basis = channel.name, channel.basis
            item.channel_evidence = seal(channel.evidence.encode(), key=data_key, context=_context(item, EVIDENCE))
        items.append(item)
    held = PersonalDataItem.objects.filter(person=person, element_id__in=elements)
    stood = {item.element_id: _opened(item, data_key) for item in held.filter(is_chosen=True)}
    replaced = held.filter(source=source, partner=partner)
    if source == Source.PARTNER:
        kept = _stand_beside(items, plain, current_items(person, at=at).filter(element_id__in=elements), data_key)
        replaced = replaced.exclude(pk__in=kept)
    replaced.delete()
    chosen = [item.element_id for item in items if item.is_chosen]
    held.filter(element_id__in=chosen, is_chosen=True).update(is_chosen=False)
    PersonalDataItem.objects.bulk_create(items)
    append(
        kind="item.stored",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={"fields": sorted(elements), "source": str(source), "country": location.country},
        at=at,
    )
    new = {item.element_id: plain[item.id] for item in items if item.is_chosen}
    tell_of_correction(person, (field for field in stood.keys() & new.keys() if stood[field] != new[field]), at=at)
    return items


def _stand_beside(
    items: Iterable[PersonalDataItem],
    plain: Mapping[UUID, str],
    held: Iterable[PersonalDataItem],
    data_key: bytes,
) -> list[UUID]:
    """Let new items of a partner be chosen only where nothing else is held, or where they repeat its chosen value.

    Returns its items that stay all the same: a choice is the person's, and no partner takes it from under them.
    """
    rows, kept = list(held), []
    for item in items:
        beside = [row for row in rows if row.element_id == item.element_id]
        stood = next((row for row in beside if row.is_chosen and row.partner_id == item.partner_id), None)
        is_alone = all(row.partner_id == item.partner_id for row in beside)
        item.is_chosen = is_alone or (stood is not None and _opened(stood, data_key) == plain[item.id])
        if stood is not None and not item.is_chosen:
            kept.append(stood.id)
    return kept


@locks.in_transaction
def forget(person: User, fields: Iterable[str], *, source: Source, by: Actor, at: datetime) -> list[str]:
    """Delete what this source gave of these elements; returns the elements of which there was something.

    What other sources gave stays, and none of it stands for its element until the person chooses.
    """
    locks.exclude(people=[person.pk])
    held = list(PersonalDataItem.objects.filter(person=person, element_id__in=list(fields), source=source))
    if not held:
        return []
    PersonalDataItem.objects.filter(pk__in=[item.pk for item in held]).delete()
    gone = sorted({item.element_id for item in held})
    append(
        kind="item.deleted",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={"fields": gone, "source": str(source)},
        at=at,
    )
    tell_of_correction(person, (item.element_id for item in held if item.is_chosen), at=at)
    return gone


@locks.in_transaction
def tell(person: User, field: str, value: str, *, by: Actor, at: datetime) -> PersonalDataItem:
    """Hold what the person states about themselves. Raises NotTheirsToWrite, and as `store`."""
    if not DataElement.objects.get(pk=field).is_told_by_people:
        raise NotTheirsToWrite
    stored = store(person, [NewValue(field, value, at)], source=Source.PERSON, by=by, at=at)
    return stored[0]


@locks.in_transaction
def choose(person: User, item_id: UUID, *, by: Actor, at: datetime) -> PersonalDataItem:
    """Let this value stand for its element, of which others came from elsewhere: it is the one that can be released.

    Choosing what is chosen changes nothing. Raises ItemGone, ItemUnreadable and NotTheirsToWrite.
    """
    locks.exclude(people=[person.pk])
    readings = read(current_items(person, at=at).filter(pk=item_id), at=at)
    if not readings:
        raise ItemGone
    item = readings[0].item
    if item.element.is_excluded:
        raise NotTheirsToWrite
    if not readings[0].is_readable:
        raise ItemUnreadable
    if item.is_chosen:
        return item
    PersonalDataItem.objects.filter(person=person, element=item.element, is_chosen=True).update(is_chosen=False)
    item.is_chosen = True
    item.save(update_fields=["is_chosen"])
    append(
        kind="item.chosen",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={"field": item.element_id, "source": str(item.source)},
        at=at,
    )
    tell_of_correction(person, [item.element_id], at=at)
    return item


def read(items: "QuerySet[PersonalDataItem]", *, at: datetime) -> list[Reading]:
    """Open these items, in two queries however many there are. What does not open is reported once on the ledger."""
    rows = list(items.select_related("element", "partner", "location"))
    data_keys = open_data_keys({item.person_id for item in rows})
    readings = [Reading(item, _opened(item, data_keys.get(item.person_id))) for item in rows]
    newly_unreadable = [
        reading.item.id for reading in readings if not reading.is_readable and reading.item.unreadable_since is None
    ]
    if newly_unreadable:
        report_unreadable(newly_unreadable, at=at)
    return readings


def _opened(item: PersonalDataItem, data_key: bytes | None) -> str | None:
    if data_key is None:
        return None
    try:
        return unseal(bytes(item.ciphertext), key=data_key, context=_context(item)).decode()
    except (Unreadable, UnicodeDecodeError):
        return None


def evidence_of(item: PersonalDataItem) -> str:
    """The evidence by which a partner showed that it may pass this on (COL-b). Raises PersonErased and Unreadable.

    Whoever shows it to anybody enters that first.
    """
    data_key = open_data_keys([item.person_id]).get(item.person_id)
    if data_key is None:
        raise PersonErased
    return unseal(bytes(item.channel_evidence or b""), key=data_key, context=_context(item, EVIDENCE)).decode()


@locks.in_transaction
def report_unreadable(ids: list[UUID], *, at: datetime) -> None:
    """Enter that these items do not open."""
    items = list(PersonalDataItem.objects.filter(id__in=ids))
    pseudonyms = pseudonyms_of({item.person_id for item in items})
    PersonalDataItem.objects.filter(id__in=ids).update(unreadable_since=at)
    append_all(
        Draft("item.unreadable", pseudonyms.get(item.person_id), SYSTEM, {"field": item.element_id}, at)
        for item in items
    )
    log.error("item.unreadable", items=[str(item.id) for item in items])


@locks.in_transaction
def delete_expired(*, at: datetime) -> int:
    """Delete what its retention has outlived; returns how many."""
    expired = list(PersonalDataItem.objects.filter(expires_at__lte=at).select_for_update(skip_locked=True)[:5000])
    if not expired:
        return 0
    pseudonyms = pseudonyms_of({item.person_id for item in expired})
    append_all(
        Draft("item.expired", pseudonyms.get(item.person_id), SYSTEM, {"field": item.element_id}, at)
        for item in expired
    )
    PersonalDataItem.objects.filter(id__in=[item.id for item in expired]).delete()
    return len(expired)
