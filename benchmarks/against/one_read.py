"""The floor of an answer over HTTP: a plain view of the REST framework that reads one row."""

from uuid import UUID

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from disclosure.models import DisclosureRequest


class OneReadView(APIView):
    authentication_classes = []
    permission_classes = []
    renderer_classes = [JSONRenderer]

    def get(self, request: Request, id: UUID) -> Response:
        row = DisclosureRequest.objects.get(pk=id)
        return Response({"id": row.pk, "status": row.status, "fields": row.fields, "requested_at": row.requested_at})
