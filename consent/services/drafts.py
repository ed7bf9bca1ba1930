"""A draft's way to a published version (PRE-3, CHG-b): written by editors, published by somebody who wrote none of it.

A save says what was shown of the words that it changes, and is refused where they read otherwise by now. Submitting and
publishing say which revision was shown. Whoever presses second finds that the draft moved on, and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from consent.draft_checks import begin_of
from consent.draft_queries import content_of, has_worked_on, newest_policy, review_of
from consent.draft_states import TRANSITIONS, DraftEvent, DraftState
from consent.drafting import Content, Noun, text_part
from consent.models import Agreement, DraftStep, Policy, PolicyDraft, Significance
from consent.models.policies import Text
from consent.sections import cut, put
from consent.services.errors import (
    BaseReplaced,
    DraftConflict,
    DraftInWork,
    DraftMovedOn,
    NoteMissing,
    NotReady,
    SecondPersonNeeded,
)
from consent.services.policies import publish
from privacy_app import locks
from privacy_app.ledger.services import append
from users.models import User
from users.services.actors import as_staff


@dataclass(frozen=True, slots=True)
class SectionWords:
    """What a section is to say in one language, and the digest of what was shown of it."""

    title: str
    body: str
    shown: str


@dataclass(frozen=True, slots=True)
class PartWords:
    """What a part of the draft is to say, and the digest of what was shown of it."""

    words: str
    shown: str


@locks.in_transaction
def begin(*, words_of: Policy | None = None, by: User, at: datetime) -> PolicyDraft:
    """Begin the next version with the words of the newest one, or of an earlier one. Raises DraftInWork."""
    base = newest_policy()
    content = content_of(words_of or base)
    try:
        with transaction.atomic():
            draft = PolicyDraft.objects.create(base=base, content=dict(content.parts))
    except IntegrityError as error:
        raise DraftInWork from error
    _step(draft, DraftEvent.SAVE, changed=dict(content.parts), by=by, at=at)
    return draft


@locks.in_transaction
def save_section(
    draft: PolicyDraft, noun: Noun, key: str, words: Mapping[str, SectionWords], *, by: User, at: datetime
) -> PolicyDraft:
    """Write one section anew, in each language that is given.

    Raises KeyError where a text has no such section, WouldBreakUp, DraftConflict and DraftMovedOn.
    """
    draft = _held(draft)
    parts = dict(Content.of(draft.content).parts)
    conflicts = []
    for language, new in words.items():
        name = text_part(noun, language)
        written = put(parts[name], key, new.title, new.body)
        stands = {section.key: section.digest for section in cut(parts[name])}[key]
        wanted = {section.key: section.digest for section in cut(written)}.get(key, "")
        # What they left as it was shown is not theirs: somebody else's words stay.
        if new.shown not in (stands, wanted):
            conflicts.append(name)
        elif wanted != new.shown:
            parts[name] = written
    return _saved(draft, parts, conflicts, by=by, at=at)


@locks.in_transaction
def save_parts(draft: PolicyDraft, words: Mapping[str, PartWords], *, by: User, at: datetime) -> PolicyDraft:
    """Write whole parts anew, by name. Raises DraftConflict and DraftMovedOn."""
    draft = _held(draft)
    parts = dict(Content.of(draft.content).parts)
    conflicts = []
    for name, new in words.items():
        if new.shown not in (digest(parts[name]), digest(new.words)):
            conflicts.append(name)
        elif digest(new.words) != new.shown:
            parts[name] = new.words
    return _saved(draft, parts, conflicts, by=by, at=at)


def digest(words: str) -> str:
    """Tells whether a part still reads as it was shown."""
    return Text.digest(words)


def _saved(
    draft: PolicyDraft, parts: Mapping[str, str], conflicts: list[str], *, by: User, at: datetime
) -> PolicyDraft:
    if conflicts:
        raise DraftConflict(conflicts)
    content = Content.of(parts)
    if changed := content.changed_from(Content.of(draft.content)):
        draft.content = dict(content.parts)
        _step(draft, DraftEvent.SAVE, changed=changed, by=by, at=at)
    return draft


@locks.in_transaction
def compare_with_newest(draft: PolicyDraft, *, shown: int, by: User, at: datetime) -> PolicyDraft:
    """Take the newest version for the one that the draft changes, where another was published meanwhile."""
    draft = _held(draft, shown=shown)
    draft.base = newest_policy()
    _step(draft, DraftEvent.COMPARE, by=by, at=at)
    return draft


@locks.in_transaction
def submit(draft: PolicyDraft, *, shown: int, by: User, at: datetime) -> PolicyDraft:
    """Hand it to a second person. Raises DraftMovedOn, BaseReplaced and NotReady."""
    draft = _held(draft, shown=shown)
    _check(draft, at=at)
    draft.submitted_by, draft.submitted_at = by, at
    _step(draft, DraftEvent.SUBMIT, by=by, at=at)
    return draft


@locks.in_transaction
def send_back(draft: PolicyDraft, *, note: str, shown: int, by: User, at: datetime) -> PolicyDraft:
    """Give it back to its editors, with a word why. Raises DraftMovedOn and NoteMissing."""
    draft = _held(draft, shown=shown)
    if not note.strip():
        raise NoteMissing
    _step(draft, DraftEvent.RETURN, note=note.strip(), by=by, at=at)
    return draft


@locks.in_transaction
def discard(draft: PolicyDraft, *, shown: int, by: User, at: datetime) -> PolicyDraft:
    """End it without a version. What was written stays on record. Raises DraftMovedOn."""
    draft = _held(draft, shown=shown)
    _step(draft, DraftEvent.DISCARD, by=by, at=at)
    return draft


@locks.in_transaction
def publish_draft(draft: PolicyDraft, *, shown: int, by: User, at: datetime) -> Agreement:
    """Publish what was submitted, by somebody who wrote none of it: at once, or from the date that it names.

    Raises DraftMovedOn, SecondPersonNeeded, BaseReplaced and NotReady.
    """
    draft = _held(draft, shown=shown)
    if has_worked_on(draft, by):
        raise SecondPersonNeeded
    proposed = _check(draft, at=at)
    content = Content.of(draft.content)
    # Long texts take a moment to check: reads wait for the registry only from here on.
    locks.exclude(registry=True)
    if newest_policy() != draft.base:
        raise BaseReplaced
    agreement = publish(
        policy_texts=content.texts(Noun.POLICY),
        agreement_texts=content.texts(Noun.AGREEMENT),
        prevailing_language=content.prevailing_language,
        summaries=content.summaries,
        significance=Significance(content.significance),
        proposed=proposed,
        reason=content.reason,
        in_force_from=begin_of(content, at=at),
        by=as_staff(by),
        at=at,
    )
    draft.policy, draft.published_by = agreement.policy, by
    _step(draft, DraftEvent.PUBLISH, by=by, at=at)
    return agreement


def _held(draft: PolicyDraft, *, shown: int | None = None) -> PolicyDraft:
    """The draft as it stands, kept so until the transaction ends. Raises DraftMovedOn where another one was shown."""
    held = PolicyDraft.objects.select_for_update().get(pk=draft.pk)
    if shown is not None and held.revision != shown:
        raise DraftMovedOn
    return held


def _check(draft: PolicyDraft, *, at: datetime) -> Significance:
    """What the product proposes now. Raises BaseReplaced and NotReady."""
    if newest_policy() != draft.base:
        raise BaseReplaced
    review = review_of(draft, at=at)
    if review.problems:
        raise NotReady
    return review.proposed


def _step(
    draft: PolicyDraft,
    event: DraftEvent,
    *,
    changed: Mapping[str, str] | None = None,
    note: str = "",
    by: User,
    at: datetime,
) -> None:
    """Move the draft on and record it. Raises DraftMovedOn where the event leads nowhere from here."""
    state = TRANSITIONS.get((DraftState(draft.state), event))
    if state is None:
        raise DraftMovedOn
    draft.state = state.value
    if state is DraftState.DRAFTING:
        draft.submitted_by = draft.submitted_at = None
    draft.revision += 1
    draft.save()
    seq = append(
        kind=f"draft.{event}",
        pseudonym=None,
        actor=as_staff(by),
        body={
            "draft": str(draft.pk),
            "revision": draft.revision,
            "base_version": draft.base.version if draft.base else None,
            "changed": {name: digest(words) for name, words in (changed or {}).items()},
            "policy_version": draft.policy.version if draft.policy else None,
        },
        at=at,
    )
    DraftStep.objects.create(
        draft=draft,
        number=draft.revision,
        event=event.value,
        changed=dict(changed or {}),
        note=note,
        by=by,
        at=at,
        entry_id=seq,
    )
