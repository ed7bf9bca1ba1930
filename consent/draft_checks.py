"""What a draft still lacks before it can be published, each with the clause and the language. Pure.

Policy and agreement are there in every language with the same sections in the same order; the policy has each of the
product's clauses once, and none of them is empty.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.clause_ids import CLAUSE_IDS
from consent.clauses import document_of
from consent.drafting import Content, Noun
from consent.models import Significance
from consent.sections import Section, cut
from privacy_app.languages import CODES


class Fault(Enum):
    """What is wrong. The value are its words; `where` and `title` of the Problem stand in them."""

    TEXT_MISSING = _("There is no text.")
    TITLE_MISSING = _("The text needs one title: a line that begins with a single “#”.")
    CLAUSE_MISSING = _("%(where)s is missing.")
    CLAUSE_UNKNOWN = _("%(where)s is no clause that the product keeps.")
    CLAUSE_TWICE = _("%(where)s stands there more than once.")
    CLAUSE_EMPTY = _("%(where)s says nothing.")
    SECTION_EMPTY = _("The section “%(title)s” says nothing.")
    STRUCTURE_DIFFERS = _("The sections are not the same, in the same order, as in the other language.")
    PREVAILING_MISSING = _("Say which language prevails.")
    SIGNIFICANCE_MISSING = _("Decide whether the version is editorial or significant.")
    REASON_MISSING = _("Say why it is not what the product proposed.")
    SUMMARY_MISSING = _("A significant version needs a summary: people are told what changes.")
    DATED_BEFORE_LAST = _("It would be in force before the version before it.")
    NOTHING_CHANGED = _("Nothing differs from the version before it.")

    @property
    def words(self) -> str | Promise:
        value: str | Promise = self.value
        return value


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: in which text of which language, if it is about one, and in which section (`where` is its key)."""

    fault: Fault
    noun: Noun | None = None
    language: str = ""
    where: str = ""
    title: str = ""

    def __str__(self) -> str:
        return str(self.fault.words) % {"where": self.where, "title": self.title}


def problems_of_texts(content: Content) -> list[Problem]:
    """What is wrong with the texts themselves."""
    found: list[Problem] = []
    for noun in Noun:
        cuts = {language: cut(text) for language, text in content.texts(noun).items() if text.strip()}
        for language in CODES:
            if language not in cuts:
                found.append(Problem(Fault.TEXT_MISSING, noun, language))
                continue
            found += _of_sections(noun, language, cuts[language])
            if noun is Noun.POLICY:
                found += _of_clauses(language, cuts[language], content.texts(noun)[language])
        shapes = [[section.key for section in sections] for sections in cuts.values()]
        found += [Problem(Fault.STRUCTURE_DIFFERS, noun)] if shapes and shapes != shapes[:1] * len(shapes) else []
    return found


def _of_sections(noun: Noun, language: str, sections: tuple[Section, ...]) -> Iterator[Problem]:
    titles = [section for section in sections if section.level == 1]
    if len(titles) != 1 or not titles[0].title:
        yield Problem(Fault.TITLE_MISSING, noun, language)
    for number, section in enumerate(sections):
        if section.level < 2 or section.id or section.body:
            continue
        # A part may say nothing itself where clauses follow.
        following = sections[number + 1 : number + 2]
        if section.level == 3 or not following or following[0].level != 3:
            yield Problem(Fault.SECTION_EMPTY, noun, language, section.key, section.title)


def _of_clauses(language: str, sections: tuple[Section, ...], text: str) -> Iterator[Problem]:
    counted = Counter(section.id for section in sections if section.id)
    saying = {
        clause.id for part in document_of(text).parts for clause in part.clauses if any(b.text for b in clause.blocks)
    }
    for id_ in CLAUSE_IDS:
        if id_ not in counted:
            yield Problem(Fault.CLAUSE_MISSING, Noun.POLICY, language, id_)
        elif id_ not in saying:
            yield Problem(Fault.CLAUSE_EMPTY, Noun.POLICY, language, id_)
    for id_, times in counted.items():
        if id_ not in CLAUSE_IDS:
            yield Problem(Fault.CLAUSE_UNKNOWN, Noun.POLICY, language, id_)
        if times > 1:
            yield Problem(Fault.CLAUSE_TWICE, Noun.POLICY, language, id_)


def problems_of_decision(
    content: Content, base: Content, *, proposed: Significance, last_in_force_from: datetime | None, at: datetime
) -> list[Problem]:
    """What is wrong with what is said about the texts. `last_in_force_from`: when the version before it is in force."""
    found = []
    if content.prevailing_language not in CODES:
        found.append(Problem(Fault.PREVAILING_MISSING))
    if content.prevailing_language == base.prevailing_language and all(
        content.texts(noun) == base.texts(noun) for noun in Noun
    ):
        found.append(Problem(Fault.NOTHING_CHANGED))
    if content.significance not in Significance.values:
        found.append(Problem(Fault.SIGNIFICANCE_MISSING))
    elif content.significance != proposed and not content.reason.strip():
        found.append(Problem(Fault.REASON_MISSING))
    if content.significance == Significance.SIGNIFICANT:
        found += [
            Problem(Fault.SUMMARY_MISSING, language=language)
            for language, summary in content.summaries.items()
            if not summary.strip()
        ]
    if last_in_force_from is not None and begin_of(content, at=at) < last_in_force_from:
        found.append(Problem(Fault.DATED_BEFORE_LAST))
    return found


def begin_of(content: Content, *, at: datetime) -> datetime:
    """From when it is in force if it is published at `at`: at once, too, where the wished time has passed."""
    return max(content.in_force_from or at, at)
