"""The list of a person's choices as they read it: one row a purpose and recipient, ready in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consent.last_reads import last_reads_of
from consent.models import Aspect, Basis, Consent, ConsentChange, PurposeRecipient, PurposeVersion
from consent.queries import last_changes_of
from consent.significance import NOTHING
from consent.standings import Choice, standings_of
from consent.states import LIVE, State
from consent.wording import (
    STATE_SHAPES,
    aspect_words,
    basis_clause,
    covered_words,
    outcome_words,
    recipient_name,
    state_words,
)
from users.countries import country_name
from users.models import DataElement, User
from users.wording import day

_WAITING = frozenset({State.REQUESTED, State.REQUEST_DEFERRED})


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch with its words. `hidden` is what its form sends along: what was shown, so that nothing else is changed.

    `covers` are the fields that are covered or, where nothing is allowed, those that the text names which was last
    refused or ended. `more` is what the text in force names beyond what is allowed, `dropped` what it names no more.
    """

    id: str
    label: str
    sentence: str
    state: str
    shape: str
    is_on: bool
    is_waiting: bool
    covers: tuple[str, ...]
    more: str
    dropped: str
    hidden: Mapping[str, str | int]
    choice: Choice
    change: ConsentChange | None

    @property
    def is_offered(self) -> bool:
        """Whether it can be switched on: the text in force still asks for it."""
        return self.choice.is_offered

    @property
    def can_be_put_off(self) -> bool:
        return self.choice.state is State.REQUESTED

    @property
    def asks_more(self) -> bool:
        """Whether the person is asked for what the text in force names beyond what they allow."""
        return self.choice.asks and self.choice.state in LIVE

    @property
    def kept_on(self) -> str:
        """The day on which the person refused it; empty if they did not."""
        answer = self.choice.answer
        return day(answer.at) if answer and self.choice.is_refused else ""

    @property
    def missing(self) -> str:
        """What is not allowed of it, in a few words; empty where nothing is missing."""
        label = str(self.choice.aspect.label)
        if not self.is_on:
            return label
        return _("%(aspect)s (%(more)s)") % {"aspect": label, "more": self.more} if self.more else ""

    def is_bound_to(self, version: PurposeVersion) -> bool:
        """Whether this is the text that was last allowed or refused."""
        return self.choice.consent is not None and self.choice.consent.version_id == version.pk

    @property
    def undo(self) -> str:
        """What would put the last change right, `on` or `off`; empty where nothing quite does.

        Allowing once more cannot be undone without ending what was allowed before; a withdrawal from a text that is no
        longer in force cannot be taken back without another text.
        """
        change, choice = self.change, self.choice
        if change is None or choice.consent is None:
            return ""
        was_on = choice.would_be_on(State(change.before))
        if self.is_on:
            return "" if was_on else "off"
        same_text = choice.is_offered and choice.consent.version_id == choice.version.pk
        return "on" if was_on and choice.state is State.WITHDRAWN and same_text else ""


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
        return any(switch.is_waiting or switch.asks_more for switch in self.switches)

    @property
    def is_unasked(self) -> bool:
        """Whether something of it is to be asked that was not asked yet."""
        return any(switch.choice.is_unasked for switch in self.switches)

    @property
    def is_allowed(self) -> bool:
        return any(switch.is_on for switch in self.switches)

    @property
    def switches(self) -> tuple[Switch, ...]:
        return (self.base, *self.separate) if self.base else self.separate

    @property
    def label(self) -> str:
        return _label(self.name, self.title)

    @property
    def last_read(self) -> str:
        """When the recipient last read data for this purpose; empty for our own use."""
        if self.recipient is None:
            return ""
        if self.last_read_at is None:
            return _("They have read nothing so far.")
        return _("They last read data on %(date)s.") % {"date": day(self.last_read_at)}

    @property
    def last_change(self) -> ConsentChange | None:
        changes = [switch.change for switch in self.switches if switch.change]
        return max(changes, key=lambda change: (change.at, change.pk), default=None)

    def outcome_of(self, aspect: Aspect) -> str:
        """What the change of one of its switches means from now on."""
        switch = next(switch for switch in self.switches if switch.choice.aspect is aspect)
        return outcome_words(
            switch.choice,
            switch.covers,
            self.last_read_at,
            missing=[other.missing for other in self.separate if other.missing],
            base_is_off=self.base is not None and not self.base.is_on,
        )

    def mentions(self, words: str) -> bool:
        """Whether what is written in the row contains these words."""
        written = " ".join((self.name, self.country, self.title, self.summary, *self.fields))
        return words.casefold() in written.casefold()


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows: what waits for an answer, what can be allowed, and what rests on something else than consent."""

    waiting: list[Row]
    choices: list[Row]
    others: list[Row]


def row_id(purpose: str, recipient: UUID | None) -> str:
    """The id of a row on the page."""
    return f"row-{purpose}--{recipient.hex}" if recipient else f"row-{purpose}"


def switch_id(row: str, aspect: Aspect) -> str:
    """The id of a switch in a row."""
    return f"{row}--{aspect.value}"


def all_rows(person: User, *, at: datetime, also: Consent | None = None) -> list[Row]:
    """Every row of the person, by purpose and recipient, in a constant number of queries.

    `also` is a consent changed a moment ago, which is shown even where nothing asks for it any more.
    """
    elements = {element.key: element for element in DataElement.objects.all()}
    titles = {key: element.title for key, element in elements.items()}
    sensitive = frozenset(key for key, element in elements.items() if element.is_sensitive)
    last_reads, last_changes = last_reads_of(person), last_changes_of(person)
    rows = []
    for standing in standings_of(person, at=at, also=also):
        version, recipient = standing.version, standing.recipient
        partner = recipient.partner_id if recipient else None
        id_, text, name = row_id(version.purpose.key, partner), version.text(), recipient_name(recipient)
        switches = {
            choice.aspect: _switch(
                choice,
                id_,
                label=_label(name, _told(choice).text().title)
                if choice.aspect is Aspect.BASE
                else aspect_words(choice.aspect, _told(choice), titles, sensitive),
                titles=titles,
                change=last_changes.get(choice.consent.pk) if choice.consent else None,
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
                clause=basis_clause(version.basis, recipient),
                title=text.title,
                summary=text.summary,
                fields=base.covers if base and base.choice.counts else _titled(version.fields, titles),
                base=base,
                separate=tuple(switches.values()),
                why="" if base else _why(version),
                last_read_at=last_reads.get((partner, version.purpose_id)) if partner else None,
            )
        )
    return rows


def arranged(rows: Sequence[Row]) -> Rows:
    """The rows, sorted by what the person can do about them."""
    return Rows(
        waiting=[row for row in rows if row.is_waiting],
        choices=[row for row in rows if row.base and not row.is_waiting],
        others=[row for row in rows if not row.base and not row.is_waiting],
    )


def _switch(choice: Choice, row: str, *, label: str, titles: Mapping[str, str], change: ConsentChange | None) -> Switch:
    return Switch(
        id=switch_id(row, choice.aspect),
        label=label,
        sentence=_told(choice).text().summary if choice.aspect is Aspect.BASE else "",
        state=state_words(choice),
        shape="on" if choice.is_on else STATE_SHAPES[choice.state],
        is_on=choice.is_on,
        is_waiting=choice.state in _WAITING and choice.is_offered,
        covers=_covered_fields(choice, titles),
        more=covered_words(choice.more, titles),
        dropped=covered_words(choice.dropped, titles),
        hidden={
            "purpose": choice.version.purpose.key,
            "recipient": str(choice.recipient.partner_id) if choice.recipient else "",
            "aspect": choice.aspect.value,
            "version": choice.version.version,
            "revision": choice.revision,
        },
        choice=choice,
        change=change,
    )


def _told(choice: Choice) -> PurposeVersion:
    """The version whose words stand there: the one in force, unless it says more than is allowed."""
    return choice.consent.version if choice.consent and choice.more else choice.version


def _covered_fields(choice: Choice, titles: Mapping[str, str]) -> tuple[str, ...]:
    version = choice.consent.version if choice.consent else choice.version
    is_live = choice.consent is not None and choice.state in LIVE and not choice.rests_on_policy
    named = [field for field in version.fields if not is_live or field in (choice.covered or NOTHING).fields]
    return _titled(named, titles)


def _label(name: str, title: str) -> str:
    return _("%(recipient)s: %(purpose)s") % {"recipient": name, "purpose": title}


def _titled(fields: Iterable[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(titles.get(field, field) for field in fields)


def _why(version: PurposeVersion) -> str:
    if version.basis == Basis.LAW:
        return _("There is no switch for it, because a law requires it.")
    return _(
        "There is no switch for it, because it rests on a service that you ask for: your data is read while that service is open, and not after."
    )
