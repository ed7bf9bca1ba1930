"""What partners send and get."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from disclosure.facts import Query
from disclosure.gate import Ground
from privacy_app.api.problems import invalid
from privacy_app.api.shapes import Country, Instant, Name, Shape
from users.api.shapes import Moment, Subject

Outcome = Literal["permit", "review", "deny"]
GroundName = Literal[
    "consent", "service_request", "legal_instrument", "violation", "ip_complaint", "transaction", "other_provision"
]
ActionName = Literal["provide", "sell", "rent", "share", "trade"]
StatusName = Literal["released", "in_review", "refused", "revoked"]
CertificateStateName = Literal["demanded", "submitted", "returned", "accepted"]
# Something that can be read, and nothing that PostgreSQL cannot keep.
_WORDS = "^[^\\x00]*[^\\s\\x00][^\\x00]*$"
Words200 = Annotated[str, Meta(min_length=1, max_length=200, pattern=_WORDS)]
Words500 = Annotated[str, Meta(min_length=1, max_length=500, pattern=_WORDS)]
Words5000 = Annotated[str, Meta(min_length=1, max_length=5000, pattern=_WORDS)]


def _either(shape: str) -> Meta:
    """A list whose members are each of this shape or a problem."""
    options = [{"$ref": f"#/components/schemas/{name}"} for name in (shape, "ProblemShape")]
    return Meta(extra_json_schema={"items": {"anyOf": options}})


class Evidence(Shape):
    """What a claimed ground rests on: for `service_request`, the id of that request."""

    service_request: UUID | None = None


class QueryShape(Shape):
    """May these fields of this person be used so? `country` only narrows the countries of the engagement."""

    subject: Subject
    purpose: Name
    fields: Annotated[list[Name], Meta(min_length=1, max_length=50)]
    ground: GroundName = "consent"
    action: ActionName = "share"
    country: Country | None = None
    evidence: Evidence | None = None

    def to_query(self, pointer: str) -> Query:
        """The query as the domain takes it. Raises Problem where the address is none."""
        kind, value = self.subject.named(f"{pointer}.subject")
        return Query(
            subject_kind=kind,
            subject=value,
            purpose=self.purpose,
            fields=tuple(dict.fromkeys(self.fields)),
            ground=Ground(self.ground),
            action=self.action,
            country=self.country or "",
            service_request=self.evidence.service_request if self.evidence else None,
        )


def check_names(query: Query, pointer: str, *, purposes: set[str], fields: set[str]) -> None:
    """Raise Problem where the purpose or a field is not in the registry."""
    if query.purpose not in purposes:
        raise invalid(f"{pointer}.purpose", "unknown_purpose", "This purpose is not known.")
    for number, field in enumerate(query.fields):
        if field not in fields:
            raise invalid(f"{pointer}.fields[{number}]", "unknown_field", "This field is not known.")


class DecisionsRequest(Shape):
    """Up to 1,000 queries."""

    queries: Annotated[list[QueryShape], Meta(min_length=1, max_length=1000)]


class DisclosuresBatch(Shape):
    """Up to 1,000 requests, each on its own merits."""

    requests: Annotated[
        list[msgspec.Raw],
        Meta(
            min_length=1,
            max_length=1000,
            extra_json_schema={"items": {"$ref": "#/components/schemas/QueryShape"}},
        ),
    ]


class ReadRequest(Shape):
    """Up to 1,000 handles."""

    ids: Annotated[list[UUID], Meta(min_length=1, max_length=1000)]


class ReasonShape(Shape):
    """Why something is denied, and which clause of the policy that keeps."""

    code: str
    clause: str
    message: str
    fields: list[str]


class ObligationsShape(Shape):
    """What comes with the data: until when it may be used, and that it is deleted at the end."""

    valid_until: Instant | None
    delete_at_end: bool
    transfer_mechanisms: list[str]


class DecisionShape(Shape):
    """What the gate decided, field by field."""

    outcome: Outcome
    ground: GroundName
    clause: str
    reasons: list[ReasonShape]
    fields: dict[str, Outcome]
    obligations: ObligationsShape | None
    policy_version: int | None
    at: Instant


class DecisionsAnswer(Shape):
    """The decisions, in the order of the queries."""

    decisions: list[DecisionShape]


class SubjectId(Shape):
    """Your own name for the person: other partners know them by another."""

    id: UUID


class DisclosureShape(Shape):
    """A request and its handle. `subject` is null where nothing may be told of the person."""

    id: UUID
    status: StatusName
    subject: SubjectId | None
    purpose: str
    fields: list[str]
    action: ActionName
    country: str | None
    requested_at: Instant
    decision: DecisionShape
    data: str


class DisclosureList(Shape):
    """A page of your own requests, newest first; `next` is the cursor of the following page."""

    disclosures: list[DisclosureShape]
    next: str | None


class BatchAnswer(Shape):
    """In the order of the requests: each a disclosure, or the problem with it."""

    disclosures: Annotated[list[dict[str, Any]], _either("DisclosureShape")]


class ValueShape(Shape):
    """A value, where it came from and when it was obtained."""

    value: str
    source: str
    obtained_at: Instant


class DataShape(Shape):
    """What is permitted at this moment; null where nothing is held or it cannot be read."""

    id: UUID
    subject: SubjectId | None
    fields: dict[str, ValueShape | None]
    decision: DecisionShape


class ReadAnswer(Shape):
    """In the order of the ids: each the data, or the problem with it."""

    disclosures: Annotated[list[dict[str, Any]], _either("DataShape")]


class CertificateStateShape(Shape):
    """Where the certificate stands that is demanded after an end; overdue once its date has passed in vain.

    `return_reason` says what was wrong with the last one, where it was returned.
    """

    state: CertificateStateName
    demanded_at: Instant
    due_at: Instant
    overdue: bool
    submitted_at: Instant | None
    return_reason: str | None


class EngagementShape(Shape):
    """What you are engaged for. `certificate` is null until the end, and then says where yours stands."""

    id: UUID
    role: str
    valid_from: Instant
    valid_until: Instant | None
    ended_at: Instant | None
    purposes: list[str]
    fields: list[str]
    actions: list[str]
    countries: dict[str, str]
    contributes: list[str]
    certificate: CertificateStateShape | None


class Certifier(Shape):
    """Who certifies, in their office, in your name."""

    name: Words200
    office: Words200


class CertificateCreate(Shape):
    """You deleted what you had read under an engagement that has ended: which fields, how, when; and a signed statement."""

    certifier: Certifier
    fields: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    method: Words500
    deleted_at: Moment
    statement: Words5000


class CertificateShape(Shape):
    """A certificate that you submitted, and what became of it."""

    id: UUID
    engagement: UUID
    state: CertificateStateName
    certifier: Certifier
    fields: list[str]
    method: str
    deleted_at: Instant
    statement: str
    submitted_at: Instant
    return_reason: str | None


class EngagementList(Shape):
    """Your engagements, newest first."""

    engagements: list[EngagementShape]


class ServiceRequestCreate(Shape):
    """A person requested a kind of service from a partner."""

    subject: Subject
    partner: UUID
    kind: Name
    status: Literal["open"] = "open"


class ServiceRequestChange(Shape):
    """A service ends; an end is not taken back."""

    status: Literal["closed"]


class ServiceRequestShape(Shape):
    """A service request and where it stands."""

    id: UUID
    subject: SubjectId
    partner: UUID
    kind: str
    status: Literal["open", "closed"]
    opened_at: Instant
    closed_at: Instant | None
