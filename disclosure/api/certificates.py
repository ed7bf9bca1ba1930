"""A partner certifies that it deleted what it had read under an engagement that has ended (scope `events`)."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import CERTIFICATE, SUBMITTED
from disclosure.api.shapes import CertificateCreate, CertificateShape
from disclosure.models import CertificateState, DeletionCertificate, Engagement
from disclosure.queries import certificate, engagement_of_partner, known_fields
from disclosure.services.certificates import (
    CertificateAccepted,
    CertificateInReview,
    DeletedTooEarly,
    EngagementLive,
    submit,
)
from privacy_app.api.problems import Problem, invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant, refuses
from users.api.shapes import check_moment
from users.services.actors import as_client

refuses(EngagementLive, Problem("engagement-live", "This engagement has not ended; certify after its end", status=409))
refuses(
    CertificateInReview,
    Problem("certificate-in-review", "Your certificate is being checked; wait for what becomes of it", status=409),
)
refuses(
    CertificateAccepted,
    Problem("certificate-accepted", "Your certificate was accepted; no other is needed", status=409),
)
refuses(
    DeletedTooEarly,
    invalid(
        "$.deleted_at", "before_the_end", "This lies before the end; what could be read until then is to be deleted."
    ),
)


def _shown(row: DeletionCertificate) -> dict[str, Any]:
    return {
        "id": row.pk,
        "engagement": row.demand.engagement_id,
        "state": _state(row),
        "certifier": {"name": row.certifier_name, "office": row.certifier_office},
        "fields": row.fields,
        "method": row.method,
        "deleted_at": instant(row.deleted_at),
        "statement": row.statement,
        "submitted_at": instant(row.submitted_at),
        "return_reason": row.return_reason or None,
    }


def _state(row: DeletionCertificate) -> CertificateState:
    if row.accepted_at:
        return CertificateState.ACCEPTED
    return CertificateState.RETURNED if row.returned_at else CertificateState.SUBMITTED


class DeletionCertificateView(Endpoint):
    scope = "events"

    @call(
        scope="events",
        summary="Certify that what you had read is deleted",
        takes=CertificateCreate,
        gives=CertificateShape,
        status=201,
        idempotent=True,
        problems=(404,),
        example=CERTIFICATE,
        answer=SUBMITTED,
    )
    def post(self, request: Request, id: UUID) -> Response:
        client, now = client_of(request), timezone.now()
        body = body_as(request, CertificateCreate)
        known = known_fields(set(body.fields))
        for number, field in enumerate(body.fields):
            if field not in known:
                raise invalid(f"$.fields[{number}]", "unknown_field", "This field is not known.")
        check_moment(body.deleted_at, "$.deleted_at", now=now)

        try:
            engagement = engagement_of_partner(client.partner, id)
        except Engagement.DoesNotExist:
            raise not_found() from None

        def perform() -> str:
            made = submit(
                engagement,
                client=client,
                certifier_name=body.certifier.name,
                certifier_office=body.certifier.office,
                fields=body.fields,
                method=body.method,
                deleted_at=body.deleted_at,
                statement=body.statement,
                by=as_client(client),
                at=now,
            )
            return str(made.pk)

        return Response(_shown(certificate(UUID(idempotently(request, perform)))), status=201)
