"""The website reports complaints about intellectual property, with their proof (scope `platform`)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import COMPLAINT, COMPLAINT_REPORTED
from disclosure.api.shapes import SubjectId
from disclosure.models import Complaint
from disclosure.queries import complaint, known_fields
from disclosure.services.complaints import close_complaint, open_complaint
from disclosure.services.documents import MAX_BYTES, DocumentTooLarge, NotADocument, add_document
from privacy_app.api.problems import Problem, invalid, not_found
from privacy_app.api.schema import call
from privacy_app.api.shapes import Instant, Name, RawJSONParser, Shape, body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant, refuses
from users.api.people import person_of
from users.api.shapes import Subject
from users.models import ApiClient
from users.services.actors import as_client
from users.services.people import names_of

refuses(
    NotADocument,
    Problem(
        "not-a-document",
        "The file is not what it is said to be",
        status=422,
        detail="A whole PDF, PNG or JPEG is taken, of the content type that is named.",
    ),
)
refuses(
    DocumentTooLarge,
    Problem("document-too-large", "The file is empty or too large", status=422, detail=f"At most {MAX_BYTES:,} bytes."),
)

RightName = Literal["copyright", "trademark", "patent", "other"]
ContentTypeName = Literal["application/pdf", "image/png", "image/jpeg"]
Matter = Annotated[str, Meta(min_length=1, max_length=300, pattern="^[^\\x00-\\x1f]*$")]
# A third more as base64, and room for the rest of the body.
_MAX_BODY = MAX_BYTES // 3 * 4 + 64 * 1024


class ProofShape(Shape):
    """A document: a PDF, a PNG or a JPEG of at most 10 MiB, in base64."""

    content_type: ContentTypeName
    content: bytes


class ComplaintCreate(Shape):
    """Somebody says that another infringes a right of theirs.

    `subject_matter` says of what, and names nobody: both of them read it. `fields` are those of the complainant that
    the respondent needs to answer.
    """

    complainant: Subject
    respondent: Subject
    right: RightName
    subject_matter: Matter
    fields: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    proof: ProofShape


class ComplaintChange(Shape):
    """A complaint is over; an end is not taken back."""

    status: Literal["closed"]


class DocumentShape(Shape):
    """The document that is held, sealed, as a proof."""

    content_type: ContentTypeName
    size: int
    sha256: str


class ComplaintShape(Shape):
    """A complaint and where it stands. `qualified_at`: when it was made sure of that the complainant holds the right."""

    id: UUID
    complainant: SubjectId | None
    respondent: SubjectId | None
    right: RightName
    subject_matter: str
    fields: list[str]
    proof: DocumentShape
    status: Literal["open", "closed"]
    opened_at: Instant
    qualified_at: Instant | None
    closed_at: Instant | None


def _shown(row: Complaint, client: ApiClient) -> dict[str, Any]:
    complainant, respondent = names_of(client.partner, [row.complainant, row.respondent], at=timezone.now())
    return {
        "id": row.pk,
        "complainant": {"id": complainant} if complainant else None,
        "respondent": {"id": respondent} if respondent else None,
        "right": row.right,
        "subject_matter": row.subject_matter,
        "fields": row.fields,
        "proof": {name: getattr(row.proof, name) for name in ("content_type", "size", "sha256")},
        "status": "closed" if row.closed_at else "open",
        "opened_at": instant(row.opened_at),
        "qualified_at": instant(row.qualified_at) if row.qualified_at else None,
        "closed_at": instant(row.closed_at) if row.closed_at else None,
    }


class _DocumentParser(RawJSONParser):
    """Takes a body with a document in it."""

    limit = _MAX_BODY


class ComplaintsView(Endpoint):
    scope = "platform"
    parser_classes = [_DocumentParser]

    @call(
        scope="platform",
        summary="A person complains of another",
        takes=ComplaintCreate,
        gives=ComplaintShape,
        status=201,
        idempotent=True,
        problems=(404,),
        example=COMPLAINT_REPORTED,
        answer=COMPLAINT,
    )
    def post(self, request: Request) -> Response:
        client, now = client_of(request), timezone.now()
        body = body_as(request, ComplaintCreate)
        known = known_fields(set(body.fields))
        for number, field in enumerate(body.fields):
            if field not in known:
                raise invalid(f"$.fields[{number}]", "unknown_field", "This field is not known.")
        complainant = person_of(client.partner, body.complainant, "$.complainant")
        respondent = person_of(client.partner, body.respondent, "$.respondent")

        def perform() -> str:
            by = as_client(client)
            proof = add_document(body.proof.content, declared=body.proof.content_type, by=by, at=now)
            row = open_complaint(
                complainant=complainant,
                respondent=respondent,
                right=Complaint.Right(body.right),
                subject_matter=body.subject_matter,
                fields=body.fields,
                proof=proof,
                by=by,
                at=now,
            )
            return str(row.pk)

        return Response(_shown(complaint(idempotently(request, perform)), client), status=201)


class ComplaintView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="A complaint is over",
        takes=ComplaintChange,
        gives=ComplaintShape,
        problems=(404, 409),
        example={"status": "closed"},
        answer={**COMPLAINT, "status": "closed", "closed_at": "2026-05-06T17:05:00Z"},
    )
    def patch(self, request: Request, id: UUID) -> Response:
        client = client_of(request)
        body_as(request, ComplaintChange)
        try:
            row = complaint(id)
        except Complaint.DoesNotExist:
            raise not_found() from None
        close_complaint(row, by=as_client(client), at=timezone.now())
        return Response(_shown(row, client))
