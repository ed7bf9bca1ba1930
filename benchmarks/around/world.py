"""The world that is measured, made through the product's own services: who asks, about whom, for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from consent.models import Consent, Purpose
from consent.services.consents import Subject, change
from consent.services.purposes import Wording, publish_version
from consent.states import Event
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import Engagement
from disclosure.services.disclosures import read_disclosures, request_disclosures
from disclosure.services.engagements import engage
from privacy_app.ledger.actors import SYSTEM
from users.models import ApiClient, Partner, User
from users.models.partners import Scope
from users.services.items import NewValue
from users.services.partners import add_partner, issue_client
from users.services.people import bring_in, pairwise_ids_of

BATCH = 1000
ASKED = ("contact.email", "contact.phone")
HELD = (*ASKED, "identity.name", "contact.address", "location.city", "preference.language")


@dataclass(frozen=True, slots=True)
class World:
    """`names` are the asking partner's names for the people, in the same order."""

    partner: Partner
    client: ApiClient
    secret: str
    purpose: Purpose
    engagement: Engagement
    people: Sequence[User]
    names: Sequence[UUID]

    @property
    def queries(self) -> list[Query]:
        """One about each person."""
        return [Query("id", str(name), self.purpose.key, ASKED, Ground.CONSENT, "share") for name in self.names]


def make(people: int, *, at: datetime) -> World:
    """Everybody holds six values, and has consented to the asking partner's purpose and to another partner's."""
    asking, other = _partner("Northwind", at), _partner("Brightleaf", at)
    purpose, others_purpose = _purpose("delivery-updates", asking, at), _purpose("partner-offers", other, at)
    client, secret = issue_client(
        asking, scopes=[Scope.DECISIONS, Scope.DISCLOSURES], name="Northwind", by=SYSTEM, at=at
    )
    engagement = engage(
        partner=asking,
        role="third_party",
        valid_from=at,
        valid_until=None,
        purposes=[purpose],
        fields=HELD,
        actions=["share"],
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=at,
    )
    inhabitants = []
    with transaction.atomic():
        for number in range(people):
            person = _bring_in(number, at)
            change(Subject(person, purpose, asking), Event.GIVE, by=SYSTEM, at=at)
            inhabitants.append(person)
    _consent_to_another(others_purpose, other)
    names = pairwise_ids_of(asking, [person.pk for person in inhabitants], at=at)
    world = World(asking, client, secret, purpose, engagement, inhabitants, [names[p.pk] for p in inhabitants])
    _read_once(world, at)
    return world


def _consent_to_another(purpose: Purpose, recipient: Partner) -> None:
    """Rows that no measure asks for and every select must leave aside: copies, since the service would take long."""
    version = purpose.versions.get()
    Consent.objects.bulk_create(
        Consent(
            person_id=given.person_id,
            purpose=purpose,
            recipient=recipient,
            state=given.state,
            version=version,
            language=given.language,
            changed_at=given.changed_at,
            expires_at=given.expires_at,
        )
        for given in list(Consent.objects.all())
    )


def _read_once(world: World, at: datetime) -> None:
    """So that no table is empty: PostgreSQL keeps plans that it made for an empty one while the table grows."""
    answers = request_disclosures(world.client, world.queries, clock=lambda: at)
    read_disclosures(world.client, [answer.request.pk for answer in answers], clock=lambda: at)


def _partner(name: str, at: datetime) -> Partner:
    key = name.lower()
    return add_partner(
        legal_name=name,
        contact_email=f"privacy@{key}.example",
        contact_address="8 Ginkgo Street, Shanghai",
        country="CN",
        is_affiliate=False,
        description_en="Brings parcels.",
        description_zh_hans="配送包裹。",
        privacy_url=f"https://{key}.example/privacy",
        by=SYSTEM,
        at=at,
    )


def _purpose(key: str, recipient: Partner, at: datetime) -> Purpose:
    purpose = Purpose.objects.create(key=key, dpv_term="dpv:CommunicationManagement", owner=recipient)
    wording = Wording("News of parcels", "Where a parcel is.", "So that it is met.", "By mail.", "A year.")
    publish_version(
        purpose,
        basis="consent",
        fields=HELD,
        actions=["share"],
        countries=["CN"],
        recipients=[recipient],
        wordings={"en": wording, "zh-hans": wording},
        valid_days=365,
        by=SYSTEM,
        at=at,
    )
    return purpose


def _bring_in(number: int, at: datetime) -> User:
    return bring_in(
        email=f"person{number}@lantern.example",
        phone=f"+86139{number:08d}",
        locale="en",
        items=[
            NewValue("identity.name", f"Person {number}", at),
            NewValue("contact.address", f"{number} Harbour Road, Shanghai", at),
            NewValue("location.city", "Shanghai", at),
            NewValue("preference.language", "English", at),
        ],
        by=SYSTEM,
        at=at,
    )
