"""The margin in templates."""

from collections.abc import Mapping

from django import template

from consent.margin import Note

register = template.Library()


@register.simple_tag
def note_on(margin: Mapping[str, Note], clause: str) -> Note | None:
    """What stands beside a clause."""
    return margin.get(clause)
