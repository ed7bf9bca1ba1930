"""A draft's texts as a list of sections, each with what became of it since the version in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from consent.drafting import Content, Noun
from consent.sections import Section, cut
from privacy_app.languages import CODES, current


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One section, by its heading in the language of the page, or in another where there is none in it."""

    key: str
    level: int
    id: str
    title: str
    fate: Fate
    is_whole: bool
    """Whether it stands in every language, and so can be written side by side."""


def outline(content: Content, base: Content, noun: Noun) -> list[Line]:
    """The sections of a text in the order of the draft, then those that are gone."""
    now, before = _by_language(content, noun), _by_language(base, noun)
    keys = list(dict.fromkeys(key for sections in now.values() for key in sections))
    gone = dict.fromkeys(key for sections in before.values() for key in sections if key not in keys)
    return [_line(key, now, before) for key in keys] + [_line(key, before, {}, Fate.GONE) for key in gone]


def _by_language(content: Content, noun: Noun) -> dict[str, dict[str, Section]]:
    texts = content.texts(noun)
    order = sorted(CODES, key=lambda code: code != current())
    return {code: {section.key: section for section in cut(texts[code])} for code in order}


def _line(
    key: str,
    now: Mapping[str, Mapping[str, Section]],
    before: Mapping[str, Mapping[str, Section]],
    fate: Fate | None = None,
) -> Line:
    found = [sections[key] for sections in now.values() if key in sections]
    if fate is None:
        earlier = [sections[key] for sections in before.values() if key in sections]
        said = [[(section.title, section.body) for section in sections] for sections in (found, earlier)]
        fate = Fate.NEW if not earlier else Fate.UNCHANGED if said[0] == said[1] else Fate.CHANGED
    first = found[0]
    return Line(key, first.level, first.id, first.title, fate, is_whole=len(found) == len(now))
