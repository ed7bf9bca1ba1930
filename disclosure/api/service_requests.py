"""The website reports which services people requested from partners (scope `platform`)."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import SERVICE_REQUEST
from disclosure.api.shapes import ServiceRequestChange, ServiceRequestCreate, ServiceRequestShape
from disclosure.models import ServiceKind, ServiceRequest
from disclosure.queries import partner_and_kind, service_request
from disclosure.services.errors import AlreadyEnded
from disclosure.services.service_requests import close_service, open_service
from privacy_app.api.problems import Problem, invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant, refuses
from users.api.people import person_of
from users.models import ApiClient, Partner
from users.services.actors import as_client
from users.services.people import pairwise_ids_of

refuses(AlreadyEnded, Problem("already-ended", "It has ended; an end is not taken back", status=409))


def _shown(row: ServiceRequest, client: ApiClient) -> dict[str, Any]:
    names = pairwise_ids_of(client.partner, [row.person_id], at=timezone.now())
    return {
        "id": row.pk,
        "subject": {"id": names[row.person_id]},
        "partner": row.partner_id,
        "kind": row.kind_id,
        "status": row.status,
        "opened_at": instant(row.opened_at),
        "closed_at": instant(row.closed_at) if row.closed_at else None,
    }


class ServiceRequestsView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="A person requested a service from a partner",
        takes=ServiceRequestCreate,
        gives=ServiceRequestShape,
        status=201,
        idempotent=True,
        problems=(404,),
        example={
            "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
            "partner": "0a6f3c83-2f9e-4a52-8d7b-4a1c3f1f2b10",
            "kind": "parcel-delivery",
            "status": "open",
        },
        answer=SERVICE_REQUEST,
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        body = body_as(request, ServiceRequestCreate)
        person = person_of(client.partner, body.subject)
        try:
            partner, kind = partner_and_kind(body.partner, body.kind)
        except Partner.DoesNotExist:
            raise invalid("$.partner", "unknown_partner", "This partner is not known.") from None
        except ServiceKind.DoesNotExist:
            raise invalid("$.kind", "unknown_kind", "This kind of service is not known.") from None

        def perform() -> str:
            row = open_service(person=person, partner=partner, kind=kind, by=as_client(client), at=timezone.now())
            return str(row.pk)

        reference = idempotently(request, perform)
        return Response(_shown(ServiceRequest.objects.get(pk=reference), client), status=201)


class ServiceRequestView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="A service ends",
        takes=ServiceRequestChange,
        gives=ServiceRequestShape,
        problems=(404, 409),
        example={"status": "closed"},
        answer={**SERVICE_REQUEST, "status": "closed", "closed_at": "2026-05-06T17:05:00Z"},
    )
    def patch(self, request: Request, id: UUID) -> Response:
        client = client_of(request)
        body_as(request, ServiceRequestChange)
        row = service_request(id)
        if row is None:
            raise not_found()
        close_service(row, by=as_client(client), at=timezone.now())
        return Response(_shown(row, client))
