"""What a draft of the policy consists of: its parts by name, as one flat mapping of words. Pure.

`policy.en`, `agreement.zh-hans` are Markdown; `summary.en` says in plain words what changes; the rest is said once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from privacy_app.languages import CODES


class Noun(StrEnum):
    POLICY = "policy"
    AGREEMENT = "agreement"


PREVAILING, SIGNIFICANCE, REASON, IN_FORCE_FROM = (
    "prevailing_language",
    "significance",
    "significance_reason",
    "in_force_from",
)
"""Names of the parts that have no language. A significance, its reason and a date are empty until they are decided on."""


def text_part(noun: Noun, language: str) -> str:
    """The name of the part that holds a text."""
    return f"{noun}.{language}"


def summary_part(language: str) -> str:
    return f"summary.{language}"


PARTS: tuple[str, ...] = (
    *(text_part(noun, language) for noun in Noun for language in CODES),
    *map(summary_part, CODES),
    PREVAILING,
    SIGNIFICANCE,
    REASON,
    IN_FORCE_FROM,
)


@dataclass(frozen=True, slots=True)
class Content:
    """The parts of a draft, all of them."""

    parts: Mapping[str, str]

    @classmethod
    def of(cls, parts: Mapping[str, str]) -> "Content":
        """Those that are given; the others are empty."""
        return cls({name: parts.get(name, "") for name in PARTS})

    def texts(self, noun: Noun) -> dict[str, str]:
        """Markdown by language."""
        return {language: self.parts[text_part(noun, language)] for language in CODES}

    @property
    def summaries(self) -> dict[str, str]:
        """What changes, by language."""
        return {language: self.parts[summary_part(language)] for language in CODES}

    @property
    def prevailing_language(self) -> str:
        return self.parts[PREVAILING]

    @property
    def significance(self) -> str:
        return self.parts[SIGNIFICANCE]

    @property
    def reason(self) -> str:
        return self.parts[REASON]

    @property
    def in_force_from(self) -> datetime | None:
        """From when it is to be in force; None: as soon as it is published."""
        written = self.parts[IN_FORCE_FROM]
        return datetime.fromisoformat(written) if written else None

    def changed_from(self, before: "Content") -> dict[str, str]:
        """The parts that read otherwise than they did."""
        return {name: words for name, words in self.parts.items() if words != before.parts[name]}
