"""Where a person stands towards every purpose and recipient, and what they are to be asked (DIS-a, CHG-b)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from consent.lineages import Edition, Lineage, coverage_named, lineages
from consent.models import Aspect, Basis, Consent, ConsentChange, More, PurposeRecipient, PurposeVersion
from consent.queries import answers_about_more, asked_aspects, purpose_of_news, sensitive_keys, versions_in_force
from consent.significance import NOTHING, Coverage
from consent.states import LIVE, OBJECTED, State
from users.models import User


@dataclass(frozen=True, slots=True)
class Choice:
    """One switch of a person: a purpose version, a recipient (None: nobody outside), an aspect, and where it stands.

    `covered` is what the consent covers now: what its own text names and every text after it, None where its meaning
    has changed since. `more` is what the version in force names beyond that, and `answer` the last that happened about
    it. `asks`: the person is to be asked for it or, where nothing is allowed yet, for the whole. `is_offered` is False
    for what the version in force no longer asks for: it can be withdrawn, but not given.
    """

    version: PurposeVersion
    recipient: PurposeRecipient | None
    aspect: Aspect
    consent: Consent | None
    at: datetime
    covered: Coverage | None = NOTHING
    more: Coverage = NOTHING
    asks: bool = False
    answer: ConsentChange | None = None
    is_offered: bool = True

    @property
    def state(self) -> State:
        if self.consent is None:
            return State.UNKNOWN
        state = State(self.consent.state)
        if state not in LIVE:
            return state
        # What is due to be entered as such counts as such already.
        if self.covered is None:
            return State.INVALIDATED
        expired = self.consent.expires_at is not None and self.consent.expires_at <= self.at
        return State.EXPIRED if expired else state

    @property
    def rests_on_policy(self) -> bool:
        """Whether it is on by the policy until the person objects (USE-c)."""
        return self.version.basis == Basis.POLICY_OPT_OUT and self.aspect is Aspect.BASE and self.is_offered

    @property
    def is_on(self) -> bool:
        return self.would_be_on(self.state)

    def would_be_on(self, state: State) -> bool:
        """Whether the use is allowed where the consent stands like this."""
        return state not in OBJECTED if self.rests_on_policy else state in LIVE

    @property
    def counts(self) -> bool:
        """Whether anything may be done by it now."""
        return self.is_on and (self.rests_on_policy or (self.covered is not None and self.covered.permits))

    @property
    def is_unasked(self) -> bool:
        """Whether the person is to be asked, and that was not yet put to them as the text in force has it."""
        return self.asks and (self.answer is None or self.answer.version_id != self.version.pk)

    @property
    def is_refused(self) -> bool:
        """Whether the person refused what the version in force names beyond what they allow."""
        answer = self.answer
        return answer is not None and answer.more == More.REFUSED and answer.version_id == self.version.pk

    @property
    def waits(self) -> bool:
        """Whether an answer of the person is waited for."""
        return self.asks or (self.state is State.REQUESTED and self.is_offered)

    @property
    def dropped(self) -> Coverage:
        """What was allowed and is named no more: it is not covered now, and comes back only by asking."""
        if self.consent is None or self.state not in LIVE or self.covered is None:
            return NOTHING
        return coverage_named(self.consent.version) - self.covered

    @property
    def revision(self) -> int:
        return self.consent.revision if self.consent else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands towards one purpose and recipient. No choices: it rests on something else than consent."""

    version: PurposeVersion
    recipient: PurposeRecipient | None
    choices: tuple[Choice, ...]


_Key = tuple[UUID, UUID | None, str]


class _Reader:
    """Everything that is known of a person's consents, from which their choices are made; a constant number of queries."""

    def __init__(self, person: User, at: datetime) -> None:
        self.person, self.at = person, at
        self.sensitive = sensitive_keys()
        self.lineages: Mapping[UUID, Lineage] = lineages(at=at)
        self.answers = answers_about_more(person)
        self.consents: dict[_Key, Consent] = {
            (consent.purpose_id, consent.recipient_id, consent.aspect): consent
            for consent in Consent.objects.filter(person=person)
            .select_related("purpose", "version__purpose")
            .prefetch_related("version__texts", "version__recipients")
        }

    def covered(self, consent: Consent) -> Coverage | None:
        lineage = self.lineages.get(consent.purpose_id)
        return lineage.covered(consent.version_id, consent.recipient_id) if lineage else NOTHING

    def is_live(self, consent: Consent) -> bool:
        has_run_out = consent.expires_at is not None and consent.expires_at <= self.at
        return consent.state in LIVE and not has_run_out and self.covered(consent) is not None

    def offered(self, version: PurposeVersion, recipient: PurposeRecipient | None) -> Iterator[Choice]:
        """What a version in force asks for towards one recipient, and where the person stands."""
        partner = recipient.partner_id if recipient else None
        aspects = asked_aspects(version, self.sensitive)
        for aspect in aspects:
            consent = self.consents.get((version.purpose_id, partner, aspect.value))
            if version.basis == Basis.POLICY_OPT_OUT:
                covered = self.covered(consent) if consent else NOTHING
                yield Choice(version, recipient, aspect, consent, self.at, covered)
            elif consent is None:
                asks = self._is_new(version, partner, aspect, is_first=aspect is aspects[0])
                yield Choice(version, recipient, aspect, None, self.at, asks=asks)
            else:
                yield self._held(version, recipient, aspect, consent)

    def _held(
        self, version: PurposeVersion, recipient: PurposeRecipient | None, aspect: Aspect, consent: Consent
    ) -> Choice:
        covered = self.covered(consent)
        if not self.is_live(consent):
            # What stopped counting by a change of meaning is asked anew; whatever else ended did so by its owner's will.
            ended = consent.state == State.INVALIDATED or (consent.state in LIVE and covered is None)
            asks = ended and consent.version_id != version.pk
            return Choice(version, recipient, aspect, consent, self.at, covered, asks=asks)
        more = self._relevant(coverage_named(version), aspect) - (covered or NOTHING)
        since = [
            answer
            for answer in self.answers.get(consent.pk, ())
            if consent.version.version < answer.version.version <= version.version
        ]
        refused = [answer.version for answer in since if answer.more == More.REFUSED]
        known = NOTHING
        for one in refused:
            known |= coverage_named(one)
        answered = max([consent.version.version, *(one.version for one in refused)])
        return Choice(
            version,
            recipient,
            aspect,
            consent,
            self.at,
            covered,
            more=more,
            asks=bool(more - known) and self.lineages[version.purpose_id].significant_since(answered),
            answer=since[-1] if since else None,
        )

    def _relevant(self, coverage: Coverage, aspect: Aspect) -> Coverage:
        """The part of what a text names that one aspect of the consent is about, as the gate has it."""
        fields, actions, countries = coverage.fields, coverage.actions, coverage.countries
        match aspect:
            case Aspect.BASE:
                return coverage
            case Aspect.SENSITIVE:
                return Coverage(fields & self.sensitive, actions, countries)
            case Aspect.ABROAD:
                return Coverage(fields, actions, countries - {settings.HOME_COUNTRY})
            case _:
                return Coverage(fields, actions & {aspect.value}, countries)

    def _is_new(self, version: PurposeVersion, partner: UUID | None, aspect: Aspect, *, is_first: bool) -> bool:
        """Whether a significant version has brought what the person never decided about.

        A purpose is new to those who were here before it, a recipient to those who allow the purpose to somebody, and
        what is allowed separately to those who allow the use to this recipient.
        """

        def asks(edition: Edition) -> bool:
            return (
                edition.basis == version.basis
                and partner in edition.recipients
                and aspect in asked_aspects(edition, self.sensitive)
            )

        lineage = self.lineages[version.purpose_id]
        since = lineage.asked_since(asks)
        if not since.is_significant:
            return False
        if since == lineage.editions[0]:
            return version.basis == Basis.CONSENT and is_first and self.person.created_at < since.published_at
        return any(
            purpose == version.purpose_id
            and (is_first or recipient == partner)
            and consent.version.version < since.version
            and self.is_live(consent)
            for (purpose, recipient, _), consent in self.consents.items()
        )


def standings_of(person: User, *, at: datetime, also: Consent | None = None) -> list[Standing]:
    """Where the person stands, by purpose key and recipient, in a constant number of queries.

    What was allowed although the version in force no longer asks for it stands here too, with its own version; and
    so does `also`, which was changed a moment ago, even if it is not allowed any more.
    """
    reader = _Reader(person, at)
    found: dict[tuple[UUID, UUID | None], Standing] = {}
    for version in versions_in_force(at=at):
        recipients: list[PurposeRecipient | None] = list(version.recipients.all()) or [None]
        for recipient in recipients:
            choices = tuple(reader.offered(version, recipient))
            found[version.purpose_id, recipient.partner_id if recipient else None] = Standing(
                version, recipient, choices
            )
    shown = {
        (purpose, partner, choice.aspect.value)
        for (purpose, partner), standing in found.items()
        for choice in standing.choices
    }
    for (purpose, partner, aspect), consent in reader.consents.items():
        if (purpose, partner, aspect) in shown:
            continue
        version = consent.version
        recipient = next((named for named in version.recipients.all() if named.partner_id == partner), None)
        covered = reader.covered(consent)
        choice = Choice(version, recipient, Aspect(aspect), consent, at, covered, is_offered=False)
        if choice.is_on or consent == also:
            standing = found.get((purpose, partner), Standing(version, recipient, ()))
            found[purpose, partner] = Standing(standing.version, standing.recipient, (*standing.choices, choice))
    return sorted(
        found.values(),
        key=lambda standing: (
            standing.version.purpose.key,
            standing.recipient.legal_name if standing.recipient else "",
        ),
    )


def choices_of(person: User, *, at: datetime) -> list[Choice]:
    """Every switch the person has: by purpose key, then recipient, then aspect."""
    return [choice for standing in standings_of(person, at=at) for choice in standing.choices]


def permits_news(person: User, *, at: datetime) -> bool:
    """Whether this person may be sent product news: by the policy until they object, by consent while they allow it."""
    version = purpose_of_news(at=at)
    if version is None:
        return False
    consent = Consent.objects.filter(
        person=person, purpose=version.purpose_id, recipient=None, aspect=Aspect.BASE
    ).first()
    if consent is None:
        return Choice(version, None, Aspect.BASE, None, at).is_on
    covered = lineages(at=at, purpose=version.purpose_id)[version.purpose_id].covered(consent.version_id, None)
    return Choice(version, None, Aspect.BASE, consent, at, covered).counts
