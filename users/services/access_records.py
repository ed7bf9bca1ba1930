"""A security officer looks for whoever came from an address (SEC-a, SEC-b): entered, for each person apart."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app import locks
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import Draft, append, append_all
from users.access.reading import Record, records_from
from users.models import LedgerPseudonym, User
from users.services.actors import as_staff, pseudonyms_of
from users.slices import Mark, Slice

LOOKED_AT = "access.looked_at"


class Occasion(models.TextChoices):
    """Why an address is looked for. Words of one's own could name somebody, and would stay on the ledger for good."""

    LEAK = "leak", _("Data may have leaked, or an account may be in the wrong hands")
    ATTACK = "attack", _("The site is attacked or abused from this address")
    PERSON = "person", _("The person concerned asks for it")
    ORDER = "order", _("An authority demands it, and a request is filed")


@locks.in_transaction
def search(address: str, *, occasion: Occasion, by: User, at: datetime, after: Mark | None = None) -> Slice[Record]:
    """What came from this normalised address, the latest first. One entry for the search, one for each person found."""
    found = records_from(address, at=at, after=after)
    people = {record.person_id for record in found.rows if record.person_id}
    actor = as_staff(by)
    body = {"occasion": occasion.value}
    counts = {"records": len(found.rows), "people": len(people)}
    append(kind="access.searched", pseudonym=None, actor=actor, body={**body, **counts}, at=at)
    names = pseudonyms_of(people)
    append_all(Draft(LOOKED_AT, names[person], actor, body, at) for person in sorted(people) if person in names)
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """Once that a security officer found records of the person, and why they looked."""

    at: datetime
    occasion: Occasion


def looks_at(person: User, *, most: int = 10) -> list[Look]:
    """The latest times that staff found records of the person, in one query."""
    names = LedgerPseudonym.objects.filter(person=person).values("pseudonym")
    entries = Entry.objects.filter(kind=LOOKED_AT, pseudonym__in=names).order_by("-seq")[:most]
    return [Look(entry.at, Occasion(entry.body["occasion"])) for entry in entries]
