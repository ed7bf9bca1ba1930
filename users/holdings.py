"""What is held about a person, as they read it: by category; what lies outside the policy apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import pgettext

from users.countries import country_name
from users.models import Category, DataElement, PersonalDataItem, User, ValueFormat
from users.models.elements import LOGIN_ADDRESS
from users.queries import current_items
from users.services.items import Reading, read


@dataclass(frozen=True, slots=True)
class Value:
    """One value with its item. `plain` is None where it does not open."""

    item: PersonalDataItem
    plain: str | None

    @property
    def text(self) -> str | None:
        """The value as people read it: a country by its name, a date in words."""
        match self.item.element.format:
            case ValueFormat.COUNTRY if self.plain:
                return country_name(self.plain)
            case ValueFormat.DATE if self.plain:
                return _date_in_words(self.plain)
        return self.plain

    @property
    def country(self) -> str:
        return country_name(self.item.location.country)

    @property
    def can_be_chosen(self) -> bool:
        return self.plain is not None and not self.item.is_chosen and not self.item.element.is_excluded


@dataclass(frozen=True, slots=True)
class Held:
    """An element with its values: the chosen one first, then the latest."""

    element: DataElement
    values: tuple[Value, ...]

    @property
    def is_login_address(self) -> bool:
        return self.element.key == LOGIN_ADDRESS

    @property
    def plain(self) -> str:
        """The value that stands for it, or else the latest that opens; empty where none does."""
        return next((value.plain for value in self.values if value.plain is not None), "")

    @property
    def is_disputed(self) -> bool:
        return len(self.values) > 1

    @property
    def lacks_choice(self) -> bool:
        """Whether none of its values stands for it, so that none can be released."""
        return not any(value.item.is_chosen for value in self.values)


@dataclass(frozen=True, slots=True)
class Group:
    category: Category
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """What is held under a clause that puts it outside the policy."""

    clause: str
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that is held about a person. `untold` is what they could state and nobody has."""

    groups: list[Group]
    outside: list[Outside]
    untold: list[DataElement]

    @property
    def count(self) -> int:
        return sum(len(held.values) for group in self.groups for held in group.held)


_CATEGORIES = list(Category)
_CLAUSES = ("EXC-a", "EXC-b", "EXC-c")


def holdings_of(person: User, *, at: datetime) -> Holdings:
    """Everything held about the person, opened, in a constant number of queries."""
    elements = sorted(
        DataElement.objects.all(), key=lambda element: (_CATEGORIES.index(Category(element.category)), element.key)
    )
    by_element: dict[str, list[Reading]] = {}
    for reading in read(current_items(person, at=at), at=at):
        by_element.setdefault(reading.item.element_id, []).append(reading)
    held = [_held(element, by_element[element.key]) for element in elements if element.key in by_element]
    governed = [entry for entry in held if not entry.element.is_excluded]
    return Holdings(
        groups=[
            Group(Category(category), tuple(entries))
            for category, entries in groupby(governed, key=lambda entry: entry.element.category)
        ],
        outside=[
            Outside(clause, tuple(entry for entry in held if entry.element.excluded_by == clause))
            for clause in _CLAUSES
        ],
        untold=[element for element in elements if element.is_told_by_people and element.key not in by_element],
    )


def element_of(person: User, field: str, *, at: datetime) -> tuple[DataElement, Held | None]:
    """An element that people state themselves, with what is held of it. Raises DataElement.DoesNotExist."""
    element = DataElement.objects.get(pk=field)
    if not element.is_told_by_people:
        raise DataElement.DoesNotExist
    readings = read(current_items(person, at=at).filter(element=element), at=at)
    return element, _held(element, readings) if readings else None


def _held(element: DataElement, readings: Iterable[Reading]) -> Held:
    ordered = sorted(readings, key=lambda reading: (reading.item.is_chosen, reading.item.stored_at), reverse=True)
    return Held(element, tuple(Value(reading.item, reading.value) for reading in ordered))


def _date_in_words(value: str) -> str:
    """A date in words; as it stands where it was stored before its element asked for dates."""
    try:
        return date_format(date.fromisoformat(value), pgettext("date format", "j F Y"))
    except ValueError:
        return value
