"""What happened to a consent, in templates."""

from django import template

from consent.models import ConsentChange
from consent.wording import change_words

register = template.Library()


@register.filter
def in_words(change: ConsentChange) -> str:
    """One change, as a sentence to the person."""
    return change_words(change)
