"""The margin in templates."""

from collections.abc import Mapping

from django import template

from consent.keeping import Keeping
from consent.margin import Note

register = template.Library()


@register.simple_tag
def note_on(margin: Mapping[str, Note], clause: str) -> Note | None:
    """What stands beside a clause."""
    return margin.get(clause)


@register.simple_tag
def keeping_of(keepings: Mapping[str, Keeping], clause: str) -> Keeping | None:
    """By what a clause is kept, for staff."""
    return keepings.get(clause)
