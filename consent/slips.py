"""How much a wording changed: not at all, by a slip of the pen, or in its words. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import IntEnum

# Scripts that put no spaces between words: each character counts as a word.
_UNSPACED = r"\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED_TOKEN = re.compile(f"[{_UNSPACED}]")
_TOKEN = re.compile(rf"\d+(?:[.,:/-]\d+)*|[%‰$£€¥]|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+(?:['’][^\W\d_{_UNSPACED}]+)*")
_ARTICLES = frozenset({"a", "an", "the"})

# Where one of these comes or goes, the opposite of a promise looks like a slip.
_TURNING = frozenset(
    [
        "no",
        "not",
        "nor",
        "never",
        "none",
        "nobody",
        "nothing",
        "neither",
        "without",
        "unless",
        "except",
        "only",
        "cannot",
        "不",
        "非",
        "无",
        "無",
        "未",
        "勿",
        "莫",
        "没",
        "否",
        "仅",
        "只",
        "除",
    ]
)
_LONG_WORD = 8


class Rewording(IntEnum):
    """How much changed, least first."""

    NONE = 0
    SLIP = 1
    WORDS = 2


def rewording(old: str, new: str) -> Rewording:
    """How much a text changed.

    A slip is what a proof-reader puts right: spacing, punctuation, capitals, an article, a doubled word, a letter of a
    word (two of a long one), a character of Chinese. A number, a currency, or a word that turns a sentence into its
    opposite is never one.
    """
    if old == new:
        return Rewording.NONE
    before, after = _tokens(old), _tokens(new)
    is_slip = all(_is_slip(before, after, *span) for span in _edits(before, after))
    return Rewording.SLIP if is_slip else Rewording.WORDS


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Where the two differ: from and to in the one, from and to in the other."""
    shorter = min(len(before), len(after))
    start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    left = shorter - start
    stop = next((n for n in range(left) if before[-1 - n] != after[-1 - n]), left)
    matcher = SequenceMatcher(
        None, before[start : len(before) - stop], after[start : len(after) - stop], autojunk=False
    )
    for tag, *span in matcher.get_opcodes():
        if tag != "equal":
            a, b, c, d = span
            yield a + start, b + start, c + start, d + start


def _is_slip(before: list[str], after: list[str], a: int, b: int, c: int, d: int) -> bool:
    old, new = before[a:b], after[c:d]
    if any(token in _TURNING or token.endswith("n't") or not token[0].isalpha() for token in (*old, *new)):
        return False
    if any(_UNSPACED_TOKEN.match(token) for token in (*old, *new)):
        return len(old) <= 1 and len(new) <= 1
    if not old or not new:
        words, around = (
            (old, before[a - 1 : a] + before[b : b + 1]) if old else (new, after[c - 1 : c] + after[d : d + 1])
        )
        return set(words) <= _ARTICLES or (len(words) == 1 and words[0] in around)
    one, other = "".join(old), "".join(new)
    return len(old) + len(new) <= 3 and _distance(one, other) <= (1 if len(one) < _LONG_WORD else 2)


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out, replaced, or swapped with their neighbour (optimal string alignment)."""
    if abs(len(one) - len(other)) > 2:
        return 3
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
