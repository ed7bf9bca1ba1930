"""A partner's own engagements (scope `events`, which outlives them)."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import ENDED, ENGAGEMENT
from disclosure.api.shapes import EngagementList
from disclosure.ends import end_of
from disclosure.gate import Reason
from disclosure.models import CertificateDemand, Engagement
from disclosure.queries import engagements_of_partner
from privacy_app.api.problems import Problem
from privacy_app.api.schema import call
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, instant, refuses
from users.services.errors import ScopeWithheld

_ENDED = Reason.ENGAGEMENT_ENDED
refuses(
    ScopeWithheld,
    Problem(
        "engagement-ended",
        "Your last engagement has ended",
        status=403,
        detail="This call works again once you are engaged anew. What was readable is not, through old handles neither.",
        reasons=[{"code": _ENDED.code, "clause": _ENDED.clause, "message": _ENDED.message, "fields": []}],
    ),
)


def _shown(engagement: Engagement, at: datetime) -> dict[str, Any]:
    ended_at = end_of(engagement, at=at)
    demand: CertificateDemand | None = getattr(engagement, "demand", None)
    return {
        "id": engagement.pk,
        "role": engagement.role,
        "valid_from": instant(engagement.valid_from),
        "valid_until": instant(engagement.valid_until) if engagement.valid_until else None,
        "ended_at": instant(ended_at) if ended_at else None,
        "purposes": sorted(purpose.key for purpose in engagement.purposes.all()),
        "fields": engagement.fields,
        "actions": engagement.actions,
        "countries": {row.country: row.mechanism for row in engagement.countries.all()},
        "contributes": engagement.contributes,
        "certificate": _state(demand, at) if demand else None,
    }


def _state(demand: CertificateDemand, at: datetime) -> dict[str, Any]:
    newest = next(iter(demand.certificates.all()), None)
    return {
        "state": demand.state,
        "demanded_at": instant(demand.demanded_at),
        "due_at": instant(demand.due_at),
        "overdue": demand.is_overdue(at),
        "submitted_at": instant(newest.submitted_at) if newest else None,
        "return_reason": (newest.return_reason or None) if newest else None,
    }


class EngagementsView(Endpoint):
    scope = "events"

    @call(
        scope="events",
        summary="What you are engaged for, newest first",
        gives=EngagementList,
        answer={"engagements": [ENGAGEMENT, ENDED]},
    )
    def get(self, request: Request) -> Response:
        now = timezone.now()
        rows = engagements_of_partner(client_of(request).partner)
        return Response({"engagements": [_shown(engagement, now) for engagement in rows]})
