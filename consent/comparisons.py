"""Two published versions of the policy side by side: their difference under the three headings, and what editors said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from django.utils.safestring import SafeString

from consent.clauses import document
from consent.differences import Change, ClauseDifference, Difference, Passage, compare
from consent.editions import Standing, posted_policies, standing_of
from consent.models import Policy, PolicyText
from privacy_app.clauses import Heading, heading_of
from privacy_app.languages import current

# From so many paragraphs on, what did not change within a clause is folded.
_FOLDED = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Passages in a row; folded where nothing in them changed and there are several."""

    passages: tuple[Passage, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One section of the comparison. `html` are its words as they are in the later version, where there they are."""

    difference: ClauseDifference
    html: SafeString

    @property
    def stretches(self) -> list[Stretch]:
        if self.difference.change is not Change.CHANGED:
            return [Stretch(self.difference.passages, False)]
        rows = groupby(self.difference.passages, key=lambda passage: passage.change is Change.UNCHANGED)
        members = [(same, tuple(passages)) for same, passages in rows]
        return [Stretch(passages, same and len(passages) >= _FOLDED) for same, passages in members]


@dataclass(frozen=True, slots=True)
class Group:
    """What stands under one heading: what differs, and what does not."""

    heading: Heading
    differing: list[Compared]
    unchanged: list[Compared]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `after` says differently from `before`, in one language. `between` are the versions that led from one to the
    other, oldest first, each with its summary in this language; their own order is that of their numbers."""

    before: PolicyText
    after: PolicyText
    difference: Difference
    between: list[PolicyText]

    @property
    def digests(self) -> tuple[str, str]:
        return self.before.sha256, self.after.sha256

    @property
    def is_backwards(self) -> bool:
        return self.before.policy.version > self.after.policy.version

    @property
    def groups(self) -> list[Group]:
        words = {clause.id: clause.html for part in document(self.after).parts for clause in part.clauses}
        found = {heading: Group(heading, [], []) for heading in Heading}
        for section in self.difference.sections:
            if section.is_unchanged and not section.id and not section.passages:
                # A heading over clauses, and the same one.
                continue
            group = found[heading_of(section.id)]
            compared = Compared(section, words.get(section.id, SafeString("")) if section.id else SafeString(""))
            (group.unchanged if section.is_unchanged else group.differing).append(compared)
        return [group for group in found.values() if group.differing or group.unchanged]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two texts that are the same as any other two of the same digests."""

    digests: tuple[str, str]
    texts: tuple[PolicyText, PolicyText] = field(compare=False, repr=False)


@lru_cache(maxsize=32)
def _difference(pair: _Pair) -> Difference:
    before, after = pair.texts
    return compare(document(before), document(after))


def comparison(before: int, after: int, *, at: datetime, languages: Sequence[str] = ()) -> Comparison | None:
    """Two versions that are posted by `at`, in the first of these languages that both have; None where one is not there.

    Without `languages`: in the one that prevails in the later version, or else in any. Four queries, however many
    versions lie between.
    """
    versions = {policy.version: policy for policy in posted_policies(at=at).filter(version__in=(before, after))}
    if {before, after} - set(versions):
        return None
    texts = {
        (text.policy.version, text.language): text
        for text in PolicyText.objects.filter(policy__in=versions.values()).select_related("policy")
    }
    shared = {language for version, language in texts if version == before and (after, language) in texts}
    wanted = languages or (versions[after].prevailing_language, *sorted(shared))
    language = next((one for one in wanted if one in shared), None)
    if language is None:
        return None
    first, second = texts[before, language], texts[after, language]
    low, high = sorted((before, after))
    between = (
        PolicyText.objects.filter(policy__version__gt=low, policy__version__lte=high, language=language)
        .filter(policy__posted_at__lte=at)
        .select_related("policy")
        .defer("markdown")
        .order_by("policy__version")
    )
    found = _difference(_Pair((first.sha256, second.sha256), (first, second)))
    return Comparison(first, second, found, list(between))


def readable_comparison(before: int, after: int, *, at: datetime) -> Comparison | None:
    """The same for the reader of a page: in its language, where both versions have it."""
    return comparison(before, after, at=at, languages=[current()]) or comparison(before, after, at=at)


@dataclass(frozen=True, slots=True)
class Row:
    """One version in the list of all, with its summary in the language of the page."""

    policy: Policy
    standing: Standing
    summary: str

    @property
    def previous(self) -> int | None:
        return self.policy.version - 1 or None


def rows_of(policies: Sequence[Policy], *, at: datetime) -> list[Row]:
    """Those versions, as `posted_policies` gives them, in one query more."""
    texts = PolicyText.objects.filter(policy__in=policies, language=current())
    summaries = dict(texts.values_list("policy__version", "summary"))
    return [
        Row(policy, standing_of(policy, getattr(policy, "until"), at=at), summaries.get(policy.version, ""))  # noqa: B009
        for policy in policies
    ]
