"""A text's Markdown cut at its headings into sections that can be written one by one. Pure.

The cuts are those of `consent/clauses.py`. Each section has a key: a clause its id, others their kind and number. Where
the texts of two languages have the same keys in the same order, they say the same things side by side.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from consent.clauses import CLAUSE_HEADING, PARSER, is_heading

_KINDS = {0: "opening", 1: "title", 2: "part", 3: "section"}


class WouldBreakUp(Exception):
    """The words would end this section, or swallow what follows it: they hold a heading, or code that does not end."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, up to the next one. `id` is empty where it is no clause.

    `level` is 1 for the title, 2 for a part, 3 for a clause or another section, 0 for what stands before any heading.
    """

    key: str
    level: int
    id: str
    title: str
    body: str

    @property
    def digest(self) -> str:
        """Tells whether it still reads as it did."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()

    @property
    def source(self) -> str:
        if not self.level:
            return f"{self.body}\n"
        heading = f"{'#' * self.level} {f'{self.id} · ' if self.id else ''}{self.title}\n"
        return f"{heading}\n{self.body}\n" if self.body else heading


def tidied(source: str) -> str:
    """What a browser sends, with plain line ends and none but one at the end."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    text = "\n".join(line.rstrip(" \t") if not line.strip() else line for line in lines).strip("\n")
    return f"{text}\n" if text.strip() else ""


def cut(source: str) -> tuple[Section, ...]:
    """The sections of a text, in order."""
    lines = source.split("\n")
    tokens = PARSER.parse(source)
    starts = [(number, *token.map) for number, token in enumerate(tokens) if is_heading(token) and token.map]
    ends = [start for _, start, _ in starts[1:]] + [len(lines)]
    opening = "\n".join(lines[: starts[0][1] if starts else len(lines)]).strip("\n")
    found = [(0, "", "", opening)] if opening.strip() else []
    for (number, _, after), end in zip(starts, ends, strict=True):
        words = " ".join(tokens[number + 1].content.split())
        match = CLAUSE_HEADING.match(words) if tokens[number].tag == "h3" else None
        level = int(tokens[number].tag[1])
        body = "\n".join(lines[after:end]).strip("\n")
        found.append((level, match["id"] if match else "", match["title"] if match else words, body))
    return _keyed(found)


def _keyed(found: Sequence[tuple[int, str, str, str]]) -> tuple[Section, ...]:
    seen = Counter[str]()
    sections = []
    for level, id_, title, body in found:
        kind = id_ or _KINDS[level]
        seen[kind] += 1
        is_only = (id_ or level < 2) and seen[kind] == 1
        sections.append(Section(kind if is_only else f"{kind}-{seen[kind]}", level, id_, title, body))
    return tuple(sections)


def put(source: str, key: str, title: str, body: str) -> str:
    """The text with other words in one section. Raises KeyError where it has none of this key, and WouldBreakUp."""
    sections = {section.key: section for section in cut(source)}
    old = sections[key]
    new = Section(key, old.level, old.id, " ".join(title.split()), tidied(body).strip("\n"))
    sections[key] = new
    if not new.level and not new.body:
        del sections[key]
    written = tidied("\n".join(section.source for section in sections.values()))
    if cut(written) != tuple(sections.values()):
        raise WouldBreakUp
    return written
