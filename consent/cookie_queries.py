"""What an account holds of a choice of cookies, and of what cookies gathered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from consent.cookie_choice import Choice, is_live
from consent.cookies import OPTIONAL, CookieClass, elements_of
from consent.models import CookieChoice
from users.models import PersonalDataItem, Source, User
from users.queries import current_items


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """What a person chose, as long as it holds; since when Global Privacy Control counts for them; what counts no more."""

    choice: Choice | None = None
    signal_at: datetime | None = None
    void_before: datetime | None = None

    def still_counting(self, choice: Choice | None) -> Choice | None:
        """What a browser of theirs remembers, unless they wanted no cookies at all since."""
        is_void = choice is not None and self.void_before is not None and choice.made_at <= self.void_before
        return None if is_void else choice


def choice_lasts() -> timedelta:
    """For how long a choice holds before it is asked for again."""
    return timedelta(days=settings.COOKIE_CHOICE_DAYS)


def account_choice(person_id: UUID, *, at: datetime) -> AccountChoice:
    """The person's choice, in one query."""
    row = CookieChoice.objects.filter(person_id=person_id).first()
    if row is None:
        return AccountChoice()
    if row.made_at is None:
        return AccountChoice(None, row.signal_at, row.void_before)
    allowed = {CookieClass.PERSONALISED: row.personalised, CookieClass.PROMOTIONAL: row.promotional}
    choice = Choice(frozenset(cls for cls, is_on in allowed.items() if is_on), row.made_at, row.despite_signal)
    live = choice if is_live(choice, lasts=choice_lasts(), at=at) else None
    return AccountChoice(live, row.signal_at, row.void_before)


def gathered_count(person: User, *, at: datetime) -> int:
    """How many values about the person came from cookies (COO-c)."""
    return current_items(person, at=at).filter(source=Source.COOKIE).count()


def gathered_beyond(person: User, classes: frozenset[CookieClass]) -> list[str]:
    """The elements held from cookies of other classes than these.

    What cookies gathered that this site does not set itself counts as promotional, the class that is asked most for.
    """
    held = set(
        PersonalDataItem.objects.filter(person=person, source=Source.COOKIE).values_list("element_id", flat=True)
    )
    kept = elements_of(classes)
    if CookieClass.PROMOTIONAL in classes:
        kept |= held - elements_of(OPTIONAL)
    return sorted(held - kept)
