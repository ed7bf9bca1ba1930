"""What two versions of a text say differently: clause by clause, and in each word by word (PRE-3, CHG-a).

Two documents in, their difference out; nothing is read or written. Clauses are matched by id, sections without one by
their title. Words are compared, not bytes: emphasis, line breaks and the numbers of a list make no difference. The cost
is bounded: passages too long or too repetitive for a comparison by words are compared by sentences, and at last as
wholes.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate, pairwise

from consent.blocks import Block, BlockKind
from consent.clauses import Document

# How many pairs of equal words are looked at in all, and for two passages: a bound on the time, some tenths of a second.
_STEPS, _STEPS_EACH = 3_000_000, 1_000_000
# From this likeness on, one block is taken for another that was changed; so many blocks ahead are looked at.
_ALIKE, _AHEAD = 0.4, 12
# So many words that two larger changes left between them are taken into the change: it reads better.
_SCRAP = 4

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Each character of Chinese and Japanese is a word; numbers keep their separators, and words their apostrophes.
_WORD = re.compile(rf"[{_CJK}]|\d+(?:[.,:]\d+)*|(?:(?![{_CJK}\d_])\w)+(?:['’](?:(?![{_CJK}\d_])\w)+)*|\S")
_ENDS = frozenset(".!?;:。！？；：")


class Kind(StrEnum):
    KEPT = "kept"
    INSERTED = "inserted"
    DELETED = "deleted"


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that were kept, inserted or deleted, after a space where one stands before them."""

    kind: Kind
    text: str

    @property
    def words(self) -> str:
        return self.text.lstrip(" ")

    @property
    def has_space(self) -> bool:
        return self.text.startswith(" ")


def _change_of(kinds: Iterable[Kind]) -> Change:
    match set(kinds):
        case found if found <= {Kind.KEPT}:
            return Change.UNCHANGED
        case found if found == {Kind.INSERTED}:
            return Change.ADDED
        case found if found == {Kind.DELETED}:
            return Change.REMOVED
        case _:
            return Change.CHANGED


@dataclass(frozen=True, slots=True)
class Passage:
    """One block in both versions, or in one of them."""

    kind: BlockKind
    depth: int
    runs: tuple[Run, ...]

    @property
    def change(self) -> Change:
        return _change_of(run.kind for run in self.runs)


@dataclass(frozen=True, slots=True)
class ClauseDifference:
    """One clause in both versions, or in one of them; `id` is empty for a section that is no clause.

    `is_moved`: it stands in another part, or in another place among the clauses that both versions have.
    """

    id: str
    title: str
    title_runs: tuple[Run, ...]
    passages: tuple[Passage, ...]
    change: Change
    is_moved: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether it says the same, in the same place."""
        return self.change is Change.UNCHANGED

    @property
    def words(self) -> dict[Kind, int]:
        """How many words were kept, inserted and deleted. In Chinese each character counts."""
        counted = Counter[Kind]()
        for run in (*self.title_runs, *(run for passage in self.passages for run in passage.runs)):
            counted[run.kind] += len(_WORD.findall(run.text))
        return {kind: counted[kind] for kind in Kind}


@dataclass(frozen=True, slots=True)
class Difference:
    """Every section of both texts, in the order of the later; what was removed stands where it stood before."""

    sections: tuple[ClauseDifference, ...]

    @property
    def clauses(self) -> dict[str, ClauseDifference]:
        """By id: those that are clauses. Of two under one id, one that differs."""
        found = {section.id: section for section in self.sections if section.id}
        return found | {section.id: section for section in self.differing if section.id}

    @property
    def differing(self) -> tuple[ClauseDifference, ...]:
        return tuple(section for section in self.sections if not section.is_unchanged)


def compare(before: Document, after: Document) -> Difference:
    """What `after` says differently from `before`."""
    old = _sections(before, {})
    new = _renamed(old, _sections(after, _part_names(before, after)))
    old_by_key = {section.key: section for section in old}
    new_keys = {section.key for section in new}
    moved = _moved([section for section in old if section.id], [section for section in new if section.id])
    steps = _Steps(_STEPS)
    # What was removed comes after what it came after.
    removed: dict[str, list[ClauseDifference]] = {}
    place = ""
    for section in old:
        if section.key in new_keys:
            place = section.key
        else:
            removed.setdefault(place, []).append(_alone(section, Kind.DELETED, Change.REMOVED))
    result = removed.get("", [])
    for section in new:
        if earlier := old_by_key.get(section.key):
            result.append(_between(earlier, section, section.key in moved, steps))
        else:
            result.append(_alone(section, Kind.INSERTED, Change.ADDED))
        result += removed.get(section.key, [])
    return Difference(tuple(result))


# -- sections --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Section:
    """What is compared with the section of the same key in the other text."""

    key: str
    id: str
    title: str
    part: str
    blocks: tuple[Block, ...]

    @property
    def words(self) -> Counter[str]:
        return Counter(_WORD.findall(" ".join((self.title, *(block.text for block in self.blocks)))))


def _part_names(before: Document, after: Document) -> dict[str, str]:
    """The parts of the later text that have another title than the part that most of their clauses come from."""
    titles, new_titles = {part.title for part in before.parts}, {part.title for part in after.parts}
    part_of = {clause.id: part.title for part in before.parts for clause in part.clauses if clause.id}
    names: dict[str, str] = {}
    for part in after.parts:
        origins = Counter(part_of[clause.id] for clause in part.clauses if clause.id in part_of)
        if origins and part.title not in titles:
            ((origin, _),) = origins.most_common(1)
            if origin not in new_titles and origin not in names.values():
                names[part.title] = origin
    return names


def _sections(document: Document, names: Mapping[str, str]) -> list[_Section]:
    """The text in sections: what stands before the parts, and each part's own words, then its clauses.

    `names` are the parts under another name than their title.
    """
    seen = Counter[str]()

    def section(key: str, id_: str, title: str, part: str, blocks: tuple[Block, ...]) -> _Section:
        seen[key] += 1
        return _Section(f"{key}\n{seen[key]}", id_, title, part, blocks)

    sections = [section("\n", "", document.title, "", document.blocks)]
    for part in document.parts:
        name = names.get(part.title, part.title)
        sections.append(section(f"\n{name}", "", part.title, name, part.blocks))
        sections += [
            section(clause.id or f"\n{name}\n{clause.title}", clause.id, clause.title, name, clause.blocks)
            for clause in part.clauses
        ]
    return sections


def _renamed(old: list[_Section], new: list[_Section]) -> list[_Section]:
    """The new sections; one without id that only got another title has the key that it had."""
    old_keys, new_keys = {section.key for section in old}, {section.key for section in new}
    left = [(section, section.words) for section in old if not section.id and section.key not in new_keys]
    sections = []
    for section in new:
        if not section.id and section.key not in old_keys:
            words = section.words
            like = next((pair for pair in left[:_AHEAD] if _likeness(pair[1], words) >= _ALIKE), None)
            if like:
                left.remove(like)
                section = replace(section, key=like[0].key)
        sections.append(section)
    return sections


def _moved(old: Sequence[_Section], new: Sequence[_Section]) -> frozenset[str]:
    """The clauses of both texts that left their part, or the longest sequence that kept its order."""
    before = {section.key: (place, section.part) for place, section in enumerate(old)}
    common = [section for section in new if section.key in before]
    in_order = _in_order([before[section.key][0] for section in common])
    return frozenset(
        section.key
        for place, section in enumerate(common)
        if place not in in_order or before[section.key][1] != section.part
    )


def _in_order(places: Sequence[int]) -> set[int]:
    """The positions of one longest increasing subsequence."""
    ends: list[int] = []
    last: list[int] = []
    previous: list[int | None] = []
    for position, place in enumerate(places):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [position]
        previous.append(last[length - 1] if length else None)
    found = set()
    position_or_none = last[-1] if last else None
    while position_or_none is not None:
        found.add(position_or_none)
        position_or_none = previous[position_or_none]
    return found


def _alone(section: _Section, kind: Kind, change: Change) -> ClauseDifference:
    title = (Run(kind, section.title),) if section.title else ()
    return ClauseDifference(
        section.id, section.title, title, tuple(_whole(block, kind) for block in section.blocks), change
    )


def _between(old: _Section, new: _Section, is_moved: bool, steps: "_Steps") -> ClauseDifference:
    title = _runs(old.title, new.title, steps)
    passages = tuple(_passages(old.blocks, new.blocks, steps))
    kinds = {run.kind for runs in (title, *(passage.runs for passage in passages)) for run in runs}
    if kinds <= {Kind.KEPT}:
        return ClauseDifference(
            new.id, new.title, title, passages, Change.MOVED if is_moved else Change.UNCHANGED, is_moved
        )
    return ClauseDifference(new.id, new.title, title, passages, Change.CHANGED, is_moved)


# -- passages --------------------------------------------------------------------------------------


def _whole(block: Block, kind: Kind) -> Passage:
    return Passage(block.kind, block.depth, (Run(kind, block.text),))


def _passages(old: Sequence[Block], new: Sequence[Block], steps: "_Steps") -> Iterator[Passage]:
    for is_kept, i1, i2, j1, j2 in _stretches(old, new, steps):
        if is_kept:
            yield from (_whole(block, Kind.KEPT) for block in new[j1:j2])
            continue
        for before, after in _pairs(old[i1:i2], new[j1:j2]):
            if before and after:
                yield Passage(after.kind, after.depth, _runs(before.text, after.text, steps))
            elif after:
                yield _whole(after, Kind.INSERTED)
            elif before:
                yield _whole(before, Kind.DELETED)


def _pairs(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Each block with the next one of the other text that is like it, in order; what has no like stands alone."""
    old_words = [Counter(_WORD.findall(block.text)) for block in old]
    place = 0
    for after in new:
        words = Counter(_WORD.findall(after.text))
        ahead = range(place, min(place + _AHEAD, len(old)))
        found = next((number for number in ahead if _likeness(old_words[number], words) >= _ALIKE), None)
        if found is None:
            yield None, after
            continue
        yield from ((before, None) for before in old[place:found])
        yield old[found], after
        place = found + 1
    yield from ((before, None) for before in old[place:])


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """How many of their words two texts share, from 0 to 1, whatever the order."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


# -- words -----------------------------------------------------------------------------------------


def _runs(old: str, new: str, steps: "_Steps") -> tuple[Run, ...]:
    """Two texts as runs of words. Without the deleted ones it is the new text, without the inserted ones the old."""
    if old == new:
        return (Run(Kind.KEPT, new),) if new else ()
    before, after = _Words.of(old), _Words.of(new)
    runs: list[Run] = []
    for is_kept, i1, i2, j1, j2 in _tidied(_word_stretches(before, after, steps)):
        if is_kept:
            runs.append(Run(Kind.KEPT, after.text(j1, j2, spaced=before.spaced[i1] or after.spaced[j1])))
            continue
        if i1 < i2:
            runs.append(Run(Kind.DELETED, before.text(i1, i2, spaced=before.spaced[i1])))
        if j1 < j2:
            runs.append(Run(Kind.INSERTED, after.text(j1, j2, spaced=after.spaced[j1])))
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class _Words:
    """A text's words, and before which of them a space stands."""

    words: tuple[str, ...]
    spaced: tuple[bool, ...]

    @classmethod
    def of(cls, text: str) -> "_Words":
        found = list(_WORD.finditer(text))
        return cls(
            tuple(word[0] for word in found),
            tuple(word.start() > 0 and text[word.start() - 1] == " " for word in found),
        )

    def text(self, start: int, end: int, *, spaced: bool) -> str:
        first = " " if spaced else ""
        rest = (
            f" {word}" if space else word
            for word, space in zip(self.words[start + 1 : end], self.spaced[start + 1 : end], strict=True)
        )
        return f"{first}{self.words[start]}{''.join(rest)}"

    def sentences(self) -> list[tuple[str, ...]]:
        """The words cut after the signs that end a sentence."""
        cuts = [0, *(place + 1 for place, word in enumerate(self.words) if word in _ENDS), len(self.words)]
        return [self.words[start:end] for start, end in pairwise(cuts) if start < end]


_Stretch = tuple[bool, int, int, int, int]


def _word_stretches(old: _Words, new: _Words, steps: "_Steps") -> Iterator[_Stretch]:
    """What the texts share and what they do not: by words, or where that costs too much by sentences first."""
    found = steps.tried(old.words, new.words)
    if found is not None:
        yield from found
        return
    old_parts, new_parts = old.sentences(), new.sentences()
    old_at = [0, *accumulate(len(part) for part in old_parts)]
    new_at = [0, *accumulate(len(part) for part in new_parts)]
    for is_kept, a1, a2, b1, b2 in _stretches(old_parts, new_parts, steps):
        i1, i2, j1, j2 = old_at[a1], old_at[a2], new_at[b1], new_at[b2]
        inner = None if is_kept else steps.tried(old.words[i1:i2], new.words[j1:j2])
        if inner is None:
            yield is_kept, i1, i2, j1, j2
        else:
            yield from ((kept, i1 + a, i1 + b, j1 + c, j1 + d) for kept, a, b, c, d in inner)


def _tidied(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """The same with neighbours joined, and without scraps: a few words that two larger changes left between them."""
    tidy: list[_Stretch] = []

    def changed(stretch: _Stretch) -> int:
        return 0 if stretch[0] else stretch[2] - stretch[1] + stretch[4] - stretch[3]

    def join() -> None:
        last = tidy.pop()
        tidy[-1] = (tidy[-1][0] and last[0], tidy[-1][1], last[2], tidy[-1][3], last[4])

    for stretch in stretches:
        tidy.append(stretch)
        while len(tidy) > 1 and tidy[-1][0] == tidy[-2][0]:
            join()
        while len(tidy) > 2 and tidy[-2][0]:
            size = tidy[-2][2] - tidy[-2][1]
            if size > _SCRAP or 2 * size >= min(changed(tidy[-1]), changed(tidy[-3])):
                break
            join()
            join()
    return tidy


# -- matching, at a bounded cost -------------------------------------------------------------------


class _TooLong(Exception):
    """The comparison would cost more than it may."""


class _Matcher(SequenceMatcher[Hashable]):
    """A SequenceMatcher that counts beforehand what each of its searches costs."""

    def __init__(self, old: Sequence[Hashable], new: Sequence[Hashable], steps: int) -> None:
        super().__init__(None, old, new, autojunk=False)
        self.steps_left = steps
        self._cost = [0, *accumulate(1 + len(self.b2j.get(one, ())) for one in old)]  # type: ignore[attr-defined]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        self.steps_left -= self._cost[-1 if ahi is None else ahi] - self._cost[alo]
        if self.steps_left < 0:
            raise _TooLong
        return super().find_longest_match(alo, ahi, blo, bhi)


class _Steps:
    """What the comparison of two documents may still cost."""

    def __init__(self, left: int) -> None:
        self.left = left

    def tried(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> list[_Stretch] | None:
        """What both share and what they do not, in order; None where to find it costs too much."""
        start = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        allowed = min(self.left, _STEPS_EACH)
        matcher = _Matcher(old[start : len(old) - end], new[start : len(new) - end], allowed)
        try:
            codes = matcher.get_opcodes()
        except _TooLong:
            return None
        finally:
            self.left -= allowed - max(matcher.steps_left, 0)
        middle = [(tag == "equal", i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in codes]
        first = [(True, 0, start, 0, start)] if start else []
        last = [(True, len(old) - end, len(old), len(new) - end, len(new))] if end else []
        return [*first, *middle, *last]


def _stretches(old: Sequence[Hashable], new: Sequence[Hashable], steps: _Steps) -> list[_Stretch]:
    """The same; where that costs too much, all of the one in the place of all of the other."""
    return steps.tried(old, new) or ([(False, 0, len(old), 0, len(new))] if old or new else [])
