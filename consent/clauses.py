"""Published texts as pages: Markdown cut at its headings into parts and clauses, each clause under its stable id.

A part begins at `## Title`, a clause at `### DIS-c · Title`. What is rendered is kept in the process by the text's SHA-256.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import groupby

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from consent.blocks import Block, blocks_of
from consent.models import PolicyText
from consent.models.policies import Text
from privacy_app.languages import current

CLAUSE_HEADING = re.compile(r"^(?P<id>[A-Z]{3}-[0-9a-z])\s*·\s*(?P<title>.+)$")
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise of the policy in its own words. `id` is empty for a section that is no clause.

    `blocks` are the same words in plain, for comparisons; the heading's apart.
    """

    id: str
    title: str
    html: SafeString
    blocks: tuple[Block, ...] = ()

    def html_at(self, address: str) -> SafeString:
        """The words for another page than the policy's: links to other clauses lead to `address`."""
        return mark_safe(self.html.replace('href="#', f'href="{address}#'))


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the text with what follows it. `anchor` is stable within a version."""

    anchor: str
    title: str
    html: SafeString
    clauses: tuple[Clause, ...]
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text: its title, what stands before the first part, and the parts."""

    title: str
    html: SafeString
    parts: tuple[Part, ...]
    blocks: tuple[Block, ...] = ()

    @property
    def clauses(self) -> dict[str, Clause]:
        return {clause.id: clause for part in self.parts for clause in part.clauses if clause.id}


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that is the same as another of the same digest."""

    sha256: str
    markdown: str = field(compare=False, repr=False)


@dataclass(slots=True)
class _Section:
    level: int
    title: str
    tokens: list[Token] = field(default_factory=list)

    @property
    def html(self) -> SafeString:
        return _clean(PARSER.renderer.render(self.tokens, PARSER.options, {}))

    @property
    def blocks(self) -> tuple[Block, ...]:
        return blocks_of(self.tokens)


def _clean(rendered: str) -> SafeString:
    """What was rendered. Markdown lets no HTML through; this holds should that ever fail."""
    return mark_safe(nh3.clean(rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"}))


def rendered(markdown: str) -> SafeString:
    """A short text without clauses."""
    return _clean(PARSER.render(markdown))


def is_heading(token: Token) -> bool:
    """Whether a section of the text begins here."""
    return token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2", "h3")


def _sections(tokens: Sequence[Token]) -> list[_Section]:
    """Cut the tokens at headings of the first three levels; the first section holds what stands before any.

    A heading inside a quotation or a list is none of the text's own.
    """
    sections = [_Section(0, "")]
    rest = iter(tokens)
    for token in rest:
        if is_heading(token):
            sections.append(_Section(int(token.tag[1]), next(rest).content))
            next(rest)
        else:
            sections[-1].tokens.append(token)
    return sections


@lru_cache(maxsize=64)
def _document(source: _Source) -> Document:
    sections = _sections(PARSER.parse(source.markdown))
    heads = [section for section in sections if section.level < 2]
    parts: list[Part] = []
    counter = 0

    def part_of(section: _Section) -> int:
        nonlocal counter
        counter += section.level == 2
        return counter

    for number, group in groupby((section for section in sections if section.level >= 2), key=part_of):
        members = list(group)
        lead = members.pop(0) if members[0].level == 2 else _Section(2, "")
        clauses = tuple(_clause(section) for section in members)
        parts.append(Part(f"part-{number}", lead.title, lead.html, clauses, lead.blocks))
    return Document(
        title=next((section.title for section in heads if section.level == 1), ""),
        html=mark_safe("".join(section.html for section in heads)),
        parts=tuple(parts),
        blocks=tuple(block for section in heads for block in section.blocks),
    )


def _clause(section: _Section) -> Clause:
    match = CLAUSE_HEADING.match(section.title)
    if match is None:
        return Clause("", section.title, section.html, section.blocks)
    return Clause(match["id"], match["title"], section.html, section.blocks)


def document(text: Text) -> Document:
    """A published text, rendered."""
    return _document(_Source(text.sha256, text.markdown))


def document_of(source: str) -> Document:
    """Any Markdown, as it would be published."""
    return _document(_Source(Text.digest(source), source))


def clauses_in_force(*, at: datetime) -> dict[str, Clause]:
    """The clauses of the policy in force, by id, in the language of the page; none where no policy is published."""
    text = (
        PolicyText.objects.filter(policy__published_at__lte=at, language=current()).order_by("-policy__version").first()
    )
    return document(text).clauses if text else {}
