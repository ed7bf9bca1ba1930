"""Requesting disclosures and reading them through handles (scope `disclosures`)."""

from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import DATA, DISCLOSURE, ID, QUERY
from disclosure.api.shapes import (
    BatchAnswer,
    DataShape,
    DisclosureList,
    DisclosuresBatch,
    DisclosureShape,
    QueryShape,
    ReadAnswer,
    ReadRequest,
    check_names,
)
from disclosure.facts import Query
from disclosure.models import DisclosureRequest, Status
from disclosure.queries import known_fields, known_purposes, requests_of_partner, subjects_of
from disclosure.records import for_partner
from disclosure.services.disclosures import Disclosure, Made, read_disclosures, request_disclosures
from privacy_app.api.pagination import page_of
from privacy_app.api.problems import Problem, invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import body_as, decoded
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant
from users.models import ApiClient
from users.services.quotas import take_address_lookups

Shown = dict[str, dict[str, Any]]


def _shown(request: DisclosureRequest | Made, decision: dict[str, Any], subject: UUID | None) -> dict[str, Any]:
    return {
        "id": request.pk,
        "status": request.status,
        "subject": {"id": subject} if subject else None,
        "purpose": decision["facts"]["purpose"],
        "fields": request.fields,
        "action": request.action,
        "country": request.country or None,
        "requested_at": instant(request.requested_at),
        "decision": for_partner(decision),
        "data": f"/api/v1/disclosures/{request.pk}/data",
    }


def _on_record(client: ApiClient, rows: list[DisclosureRequest]) -> Shown:
    """Requests that were made, by id, as they stand."""
    subjects = subjects_of(client.partner, rows)
    return {str(row.pk): _shown(row, row.entry.body, subjects.get(row.pk)) for row in rows}


def _read(disclosure: Disclosure) -> dict[str, Any]:
    return {
        "id": disclosure.handle,
        "subject": {"id": disclosure.subject} if disclosure.subject else None,
        "fields": {
            field: {"value": value.value, "source": value.source, "obtained_at": instant(value.obtained_at)}
            if value
            else None
            for field, value in disclosure.fields.items()
        },
        "decision": for_partner(disclosure.decision),
    }


def _refused(disclosure: Disclosure) -> Problem:
    return Problem(
        "refused",
        "Nothing is permitted on this request",
        status=403,
        detail="Decided anew for this read.",
        reasons=for_partner(disclosure.decision)["reasons"],
    )


def _make(client: ApiClient, queries: list[Query]) -> Shown:
    """Make requests; by id in their order, as `_on_record` would show them."""
    answers = request_disclosures(client, queries, clock=timezone.now)
    return {str(answer.request.pk): _shown(answer.request, answer.decision, answer.subject) for answer in answers}


def _made_now_or_before(client: ApiClient, ids: list[str], made: Shown) -> Shown:
    """What this call made as it stands in memory; what an earlier one made under the same key, as it is on record."""
    if made.keys() >= set(ids):
        return made
    return _on_record(client, list(requests_of_partner(client.partner).filter(pk__in=ids)))


def _narrowed(rows: "QuerySet[DisclosureRequest]", request: Request) -> "QuerySet[DisclosureRequest]":
    """The rows that `?status=` and `?purpose=` leave. Raises Problem on a status or purpose that there is not."""
    status, purpose = (request.query_params.get(name) for name in ("status", "purpose"))
    if status is not None:
        if status not in Status.values:
            raise invalid("status", "not_allowed", f"Expected one of {', '.join(Status.values)}.")
        rows = rows.filter(status=status)
    if purpose is not None:
        if "\x00" in purpose or purpose not in known_purposes({purpose}):
            raise invalid("purpose", "unknown_purpose", "This purpose is not known.")
        rows = rows.filter(purpose__key=purpose)
    return rows


class DisclosuresView(Endpoint):
    scope = "disclosures"

    @call(
        scope="disclosures",
        summary="Your own requests, newest first",
        gives=DisclosureList,
        parameters=(
            OpenApiParameter("cursor", str, description="The `next` of the page before."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200}, description="50 by default."),
            OpenApiParameter("status", {"type": "string", "enum": Status.values}, description="Only these."),
            OpenApiParameter("purpose", str, description="Only those for the purpose of this key."),
        ),
        answer={"disclosures": [DISCLOSURE], "next": None},
    )
    def get(self, request: Request) -> Response:
        client = client_of(request)
        page = page_of(_narrowed(requests_of_partner(client.partner), request), request, by="requested_at")
        shown = _on_record(client, page.rows)
        return Response({"disclosures": list(shown.values()), "next": page.next})

    @call(
        scope="disclosures",
        summary="Request a disclosure",
        takes=QueryShape,
        gives=DisclosureShape,
        status=201,
        idempotent=True,
        problems=(429, 503),
        example=QUERY,
        answer=DISCLOSURE,
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        query = body_as(request, QueryShape).to_query("$")
        check_names(query, "$", purposes=known_purposes({query.purpose}), fields=known_fields(set(query.fields)))

        made: Shown = {}

        def perform() -> list[str]:
            nonlocal made
            take_address_lookups(client.partner, int(query.subject_kind != "id"), at=timezone.now())
            made = _make(client, [query])
            return list(made)

        ids = idempotently(request, perform)
        return Response(_made_now_or_before(client, ids, made)[ids[0]], status=201)


class DisclosuresBatchView(Endpoint):
    scope = "disclosures"

    @call(
        scope="disclosures",
        summary="Request up to 1,000 disclosures, each on its own merits",
        takes=DisclosuresBatch,
        gives=BatchAnswer,
        idempotent=True,
        problems=(429, 503),
        example={"requests": [QUERY]},
        answer={"disclosures": [DISCLOSURE]},
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        items = body_as(request, DisclosuresBatch).requests
        made: Shown = {}

        def perform() -> list[Any]:
            nonlocal made
            results = _checked(items)
            queries = [result for result in results if isinstance(result, Query)]
            take_address_lookups(
                client.partner, sum(query.subject_kind != "id" for query in queries), at=timezone.now()
            )
            made = _make(client, queries) if queries else {}
            ids = iter(made)
            return [next(ids) if isinstance(result, Query) else result for result in results]

        results = idempotently(request, perform)
        shown = _made_now_or_before(client, [result for result in results if isinstance(result, str)], made)
        return Response({"disclosures": [shown[result] if isinstance(result, str) else result for result in results]})


def _checked(items: list[msgspec.Raw]) -> list[Query | dict[str, Any]]:
    """Each item as a query, or as the problem with it."""
    results: list[Query | dict[str, Any]] = []
    for item in items:
        try:
            results.append(decoded(item, QueryShape).to_query("$"))
        except Problem as problem:
            results.append(problem.to_json())
    queries = [result for result in results if isinstance(result, Query)]
    purposes = known_purposes({query.purpose for query in queries})
    fields = known_fields({field for query in queries for field in query.fields})
    for number, result in enumerate(results):
        if isinstance(result, Query):
            try:
                check_names(result, "$", purposes=purposes, fields=fields)
            except Problem as problem:
                results[number] = problem.to_json()
    return results


class DisclosureView(Endpoint):
    scope = "disclosures"

    @call(
        scope="disclosures",
        summary="One of your requests",
        gives=DisclosureShape,
        problems=(404,),
        answer=DISCLOSURE,
    )
    def get(self, request: Request, id: UUID) -> Response:
        client = client_of(request)
        row = requests_of_partner(client.partner).filter(pk=id).first()
        if row is None:
            raise not_found()
        return Response(_on_record(client, [row])[str(id)])


class DisclosureDataView(Endpoint):
    scope = "disclosures"

    @call(
        scope="disclosures",
        summary="Read through a handle: decided anew, now",
        gives=DataShape,
        problems=(404,),
        answer=DATA,
    )
    def get(self, request: Request, id: UUID) -> Response:
        (disclosure,) = read_disclosures(client_of(request), [id], clock=timezone.now)
        if disclosure is None:
            raise not_found()
        if not disclosure.is_permitted:
            raise _refused(disclosure)
        return Response(_read(disclosure))


class DisclosuresReadView(Endpoint):
    scope = "disclosures"

    @call(
        scope="disclosures",
        summary="Read through up to 1,000 handles",
        takes=ReadRequest,
        gives=ReadAnswer,
        example={"ids": [ID]},
        answer={"disclosures": [DATA]},
    )
    def post(self, request: Request) -> Response:
        ids = body_as(request, ReadRequest).ids
        results = read_disclosures(client_of(request), ids, clock=timezone.now)
        return Response({"disclosures": [_result(result) for result in results]})


def _result(disclosure: Disclosure | None) -> dict[str, Any]:
    if disclosure is None:
        return not_found().to_json()
    return _read(disclosure) if disclosure.is_permitted else _refused(disclosure).to_json()
