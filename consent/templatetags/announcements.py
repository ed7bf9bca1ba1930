"""Notices in templates: their text in the language of the page, rendered."""

from django import template
from django.utils.safestring import SafeString

from consent.clauses import rendered
from consent.models import Announcement, AnnouncementText
from privacy_app.languages import current

register = template.Library()


@register.simple_tag
def text_of(announcement: Announcement) -> AnnouncementText:
    """The text in the language of the page. Raises StopIteration where there is none: each notice is in every language."""
    return next(text for text in announcement.texts.all() if text.language == current())


@register.filter
def from_markdown(body: str) -> SafeString:
    """A short text without clauses, as HTML."""
    return rendered(body)
