"""What a new text changes, and whether that is editorial or significant (CHG-b). Pure: no models, no clock, no words.

Keys stand for what is named: fields by their key, countries by their code, recipients by their id, purposes by their
key, clauses by their id. Words for people are made of them at the edge (`consent/significance_words.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from consent.slips import Rewording, rewording


class Significance(StrEnum):
    EDITORIAL = "editorial"
    SIGNIFICANT = "significant"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a consent is about: which fields, in which actions, accessible from which countries."""

    fields: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()

    def __and__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.fields & other.fields, self.actions & other.actions, self.countries & other.countries)

    def __or__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.fields | other.fields, self.actions | other.actions, self.countries | other.countries)

    def __sub__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.fields - other.fields, self.actions - other.actions, self.countries - other.countries)

    def __bool__(self) -> bool:
        """Whether it names anything."""
        return bool(self.fields or self.actions or self.countries)

    @property
    def permits(self) -> bool:
        """Whether anything can be done by it."""
        return bool(self.fields and self.actions and self.countries)


NOTHING = Coverage()


@dataclass(frozen=True, slots=True)
class Named:
    """What one version of a purpose names for one recipient (`NOTHING` where it does not name the recipient).

    `meaning_changed`: what an earlier version named means something else from this one on.
    """

    coverage: Coverage
    meaning_changed: bool = False


def still_covered(versions: Sequence[Named]) -> list[Coverage | None]:
    """What a consent bound to each of these versions covers now; None where its meaning has changed since.

    The versions are all those published so far, oldest first. A consent covers what every text names from its own to
    the one in force. So publishing never widens a consent; and what was taken out comes back only by asking.
    """
    covered: list[Coverage | None] = []
    now: Coverage | None = None
    for number, version in enumerate(reversed(versions)):
        if number == 0:
            now = version.coverage
        elif now is not None:
            now = now & version.coverage
        covered.append(now)
        if version.meaning_changed:
            covered += [None] * (len(versions) - len(covered))
            break
    return covered[::-1]


@dataclass(frozen=True, slots=True)
class Scope:
    """A version of a purpose: what it names, what it rests on, and its words by language and part (`en.reason`)."""

    coverage: Coverage
    recipients: frozenset[str]
    basis: str
    valid_days: int | None
    words: Mapping[str, str] = field(default_factory=dict)


class Difference(Enum):
    """What can change, and whether that is significant. The value is how the ledger and the API call it."""

    FIELDS_ADDED = "fields_added"
    ACTIONS_ADDED = "actions_added"
    COUNTRIES_ADDED = "countries_added"
    RECIPIENTS_ADDED = "recipients_added"
    BASIS_CHANGED = "basis_changed"
    LASTS_LONGER = "lasts_longer"
    PURPOSE_ADDED = "purpose_added"
    CLAUSE_ADDED = "clause_added"
    CLAUSE_REMOVED = "clause_removed"
    CLAUSE_REWORDED = "clause_reworded"
    CLAUSE_CORRECTED = "clause_corrected"
    PURPOSE_REWORDED = "purpose_reworded"
    PURPOSE_CORRECTED = "purpose_corrected"
    FIELDS_REMOVED = "fields_removed"
    ACTIONS_REMOVED = "actions_removed"
    COUNTRIES_REMOVED = "countries_removed"
    RECIPIENTS_REMOVED = "recipients_removed"
    LASTS_SHORTER = "lasts_shorter"

    @property
    def significance(self) -> Significance:
        return Significance.EDITORIAL if self in _EDITORIAL else Significance.SIGNIFICANT


_EDITORIAL = frozenset(
    {
        Difference.CLAUSE_CORRECTED,
        Difference.PURPOSE_CORRECTED,
        Difference.FIELDS_REMOVED,
        Difference.ACTIONS_REMOVED,
        Difference.COUNTRIES_REMOVED,
        Difference.RECIPIENTS_REMOVED,
        Difference.LASTS_SHORTER,
    }
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that changed: in which clause or purpose (`where`), what, and the keys it is about, sorted."""

    what: Difference
    where: str
    keys: tuple[str, ...] = ()

    @property
    def significance(self) -> Significance:
        return self.what.significance


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the product proposes a version be marked as, and why; nothing changed is editorial."""

    reasons: tuple[Reason, ...] = ()

    @property
    def significance(self) -> Significance:
        """Significant as soon as one thing is: more changes never make less of it."""
        if any(reason.significance is Significance.SIGNIFICANT for reason in self.reasons):
            return Significance.SIGNIFICANT
        return Significance.EDITORIAL


def differences_of_purpose(purpose: str, old: Scope | None, new: Scope) -> tuple[Reason, ...]:
    """What the new version of a purpose changes against the old one (None: there was none)."""
    if old is None:
        return (Reason(Difference.PURPOSE_ADDED, purpose),)
    return tuple(_differences(purpose, old, new))


def _differences(purpose: str, old: Scope, new: Scope) -> Iterator[Reason]:
    added, removed = new.coverage - old.coverage, old.coverage - new.coverage
    for what, keys in (
        (Difference.FIELDS_ADDED, added.fields),
        (Difference.ACTIONS_ADDED, added.actions),
        (Difference.COUNTRIES_ADDED, added.countries),
        (Difference.RECIPIENTS_ADDED, new.recipients - old.recipients),
        (Difference.FIELDS_REMOVED, removed.fields),
        (Difference.ACTIONS_REMOVED, removed.actions),
        (Difference.COUNTRIES_REMOVED, removed.countries),
        (Difference.RECIPIENTS_REMOVED, old.recipients - new.recipients),
    ):
        if keys:
            yield Reason(what, purpose, tuple(sorted(keys)))
    if old.basis != new.basis:
        yield Reason(Difference.BASIS_CHANGED, purpose, (old.basis, new.basis))
    if old.valid_days != new.valid_days:
        longer = new.valid_days is None or (old.valid_days is not None and new.valid_days > old.valid_days)
        terms = tuple("" if days is None else str(days) for days in (old.valid_days, new.valid_days))
        yield Reason(Difference.LASTS_LONGER if longer else Difference.LASTS_SHORTER, purpose, terms)
    for how, what in (
        (Rewording.WORDS, Difference.PURPOSE_REWORDED),
        (Rewording.SLIP, Difference.PURPOSE_CORRECTED),
    ):
        parts = [part for part in _all_keys(old.words, new.words) if _reworded(old.words, new.words, part) is how]
        if parts:
            yield Reason(what, purpose, tuple(parts))


def differences_of_clauses(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Reason, ...]:
    """What changed in the clauses of a text in one language: their words (title and body) by clause id."""
    reasons = []
    for clause in _all_keys(old, new):
        if clause not in old:
            reasons.append(Reason(Difference.CLAUSE_ADDED, clause))
        elif clause not in new:
            reasons.append(Reason(Difference.CLAUSE_REMOVED, clause))
        else:
            how = rewording(old[clause], new[clause])
            if how is not Rewording.NONE:
                what = Difference.CLAUSE_CORRECTED if how is Rewording.SLIP else Difference.CLAUSE_REWORDED
                reasons.append(Reason(what, clause))
    return tuple(reasons)


def propose(*differences: Iterable[Reason]) -> Proposal:
    """The proposal over everything that changed: in the clauses, language by language, and in the purposes.

    A clause that was corrected in one language and reworded in the other was reworded.
    """
    found = dict.fromkeys(reason for reasons in differences for reason in reasons)
    reworded = {reason.where for reason in found if reason.what is Difference.CLAUSE_REWORDED}
    kept = [reason for reason in found if not (reason.what is Difference.CLAUSE_CORRECTED and reason.where in reworded)]
    kept.sort(key=lambda reason: reason.significance is Significance.EDITORIAL)
    return Proposal(tuple(kept))


def _all_keys(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """The keys of both: those of the new in its order, then what only the old had."""
    return list(dict.fromkeys((*new, *old)))


def _reworded(old: Mapping[str, str], new: Mapping[str, str], part: str) -> Rewording:
    return rewording(old.get(part, ""), new.get(part, ""))
