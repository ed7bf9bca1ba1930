"""How the API names people and what is brought in about them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from msgspec import Meta

from privacy_app.api.problems import invalid
from privacy_app.api.shapes import Instant, Name, Shape, ShortText
from users.services.values import normalised_contact

Address = Annotated[str, Meta(min_length=3, max_length=254)]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339; from 1900 on, and not in the future")]
_EARLIEST = 1900


def check_moment(moment: datetime, pointer: str, *, now: datetime) -> None:
    """Raise Problem where something is said to have happened in the future, or before anybody living could tell."""
    if moment > now:
        raise invalid(pointer, "in_the_future", "This lies in the future.")
    if moment.year < _EARLIEST:
        raise invalid(pointer, "too_early", f"This lies before {_EARLIEST}.")


class Subject(Shape):
    """A person, named in exactly one way: by your id for them, or by a contact address."""

    id: UUID | None = None
    email: Address | None = None
    phone: Address | None = None

    def named(self, pointer: str) -> tuple[str, str]:
        """The kind and the normalised value. Raises Problem unless there is exactly one, and it is an address."""
        given = [(kind, value) for kind in ("id", "email", "phone") if (value := getattr(self, kind)) is not None]
        if len(given) != 1:
            raise invalid(pointer, "one_name", "Name the person by exactly one of id, email and phone.")
        kind, value = given[0]
        if kind == "id":
            return kind, str(value)
        try:
            return kind, normalised_contact(kind, value)
        except ValidationError as error:
            raise invalid(f"{pointer}.{kind}", "not_an_address", " ".join(error.messages)) from None


class ItemShape(Shape):
    """A value to be held. `obtained_at` is now if it is left out."""

    field: Name
    value: ShortText
    obtained_at: Moment | None = None


class PersonCreate(Shape):
    """Somebody the website knows, by addresses it vouches for."""

    email: Address | None = None
    phone: Address | None = None
    locale: Literal["en", "zh-hans"] = "en"
    items: Annotated[list[ItemShape], Meta(max_length=100)] = []


class ItemsChange(Shape):
    """Values the website holds of a person; each replaces what it gave before for that field."""

    items: Annotated[list[ItemShape], Meta(min_length=1, max_length=100)]


class PersonShape(Shape):
    """The website's own name for the person."""

    id: UUID


class ItemsShape(Shape):
    """The fields that are now held from the website."""

    id: UUID
    fields: list[str]


Position = Annotated[int, Meta(ge=0, le=2**63 - 1, description="A place in the order of your events")]


class EventSubject(Shape):
    """The person it is about, by your own name for them. Of somebody erased, that name leads nowhere any more."""

    id: UUID


class EventData(Shape):
    """What happened, in keys, ids and dates; which of them are there depends on the type."""

    purpose: str | None = None
    aspect: str | None = None
    text_version: int | None = None
    fields: list[str] | None = None
    disclosure: UUID | None = None
    engagement: UUID | None = None
    valid_until: Instant | None = None
    ended_at: Instant | None = None


class EventShape(Shape):
    """Something that you are told. `id` is the `webhook-id` if you are called, too."""

    id: UUID
    position: Position
    type: Literal[
        "consent.withdrawn",
        "consent.expired",
        "consent.revoked",
        "consent.invalidated",
        "engagement.ending",
        "engagement.ended",
        "item.corrected",
        "person.erased",
        "disclosure.revoked",
    ]
    at: Instant
    subject: EventSubject | None
    data: EventData


class EventList(Shape):
    """Events in order. `next` is what to give as `after` next time, also where nothing has come yet."""

    events: list[EventShape]
    next: Position


class EventsAck(Shape):
    """What you have dealt with: everything up to a position, or events by their ids."""

    up_to: Position | None = None
    ids: Annotated[list[UUID], Meta(min_length=1, max_length=1000)] | None = None


class EventsAckAnswer(Shape):
    """How many of your events you have not acknowledged."""

    unacknowledged: int
