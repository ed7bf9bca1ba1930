"""Consents given elsewhere, recorded by the website with their evidence (scope `platform`)."""

from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from consent.models import Aspect, Consent, Purpose, PurposeVersion
from consent.queries import purpose_and_recipient, version_numbered
from consent.services.consents import Subject, change
from consent.services.errors import ConflictingChange, TextNotShown
from consent.states import EVENT_OF, State, TransitionRefused
from privacy_app.api.problems import Problem, invalid
from privacy_app.api.schema import call
from privacy_app.api.shapes import Instant, Name, Shape, ShortText, body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently, instant, refuses
from users.api.people import person_of
from users.api.shapes import Moment, check_moment
from users.api.shapes import Subject as SubjectShape
from users.models import Partner
from users.services.actors import as_client

refuses(
    TextNotShown,
    Problem(
        "text-not-shown", "This text version is not in force, or does not name this recipient or aspect", status=422
    ),
)
refuses(ConflictingChange, Problem("conflict", "The consent was changed meanwhile", status=409))

StateName = Literal[
    "ConsentRequested",
    "ConsentRequestDeferred",
    "ConsentRefused",
    "ConsentGiven",
    "RenewedConsentGiven",
    "ConsentRevoked",
    "ConsentWithdrawn",
]
AspectName = Literal["base", "sensitive", "abroad", "sell", "rent", "trade"]


class ConsentCreate(Shape):
    """What a person said elsewhere: `evidence` says how it can be shown (a form's number, a recording's reference)."""

    subject: SubjectShape
    purpose: Name
    state: StateName
    text_version: Annotated[int, Meta(ge=1, le=1_000_000)]
    language: Literal["en", "zh-hans"]
    at: Moment
    evidence: ShortText
    recipient: UUID | None = None
    aspect: AspectName = "base"


class ConsentShape(Shape):
    """Where the person stands now."""

    id: UUID
    purpose: str
    recipient: UUID | None
    aspect: AspectName
    state: str
    text_version: int
    language: str
    changed_at: Instant
    expires_at: Instant | None


class ConsentsView(Endpoint):
    scope = "platform"

    @call(
        scope="platform",
        summary="Record a consent, refusal or withdrawal given elsewhere",
        takes=ConsentCreate,
        gives=ConsentShape,
        status=201,
        idempotent=True,
        problems=(404,),
        example={
            "subject": {"id": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"},
            "purpose": "delivery-updates",
            "recipient": "0a6f3c83-2f9e-4a52-8d7b-4a1c3f1f2b10",
            "aspect": "base",
            "state": "ConsentGiven",
            "text_version": 1,
            "language": "en",
            "at": "2026-05-03T09:30:00Z",
            "evidence": "Counter form 2026-0117",
        },
        answer={
            "id": "1d0c7f6e-3a86-4f0c-9d55-6f0b5a1c2e47",
            "purpose": "delivery-updates",
            "recipient": "0a6f3c83-2f9e-4a52-8d7b-4a1c3f1f2b10",
            "aspect": "base",
            "state": "ConsentGiven",
            "text_version": 1,
            "language": "en",
            "changed_at": "2026-05-03T09:30:00Z",
            "expires_at": "2027-05-03T09:30:00Z",
        },
    )
    def post(self, request: Request) -> Response:
        client, now = client_of(request), timezone.now()
        body = body_as(request, ConsentCreate)
        check_moment(body.at, "$.at", now=now)
        person = person_of(client.partner, body.subject)
        try:
            purpose, recipient = purpose_and_recipient(body.purpose, body.recipient)
            version = version_numbered(purpose, body.text_version)
        except Purpose.DoesNotExist:
            raise invalid("$.purpose", "unknown_purpose", "This purpose is not known.") from None
        except Partner.DoesNotExist:
            raise invalid("$.recipient", "unknown_recipient", "This recipient is not known.") from None
        except PurposeVersion.DoesNotExist:
            raise invalid("$.text_version", "unknown_version", "The purpose has no version of this number.") from None

        def perform() -> str:
            try:
                consent = change(
                    Subject(person, purpose, recipient, Aspect(body.aspect)),
                    EVENT_OF[State(body.state)],
                    by=as_client(client),
                    at=now,
                    said_at=body.at,
                    version=version,
                    language=body.language,
                    evidence=body.evidence,
                    origin="platform",
                )
            except TransitionRefused:
                raise Problem(
                    "transition-refused", "This does not follow from where the consent stands", status=422
                ) from None
            return str(consent.pk)

        reference = idempotently(request, perform)
        return Response(_shown(Consent.objects.select_related("purpose", "version").get(pk=reference)), status=201)


def _shown(consent: Consent) -> dict[str, object]:
    return {
        "id": consent.pk,
        "purpose": consent.purpose.key,
        "recipient": consent.recipient_id,
        "aspect": consent.aspect,
        "state": consent.state,
        "text_version": consent.version.version,
        "language": consent.language,
        "changed_at": instant(consent.changed_at),
        "expires_at": instant(consent.expires_at) if consent.expires_at else None,
    }
