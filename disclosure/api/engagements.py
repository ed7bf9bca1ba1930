"""A partner's own engagements (scope `events`, which outlives them)."""

from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import ENGAGEMENT
from disclosure.api.shapes import EngagementList
from disclosure.queries import engagements_of_partner
from privacy_app.api.schema import call
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, instant


class EngagementsView(Endpoint):
    scope = "events"

    @call(
        scope="events",
        summary="What you are engaged for, newest first",
        gives=EngagementList,
        answer={"engagements": [ENGAGEMENT]},
    )
    def get(self, request: Request) -> Response:
        return Response(
            {
                "engagements": [
                    {
                        "id": engagement.pk,
                        "role": engagement.role,
                        "valid_from": instant(engagement.valid_from),
                        "valid_until": instant(engagement.valid_until) if engagement.valid_until else None,
                        "ended_at": instant(engagement.ended_at) if engagement.ended_at else None,
                        "purposes": sorted(purpose.key for purpose in engagement.purposes.all()),
                        "fields": engagement.fields,
                        "actions": engagement.actions,
                        "countries": {row.country: row.mechanism for row in engagement.countries.all()},
                        "contributes": engagement.contributes,
                    }
                    for engagement in engagements_of_partner(client_of(request).partner)
                ]
            }
        )
