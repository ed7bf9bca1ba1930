"""Asking the gate, which releases nothing (scope `decisions`)."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import DECISION, QUERY
from disclosure.api.shapes import DecisionsAnswer, DecisionsRequest, check_names
from disclosure.queries import known_fields, known_purposes
from disclosure.services.asking import ask
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint
from users.services.quotas import take_address_lookups


class DecisionsView(Endpoint):
    scope = "decisions"

    @call(
        scope="decisions",
        summary="Ask for decisions",
        takes=DecisionsRequest,
        gives=DecisionsAnswer,
        problems=(429, 503),
        example={"queries": [QUERY]},
        answer={"decisions": [DECISION]},
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        shapes = body_as(request, DecisionsRequest).queries
        queries = [shape.to_query(f"$.queries[{number}]") for number, shape in enumerate(shapes)]
        purposes = known_purposes({query.purpose for query in queries})
        fields = known_fields({field for query in queries for field in query.fields})
        for number, query in enumerate(queries):
            check_names(query, f"$.queries[{number}]", purposes=purposes, fields=fields)
        lookups = sum(query.subject_kind != "id" for query in queries)
        take_address_lookups(client.partner, lookups, at=timezone.now())
        return Response({"decisions": ask(client, queries, clock=timezone.now)})
