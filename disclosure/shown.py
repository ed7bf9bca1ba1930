"""What was shown of a person's data because people decided so (DIS-c to DIS-g), ready in words; reviewers' looks as such."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from disclosure.filing_words import clause_of, field_words, ground_words, recipient_words
from disclosure.gate import Ground
from disclosure.models import Opening
from disclosure.person_queries import BETWEEN_PEOPLE, last_shown_to_others, openings_of
from users.countries import country_name
from users.models import User
from users.queries import element_titles

# Links from elsewhere lead to the latest by their id: they have to be on the first page.
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One time data was shown: to whom, why, which fields."""

    opening: Opening
    who: str
    why: str
    clause: str
    fields: str
    country: str

    @property
    def to_reviewer(self) -> bool:
        return self.opening.by == Opening.By.REVIEWER

    @property
    def is_between_people(self) -> bool:
        """Whether the person can say something against the request itself, on its own page."""
        return Ground(self.opening.filing.ground) in BETWEEN_PEOPLE

    @property
    def leaf(self) -> str:
        return bytes(self.opening.entry.leaf).hex()


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of it, newest first. `last_to_others` is when a recipient last saw something; None where none ever did."""

    page: Page[Opening]
    rows: list[Shown]
    last_to_others: datetime | None


def shown_of(person: User, *, number: str | None, at: datetime) -> ShownPage:
    """What was shown of the person's data, as far as they may know it by now, in a constant number of queries."""
    titles = element_titles()
    page = Paginator(openings_of(person, at=at), PER_PAGE).get_page(number)
    return ShownPage(page, [_row(opening, titles) for opening in page], last_shown_to_others(person, at=at))


def _row(opening: Opening, titles: Mapping[str, str]) -> Shown:
    filing = opening.filing
    to_recipient = opening.by == Opening.By.RECIPIENT
    return Shown(
        opening=opening,
        who=who_words(opening),
        why=ground_words(filing),
        clause=clause_of(filing),
        fields=field_words(opening.fields, titles),
        country=country_name(filing.authority.country) if filing.authority and to_recipient else "",
    )


def who_words(opening: Opening) -> str:
    """Who saw it, as a heading or at the beginning of a sentence."""
    if opening.by == Opening.By.REVIEWER:
        return _("A reviewer of this website, to decide")
    return recipient_words(opening.filing)
