"""What partners are told, in order, and that they have heard it (scope `events`, which outlives engagements)."""

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from privacy_app.api.pagination import page_size
from privacy_app.api.problems import Problem, invalid
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, refuses
from users.api.shapes import EventList, EventsAck, EventsAckAnswer
from users.queries import events_after, unacknowledged_count
from users.services.actors import as_client
from users.services.events import NothingThere, acknowledge

refuses(NothingThere, Problem("nothing-there", "No event of yours stands at this position yet", status=422))

EVENT: dict[str, Any] = {
    "id": "1f0c7d7e-52b4-4a51-9d0f-7a53c2f6f9c4",
    "position": 17,
    "type": "consent.withdrawn",
    "at": "2026-05-03T09:30:00.000000Z",
    "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
    "data": {"purpose": "delivery-updates", "aspect": "base", "text_version": 1, "fields": ["contact.email"]},
}
_LAST = 2**63 - 1
_NUMBER = re.compile("[0-9]{1,19}")


def _position(text: str | None) -> int:
    """The position after which `?after=` asks. Raises Problem."""
    if text is None:
        return 0
    if not (_NUMBER.fullmatch(text) and int(text) <= _LAST):
        raise invalid("after", "invalid", "Expected the `next` of an earlier answer.")
    return int(text)


class EventsView(Endpoint):
    scope = "events"

    @call(
        scope="events",
        summary="What happened that concerns you, in order",
        gives=EventList,
        parameters=(
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": _LAST},
                description="The `next` of the answer before; from the beginning if it is left out.",
            ),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200}, description="50 by default."),
        ),
        answer={"events": [EVENT], "next": 17},
    )
    def get(self, request: Request) -> Response:
        after = _position(request.query_params.get("after"))
        size = page_size(request.query_params.get("limit"))
        events = [event.to_json() for event in events_after(client_of(request).partner, after)[:size]]
        return Response({"events": events, "next": events[-1]["position"] if events else after})


class EventsAckView(Endpoint):
    scope = "events"

    @call(
        scope="events",
        summary="Say that you have dealt with events",
        takes=EventsAck,
        gives=EventsAckAnswer,
        problems=(422,),
        example={"up_to": 17},
        answer={"unacknowledged": 0},
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        body = body_as(request, EventsAck)
        if (body.up_to is None) == (body.ids is None):
            raise invalid("$", "one_of", "Give exactly one of up_to and ids.")
        acknowledge(client.partner, up_to=body.up_to, ids=body.ids or (), by=as_client(client), at=timezone.now())
        return Response({"unacknowledged": unacknowledged_count(client.partner)})
