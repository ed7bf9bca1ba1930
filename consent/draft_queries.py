"""Reads about drafts of the policy: what they change, what they lack, who worked on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from consent.clauses import Document, document_of
from consent.draft_checks import Problem, problems_of_decision, problems_of_texts
from consent.draft_states import OPEN, DraftEvent
from consent.drafting import PREVAILING, Content, Noun, text_part
from consent.lineages import scope_of
from consent.models import Agreement, DraftStep, Policy, PolicyDraft, PurposeVersion, Significance
from consent.sections import tidied
from consent.significance import (
    Proposal,
    Reason,
    Scope,
    differences_of_clauses,
    differences_of_purpose,
    propose,
)
from users.models import User

_WORK = (DraftEvent.SAVE.value, DraftEvent.COMPARE.value, DraftEvent.SUBMIT.value)


def draft_in_work() -> PolicyDraft | None:
    """The one draft that is not over."""
    return PolicyDraft.objects.select_related("base").filter(state__in=[state.value for state in OPEN]).first()


def newest_policy() -> Policy | None:
    """The highest version, whether or not it is in force yet."""
    return Policy.objects.order_by("-version").first()


def content_of(policy: Policy | None) -> Content:
    """A published version with the newest agreement that pins it, as the parts that a draft has; its own words apart."""
    if policy is None:
        return Content.of({})
    agreement = Agreement.objects.filter(policy=policy).order_by("-version").first()
    agreed = agreement.texts.all() if agreement else ()
    return Content.of(
        {
            PREVAILING: policy.prevailing_language,
            **{text_part(Noun.POLICY, text.language): tidied(text.markdown) for text in policy.texts.all()},
            **{text_part(Noun.AGREEMENT, text.language): tidied(text.markdown) for text in agreed},
        }
    )


def has_worked_on(draft: PolicyDraft, member: User) -> bool:
    """Whether they wrote or submitted any of it: then somebody else publishes it."""
    return DraftStep.objects.filter(draft=draft, by=member, event__in=_WORK).exists()


def steps_of(draft: PolicyDraft) -> QuerySet[DraftStep]:
    """All that was done to a draft, newest first."""
    return DraftStep.objects.filter(draft=draft).order_by("-number")


def last_changes(draft: PolicyDraft) -> dict[str, DraftStep]:
    """The step that changed each part last, by the part's name."""
    found: dict[str, DraftStep] = {}
    for step in DraftStep.objects.filter(draft=draft).exclude(changed={}).order_by("-number").defer("note"):
        for name in step.changed:
            found.setdefault(name, step)
    return found


# -- what it changes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """A draft beside the version that it changes: what is proposed, and what it still lacks."""

    content: Content
    base: Content
    proposal: Proposal
    problems: list[Problem]

    @property
    def proposed(self) -> Significance:
        return Significance(self.proposal.significance.value)


def review_of(draft: PolicyDraft, *, at: datetime) -> Review:
    """What a draft proposes and lacks at this time."""
    content, base = Content.of(draft.content), content_of(draft.base)
    proposal = proposal_for(content, base, draft.base, at=at)
    last = Policy.objects.aggregate(last=Max("published_at"))["last"]
    decision = problems_of_decision(
        content, base, proposed=Significance(proposal.significance.value), last_in_force_from=last, at=at
    )
    return Review(content, base, proposal, [*problems_of_texts(content), *decision])


def proposal_for(content: Content, base: Content, policy: Policy | None, *, at: datetime) -> Proposal:
    """What the product proposes: from the clauses that differ from the base, and the purposes published since it was."""
    if policy is None:
        return Proposal()
    texts = (
        differences_of_clauses(_said(document_of(before)), _said(document_of(content.texts(noun)[language])))
        for noun in Noun
        for language, before in base.texts(noun).items()
    )
    return propose(*texts, *_purposes_since(policy.posted_at, at))


def _said(document: Document) -> Mapping[str, str]:
    """The words of each section of a text, by clause id, and by title where it is none."""
    said = {_("The opening"): "\n".join([document.title, *(block.text for block in document.blocks)])}
    for part in document.parts:
        said[part.title] = "\n".join([part.title, *(block.text for block in part.blocks)])
        for clause in part.clauses:
            said[clause.id or clause.title] = "\n".join([clause.title, *(block.text for block in clause.blocks)])
    return said


def _purposes_since(since: datetime, at: datetime) -> Iterator[tuple[Reason, ...]]:
    before, after = _scopes(since), _scopes(at)
    for key, (version, scope) in after.items():
        earlier = before.get(key)
        if earlier is None or earlier[0] != version:
            yield differences_of_purpose(key, earlier[1] if earlier else None, scope)


def _scopes(at: datetime) -> dict[str, tuple[UUID | int, Scope]]:
    """What every purpose covered at this time, with the version that said so, by the purpose's key."""
    versions = (
        PurposeVersion.objects.filter(published_at__lte=at)
        .order_by("purpose_id", "-version")
        .distinct("purpose_id")
        .select_related("purpose")
        .prefetch_related("texts", "recipients")
    )
    return {version.purpose.key: (version.pk, scope_of(version)) for version in versions}
