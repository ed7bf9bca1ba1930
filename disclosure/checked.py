"""When staff read the evidence that a partner gave about a person, in words for that person (COL-b)."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from disclosure.contribution_queries import evidence_readings_about
from disclosure.filing_words import field_words
from disclosure.models import EvidenceReading
from users.models import User
from users.queries import element_titles

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One time that somebody read it: about which data it was."""

    reading: EvidenceReading
    fields: str

    @property
    def leaf(self) -> str:
        return bytes(self.reading.entry.leaf).hex()


@dataclass(frozen=True, slots=True)
class Checks:
    """A page of them, the latest first."""

    page: Page[EvidenceReading]
    rows: list[Check]


def checks_of(person: User, *, number: str | None) -> Checks:
    """Each time that staff read evidence about the person, in a constant number of queries."""
    titles = element_titles()
    page = Paginator(evidence_readings_about(person), PER_PAGE).get_page(number)
    return Checks(page, [Check(reading, field_words(reading.fields, titles)) for reading in page])
