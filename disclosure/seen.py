"""What one opening gave, in the words of the page that shows it."""

from dataclasses import dataclass
from datetime import datetime

from disclosure.services.openings import Shown
from users.queries import element_titles


@dataclass(frozen=True, slots=True)
class Seen:
    """A field with its value; None where we hold nothing that can be read."""

    title: str
    value: str | None
    obtained_at: datetime | None


def seen_words(shown: Shown) -> list[Seen]:
    """The permitted fields in order, each with what was shown of it."""
    titles = element_titles()
    return [
        Seen(titles.get(field, field), found.value if found else None, found.obtained_at if found else None)
        for field, found in shown.fields.items()
    ]
