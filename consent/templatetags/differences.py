"""Differences in templates: what was added and removed, told apart by shape and by words as well as by colour."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from consent.blocks import BlockKind
from consent.differences import Change, Kind, Passage, Run

register = template.Library()

_ITEMS = frozenset({BlockKind.ITEM, BlockKind.NUMBERED})


@register.filter
def marked(runs: Iterable[Run]) -> SafeString:
    """Runs of words, each insertion and deletion named for those who hear it."""
    return mark_safe("".join(_run(run, named=True) for run in runs))


@register.filter
def passages(rows: Sequence[Passage], labels: bool = True) -> SafeString:
    """Passages as paragraphs and lists; what was added or removed as a whole says so in words, unless `labels` is off."""
    written = []
    for is_item, members in groupby(rows, key=lambda passage: passage.kind in _ITEMS):
        inner = "".join(_passage(passage, "li" if is_item else "p", labels=labels) for passage in members)
        written.append(f'<ul class="passages">{inner}</ul>' if is_item else inner)
    return mark_safe("".join(written))


def _passage(passage: Passage, tag: str, *, labels: bool) -> str:
    change = passage.change
    deep = f" passage--{min(passage.depth, 4)}" if passage.depth > 1 else ""
    is_whole = change in (Change.ADDED, Change.REMOVED)
    label = f'<span class="passage__word">{escape(_WORDS[change]())}</span> ' if is_whole and labels else ""
    words = "".join(_run(run, named=not is_whole or not labels) for run in passage.runs)
    return f'<{tag} class="passage passage--{change}{deep}">{label}{words}</{tag}>'


_WORDS = {Change.ADDED: lambda: _("Added"), Change.REMOVED: lambda: _("Removed")}


def _run(run: Run, *, named: bool) -> str:
    space, words = " " if run.has_space else "", escape(run.words)
    if run.kind is Kind.KEPT:
        return f"{space}{words}"
    tag, name = ("ins", _("added:")) if run.kind is Kind.INSERTED else ("del", _("removed:"))
    if not named:
        return f"{space}<{tag}>{words}</{tag}>"
    before = f'<span class="visually-hidden">[{escape(name)} </span>'
    return f'{space}<{tag}>{before}{words}<span class="visually-hidden">] </span></{tag}>'
