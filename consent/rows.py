"""The list of a person's choices as they read it: one row a purpose and recipient, ready in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consent.last_reads import last_reads_of
from consent.models import Aspect, Basis, PurposeRecipient, PurposeVersion
from consent.queries import Choice, standings_of
from consent.states import State
from consent.wording import STATE_SHAPES, aspect_words, clause_of, outcome_words, recipient_name, state_words
from users.countries import country_name
from users.models import DataElement, User
from users.wording import day

_WAITING = frozenset({State.REQUESTED, State.REQUEST_DEFERRED})


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch with its words. `hidden` is what its form sends along: what was shown, so that nothing else is changed."""

    id: str
    label: str
    sentence: str
    state: str
    shape: str
    is_on: bool
    is_waiting: bool
    hidden: Mapping[str, str | int]
    choice: Choice

    @property
    def newer_text(self) -> bool:
        """Whether a text has come into force after the one that is allowed."""
        consent = self.choice.consent
        return self.is_on and consent is not None and consent.version_id != self.choice.version.pk


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose and recipient. `base` is None where the use needs no consent; then `why` says so."""

    id: str
    version: PurposeVersion
    recipient: PurposeRecipient | None
    name: str
    country: str
    clause: str
    title: str
    summary: str
    fields: tuple[str, ...]
    base: Switch | None
    separate: tuple[Switch, ...]
    why: str
    last_read_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        return any(switch.is_waiting for switch in self.switches)

    @property
    def switches(self) -> tuple[Switch, ...]:
        return (self.base, *self.separate) if self.base else self.separate

    @property
    def last_read(self) -> str:
        """When the recipient last read data for this purpose; empty for our own use."""
        if self.recipient is None:
            return ""
        if self.last_read_at is None:
            return _("They have read nothing so far.")
        return _("They last read data on %(date)s.") % {"date": day(self.last_read_at)}

    def outcome_of(self, aspect: Aspect) -> str:
        """What the change of one of its switches means from now on."""
        choice = next(switch.choice for switch in self.switches if switch.choice.aspect is aspect)
        return outcome_words(choice, self.fields, self.last_read_at)


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows: what waits for an answer, what can be allowed, and what rests on something else than consent."""

    waiting: list[Row]
    choices: list[Row]
    others: list[Row]


def row_id(purpose: str, recipient: UUID | None) -> str:
    """The id of a row on the page."""
    return f"{purpose}--{recipient.hex}" if recipient else purpose


def all_rows(person: User, *, at: datetime) -> list[Row]:
    """Every row of the person, by purpose and recipient, in a constant number of queries."""
    elements = {element.key: element for element in DataElement.objects.all()}
    titles = {key: element.title for key, element in elements.items()}
    sensitive = frozenset(key for key, element in elements.items() if element.is_sensitive)
    last_reads = last_reads_of(person)
    rows = []
    for standing in standings_of(person, at=at):
        version, recipient = standing.version, standing.recipient
        partner = recipient.partner_id if recipient else None
        id_ = row_id(version.purpose.key, partner)
        text = version.text()
        name = recipient_name(recipient)
        switches = {
            choice.aspect: _switch(
                choice,
                id_,
                label=_("%(recipient)s: %(purpose)s") % {"recipient": name, "purpose": text.title}
                if choice.aspect is Aspect.BASE
                else aspect_words(choice.aspect, choice.version, titles, sensitive),
                sentence=text.summary if choice.aspect is Aspect.BASE else "",
            )
            for choice in standing.choices
        }
        base = switches.pop(Aspect.BASE, None)
        rows.append(
            Row(
                id=id_,
                version=version,
                recipient=recipient,
                name=name,
                country=country_name(recipient.country) if recipient else "",
                clause=clause_of(recipient),
                title=text.title,
                summary=text.summary,
                fields=tuple(titles.get(field, field) for field in version.fields),
                base=base,
                separate=tuple(switches.values()),
                why="" if base else _why(version),
                last_read_at=last_reads.get((partner, version.purpose_id)) if partner else None,
            )
        )
    return rows


def rows_of(person: User, *, at: datetime) -> Rows:
    """Every row, sorted by what the person can do about it."""
    rows = all_rows(person, at=at)
    return Rows(
        waiting=[row for row in rows if row.is_waiting],
        choices=[row for row in rows if row.base and not row.is_waiting],
        others=[row for row in rows if not row.base and not row.is_waiting],
    )


def _switch(choice: Choice, row: str, *, label: str, sentence: str) -> Switch:
    return Switch(
        id=f"{row}--{choice.aspect.value}",
        label=label,
        sentence=sentence,
        state=state_words(choice),
        shape=STATE_SHAPES[choice.state],
        is_on=choice.is_on,
        is_waiting=choice.state in _WAITING,
        hidden={
            "purpose": choice.version.purpose.key,
            "recipient": str(choice.recipient.partner_id) if choice.recipient else "",
            "aspect": choice.aspect.value,
            "version": choice.version.version,
            "revision": choice.revision,
        },
        choice=choice,
    )


def _why(version: PurposeVersion) -> str:
    match version.basis:
        case Basis.CONTRACT:
            return _(
                "There is no switch here, because this rests on a service that you ask for: it is read while that service is open, and not after."
            )
        case Basis.LAW:
            return _("There is no switch here, because a law requires this.")
        case _:
            return _("This is on by the policy. An objection cannot be recorded here yet; write to us and we stop it.")
