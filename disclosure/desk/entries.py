"""Entries of the ledger about requests, in words: what happened, and who did it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.filing_queries import people_by_pseudonym
from privacy_app.ledger.models import Entry

KINDS: Mapping[str, str | Promise] = {
    "filing.drafted": gettext_lazy("Drafted"),
    "filing.edited": gettext_lazy("Edited: a new version"),
    "filing.submitted": gettext_lazy("Submitted"),
    "filing.withdrawn": gettext_lazy("Taken back"),
    "filing.approved": gettext_lazy("Approved"),
    "filing.refused": gettext_lazy("Refused"),
    "filing.information_wanted": gettext_lazy("More information wanted"),
    "filing.revoked": gettext_lazy("Revoked"),
    "disclosure.revoked": gettext_lazy("A partner's handle revoked"),
    "contribution.evidence_read": gettext_lazy("Evidence of a contribution read"),
    "access.searched": gettext_lazy("Access records searched by address"),
    "access.looked_at": gettext_lazy("Access records found in a search"),
    "access.day_ended": gettext_lazy("A day of access records forgotten"),
    "filing.commented": gettext_lazy("Commented"),
    "filing.assigned": gettext_lazy("Assigned"),
    "filing.extended": gettext_lazy("Deadline moved"),
    "filing.notice_delayed": gettext_lazy("Notice delayed"),
    "filing.expired": gettext_lazy("Expired"),
    "filing.looked_at": gettext_lazy("Values looked at by a reviewer"),
    "filing.link_issued": gettext_lazy("Link sent"),
    "filing.opened": gettext_lazy("Opened by the recipient"),
    "filing.opening_refused": gettext_lazy("Opening refused"),
    "filing.notified": gettext_lazy("The person was told"),
}
"""In words; what is not here is shown by its own name."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry: what happened and who did it."""

    entry: Entry
    what: str
    who: str

    @property
    def version(self) -> int | None:
        version: int | None = self.entry.body.get("version")
        return version


def told(entries: Iterable[Entry], name_of: Callable[[UUID], str]) -> list[Told]:
    """The entries in words, in one query; `name_of` says who somebody is to whoever reads."""
    entries = list(entries)
    names = {actor: pseudonym for actor in {entry.actor for entry in entries} if (pseudonym := _pseudonym(actor))}
    people = people_by_pseudonym(names.values())
    return [
        Told(
            entry,
            str(KINDS.get(entry.kind, entry.kind)),
            _who(entry.actor, people.get(names[entry.actor]) if entry.actor in names else None, name_of),
        )
        for entry in entries
    ]


def _pseudonym(actor: str) -> UUID | None:
    _kind, _colon, key = actor.partition(":")
    try:
        return UUID(key)
    except ValueError:
        return None


def _who(actor: str, person: UUID | None, name_of: Callable[[UUID], str]) -> str:
    if person is not None:
        return name_of(person)
    match actor.partition(":")[0]:
        case "system":
            return _("by itself")
        case "authority":
            return _("the authority, by its link")
    return actor
