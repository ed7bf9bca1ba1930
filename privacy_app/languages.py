"""Reference data in each language of the site: a field `title` is stored as `title_en` and `title_zh_hans`."""

from typing import Any

from django.conf import settings
from django.utils.translation import get_language

CODES: tuple[str, ...] = ("en", "zh-hans")


def current() -> str:
    """The language of the page or mail being written, as one of our codes."""
    language = (get_language() or settings.LANGUAGE_CODE).lower()
    return language if language in CODES else settings.LANGUAGE_CODE


def localised(record: Any, field: str, language: str | None = None) -> str:
    """The record's `field` in `language` (the current one by default)."""
    value: str = getattr(record, f"{field}_{(language or current()).replace('-', '_')}")
    return value
