"""The website brings people in, and what it knows of them (scope `platform`)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from privacy_app.api.problems import invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently
from users.api.shapes import ItemsChange, ItemShape, ItemsShape, PersonCreate, PersonShape, Subject, check_moment
from users.models import DataElement, Partner, Source, User
from users.queries import find_person
from users.services.actors import as_client
from users.services.items import NewValue, store
from users.services.people import bring_in, pairwise_ids_of
from users.services.values import normalised


def checked_values(items: Iterable[ItemShape]) -> dict[str, str]:
    """The normalised values by field. Raises Problem, which names the item and never quotes its value."""
    items = list(items)
    elements = DataElement.objects.in_bulk([item.field for item in items])
    values: dict[str, str] = {}
    for number, item in enumerate(items):
        pointer = f"$.items[{number}]"
        if item.field not in elements:
            raise invalid(f"{pointer}.field", "unknown_field", "This field is not known.")
        if item.field in values:
            raise invalid(f"{pointer}.field", "repeated_field", "This field stands twice.")
        try:
            values[item.field] = normalised(elements[item.field], item.value)
        except ValidationError as error:
            raise invalid(f"{pointer}.value", "invalid", " ".join(error.messages)) from None
    return values


def new_values(items: Iterable[ItemShape], *, at: datetime) -> list[NewValue]:
    """The items as the domain takes them. Raises Problem, as `checked_values`."""
    items = list(items)
    for number, item in enumerate(items):
        if item.obtained_at is not None:
            check_moment(item.obtained_at, f"$.items[{number}].obtained_at", now=at)
    values = checked_values(items)
    return [NewValue(item.field, values[item.field], item.obtained_at or at) for item in items]


def person_of(partner: Partner, subject: Subject, pointer: str = "$.subject") -> User:
    """The person a client of the website names. Raises Problem: 404 where nobody is known by that name."""
    kind, value = subject.named(pointer)
    person = find_person(partner, kind, value)
    if person is None:
        raise not_found()
    return person


class PeopleView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="Bring a person in, or find the one who is there",
        takes=PersonCreate,
        gives=PersonShape,
        status=201,
        idempotent=True,
        example={
            "email": "mei@example.org",
            "locale": "zh-hans",
            "items": [{"field": "identity.name", "value": "Mei"}],
        },
        answer={"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    )
    def post(self, request: Request) -> Response:
        client, now = client_of(request), timezone.now()
        body = body_as(request, PersonCreate)
        contacts: dict[str, str | None] = {
            kind: (Subject(email=value) if kind == "email" else Subject(phone=value)).named("$")[1] if value else None
            for kind, value in (("email", body.email), ("phone", body.phone))
        }
        items = new_values(body.items, at=now)

        def perform() -> str:
            person = bring_in(**contacts, locale=body.locale, items=items, by=as_client(client), at=now)
            return str(pairwise_ids_of(client.partner, [person.pk], at=now)[person.pk])

        reference = idempotently(request, perform)
        return Response({"id": reference}, status=201)


class ItemsView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="Hold values of a person",
        takes=ItemsChange,
        gives=ItemsShape,
        problems=(404, 422),
        example={"items": [{"field": "identity.name", "value": "Mei"}]},
        answer={"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11", "fields": ["identity.name"]},
    )
    def put(self, request: Request, id: UUID) -> Response:
        client, now = client_of(request), timezone.now()
        items = new_values(body_as(request, ItemsChange).items, at=now)
        person = person_of(client.partner, Subject(id=id))
        stored: list[Any] = store(person, items, source=Source.PLATFORM, by=as_client(client), at=now)
        return Response({"id": id, "fields": sorted(item.element_id for item in stored)})
