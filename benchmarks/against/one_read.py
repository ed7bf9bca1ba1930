"""Floors of an answer over HTTP: plain views of the REST framework that read one row, and one that also records it."""

import os
from uuid import UUID

from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disclosure.models import DisclosureRequest
from privacy_app.ledger.models import Entry
from users.api.authentication import client_of


class OneReadView(APIView):
    authentication_classes = []
    permission_classes = []
    renderer_classes = [JSONRenderer]

    def get(self, request: Request, id: UUID) -> Response:
        row = DisclosureRequest.objects.get(pk=id)
        return Response({"id": row.pk, "status": row.status, "fields": row.fields, "requested_at": row.requested_at})


class OneRecordView(APIView):
    """Knows its client by the same token, reads one row and writes one, without a question asked."""

    scope = "disclosures"
    renderer_classes = [JSONRenderer]

    def get(self, request: Request, id: UUID) -> Response:
        client = client_of(request)
        row = DisclosureRequest.objects.get(pk=id)
        Entry.objects.create(
            kind="disclosure.read",
            actor=f"client:{client.client_id}",
            body={"fields": row.fields},
            at=timezone.now(),
            salt=os.urandom(16),
            leaf=os.urandom(32),
        )
        return Response({"id": row.pk, "status": row.status, "fields": row.fields})
