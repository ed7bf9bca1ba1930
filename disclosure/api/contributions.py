"""Partners give what they know about people (scope `contributions`)."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from disclosure.api.examples import CONTRIBUTED, CONTRIBUTION
from disclosure.api.shapes import ReasonShape, SubjectId
from disclosure.contributing import Item, Offer
from disclosure.queries import contribution, subject_of
from disclosure.services.contributions import Answer, contribute, for_partner
from privacy_app.api.problems import Problem
from privacy_app.api.schema import call
from privacy_app.api.shapes import Instant, Shape, ShortText, body_as
from users.api.authentication import client_of
from users.api.endpoint import Endpoint, idempotently
from users.api.people import checked_values
from users.api.shapes import ItemShape, Subject
from users.services.items import Channel
from users.services.quotas import take_address_lookups

BasisName = Literal["consent", "contract", "legal_obligation", "vital_interest", "public_interest", "public_source"]
ChannelName = Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^\\x00]*$")]


class ContributedItem(ItemShape):
    """A value about a person. Without `obtained_at`, when you obtained it, it is refused."""


class ChannelShape(Shape):
    """How you came by it: the channel, what lets you pass it on, and the evidence. Without any of these it is refused."""

    name: ChannelName | None = None
    basis: BasisName | None = None
    evidence: ShortText | None = None

    def to_channel(self) -> Channel:
        return Channel((self.name or "").strip(), self.basis or "", (self.evidence or "").strip())


class ContributionCreate(Shape):
    """Data about a person, from a channel. It stands beside what is held already; the person chooses which counts."""

    subject: Subject
    items: Annotated[list[ContributedItem], Meta(min_length=1, max_length=100)]
    channel: ChannelShape | None = None

    def to_offer(self) -> Offer:
        """The offer as the domain takes it. Raises Problem, which names the place and never quotes what was sent."""
        kind, value = self.subject.named("$.subject")
        values = checked_values(self.items)
        return Offer(
            subject_kind=kind,
            subject=value,
            items=tuple(Item(item.field, values[item.field], item.obtained_at) for item in self.items),
            channel=(self.channel or ChannelShape()).to_channel(),
        )


class ContributionShape(Shape):
    """What became of it, field by field, and why what was refused was. `subject` is null once the person is gone."""

    id: UUID
    subject: SubjectId | None
    fields: dict[str, Literal["accepted", "refused"]]
    reasons: list[ReasonShape]
    at: Instant


class ContributionsView(Endpoint):
    scope = "contributions"

    @call(
        scope="contributions",
        summary="Contribute data about a person",
        takes=ContributionCreate,
        gives=ContributionShape,
        status=201,
        idempotent=True,
        problems=(429, 503),
        example=CONTRIBUTED,
        answer=CONTRIBUTION,
    )
    def post(self, request: Request) -> Response:
        client = client_of(request)
        offer = body_as(request, ContributionCreate).to_offer()
        made: list[Answer] = []

        def perform() -> str:
            take_address_lookups(client.partner, int(offer.subject_kind != "id"), at=timezone.now())
            made[:] = [contribute(client, offer, clock=timezone.now)]
            return str(made[0].contribution.pk)

        reference = idempotently(request, perform)
        return Response(_shown(made[0] if made else _on_record(UUID(reference))), status=201)


def _on_record(contribution_id: UUID) -> Answer:
    """What an earlier call did under the same key."""
    row = contribution(contribution_id)
    return Answer(row, row.entry.body, subject_of(row))


def _shown(answer: Answer) -> dict[str, Any]:
    """What is said of a contribution. Raises Problem where nothing of it was accepted: that is on record, too."""
    told = for_partner(answer.decision)
    if not answer.contribution.accepted:
        raise Problem(
            "refused",
            "Nothing of this contribution is accepted",
            status=403,
            detail="Nothing of it is held.",
            reasons=told["reasons"],
        )
    return {
        "id": answer.contribution.pk,
        "subject": {"id": answer.subject} if answer.subject else None,
        "fields": {field: told["fields"][field] for field in answer.contribution.fields},
        "reasons": told["reasons"],
        "at": told["at"],
    }
