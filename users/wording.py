"""Pieces of sentences in the language and zone of whoever reads them."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def day(at: datetime) -> str:
    """The date, like `3 May 2026`. A whole moment is written by `includes/time.html`."""
    return date_format(timezone.localtime(at), pgettext("date format", "j F Y"))


def moment(at: datetime) -> str:
    """The date and time, like `3 May 2026, 14:05`, for where no page with a zone's name shows it."""
    return date_format(timezone.localtime(at), pgettext("date and time format", "j F Y, H:i"))


def listed(words: Iterable[str]) -> str:
    """Words one after the other, like `name, telephone number`."""
    return str(pgettext("between the words of a list", ", ")).join(words)
