"""The website reports transactions between people, and what each has done of their part (scope `platform`)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import TRANSACTION, TRANSACTION_REPORTED
from disclosure.api.shapes import SubjectId
from disclosure.models import Performance, Transaction
from disclosure.queries import transaction
from disclosure.services.errors import NotAParty, PerformedLess, ReferenceTaken, SameParty
from disclosure.services.transactions import close_transaction, open_transaction, perform, warn_parties
from privacy_app.api.problems import Problem, invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import Instant, Shape, body_as
from privacy_app.ledger.actors import Actor
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant, refuses
from users.api.people import person_of
from users.api.shapes import Subject
from users.models import ApiClient
from users.services.actors import as_client
from users.services.people import names_of

refuses(SameParty, Problem("same-party", "Two different people are needed", status=422))
refuses(NotAParty, Problem("not-a-party", "The person is no party to it", status=422))
refuses(
    PerformedLess,
    Problem(
        "performance-backwards",
        "Performance never goes backwards",
        status=409,
        detail="More is on record of this party already.",
    ),
)
refuses(ReferenceTaken, Problem("reference-taken", "There is a transaction of this reference already", status=409))

PerformanceName = Literal["none", "partial", "full"]
Reference = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[^\\x00-\\x1f]*$")]


class TransactionCreate(Shape):
    """A transaction of two people. `reference` is your own name for it; both of them read it."""

    subject: Subject
    counterparty: Subject
    reference: Reference


class PerformanceReport(Shape):
    """What one of the two has done of their part by now."""

    party: Literal["subject", "counterparty"]
    state: PerformanceName


class TransactionChange(Shape):
    """One change: what a party has done, that both were warned that the other may see how to reach them, or the end."""

    performance: PerformanceReport | None = None
    warned: Literal[True] | None = None
    status: Literal["closed"] | None = None


class PerformancesShape(Shape):
    """What each of the two has done of their part."""

    subject: PerformanceName
    counterparty: PerformanceName


class TransactionShape(Shape):
    """A transaction and where it stands. A party is null once they are gone."""

    id: UUID
    subject: SubjectId | None
    counterparty: SubjectId | None
    reference: str
    performance: PerformancesShape
    status: Literal["open", "closed"]
    opened_at: Instant
    warned_at: Instant | None
    closed_at: Instant | None


def _moment(at: datetime | None) -> str | None:
    return instant(at) if at else None


def _shown(row: Transaction, client: ApiClient) -> dict[str, Any]:
    first, second = names_of(client.partner, [row.first, row.second], at=timezone.now())
    return {
        "id": row.pk,
        "subject": {"id": first} if first else None,
        "counterparty": {"id": second} if second else None,
        "reference": row.reference,
        "performance": {"subject": row.first_performance, "counterparty": row.second_performance},
        "status": "closed" if row.closed_at else "open",
        "opened_at": instant(row.opened_at),
        "warned_at": _moment(row.warned_at),
        "closed_at": _moment(row.closed_at),
    }


class TransactionsView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="Two people have a transaction",
        takes=TransactionCreate,
        gives=TransactionShape,
        status=201,
        idempotent=True,
        problems=(404,),
        example=TRANSACTION_REPORTED,
        answer=TRANSACTION,
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        body = body_as(request, TransactionCreate)
        first = person_of(client.partner, body.subject)
        second = person_of(client.partner, body.counterparty, "$.counterparty")

        def perform_once() -> str:
            row = open_transaction(
                reference=body.reference, first=first, second=second, by=as_client(client), at=timezone.now()
            )
            return str(row.pk)

        return Response(_shown(transaction(idempotently(request, perform_once)), client), status=201)


class TransactionView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="A party did something of their part, both were warned, or it is over",
        takes=TransactionChange,
        gives=TransactionShape,
        problems=(404, 409, 422),
        example={"performance": {"party": "subject", "state": "partial"}},
        answer={**TRANSACTION, "performance": {"subject": "partial", "counterparty": "none"}},
    )
    def patch(self, request: Request, id: UUID) -> Response:
        client = client_of(request)
        body = body_as(request, TransactionChange)
        try:
            row = transaction(id)
        except Transaction.DoesNotExist:
            raise not_found() from None
        _change(row, body, by=as_client(client), at=timezone.now())
        return Response(_shown(row, client))


def _change(row: Transaction, body: TransactionChange, *, by: Actor, at: datetime) -> None:
    match (body.performance, body.warned, body.status):
        case (PerformanceReport() as report, None, None):
            party = row.first if report.party == "subject" else row.second
            perform(row, party, Performance(report.state), by=by, at=at)
        case (None, True, None):
            warn_parties(row, by=by, at=at)
        case (None, None, "closed"):
            close_transaction(row, by=by, at=at)
        case _:
            raise invalid("$", "one_change", "Report exactly one of performance, warned and status.")
