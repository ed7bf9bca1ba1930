"""Clients of the API, over HTTP as Django serves it, and the small world in which they call it."""

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from consent.models import Purpose
from consent.services import purposes
from consent.services.purposes import AS_PROPOSED, Marking, Wording
from disclosure.models import Engagement, ServiceKind
from disclosure.services.engagements import engage
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from users.models import ApiClient, Partner, User
from users.models.partners import Scope
from users.services.partners import add_partner, issue_client
from users.services.people import pairwise_ids_of

FIELDS = ["contact.email", "contact.phone"]
CONTRIBUTED = ["contact.address", "contact.phone", "identity.name"]
ADA, BEN = "ada@lantern.example", "ben@lantern.example"
NOBODY = "00000000-0000-4000-8000-000000000000"
FORM = "application/x-www-form-urlencoded"
PROOF = base64.b64encode(b"%PDF-1.4\ntrailer\n<<>>\n%%EOF\n").decode()
JSON, PROBLEM = "application/json", "application/problem+json"


def ask_for_token(
    form: Mapping[str, str] | list[tuple[str, str]], headers: Mapping[str, str] | None = None, **extra: Any
) -> Any:
    """The answer of the token endpoint to this form."""
    http = Client(SERVER_NAME="localhost", raise_request_exception=False)
    return http.post("/oauth/token", urlencode(form), content_type=FORM, headers=dict(headers or {}), **extra)


def partner_named(legal_name: str, *, country: str = "CN") -> Partner:
    """A party that is new here."""
    word = legal_name.split()[0].lower()
    return add_partner(
        legal_name=legal_name,
        contact_email=f"dpo@{word}.example",
        contact_address="1 Lantern Street",
        country=country,
        is_affiliate=False,
        description_en="For tests.",
        description_zh_hans="供测试使用。",
        privacy_url=f"https://{word}.example/privacy",
        by=SYSTEM,
        at=timezone.now(),
    )


class Caller:
    """One API client with its token."""

    def __init__(self, partner: Partner, scopes: Iterable[str]) -> None:
        self.partner = partner
        self.client: ApiClient
        self.client, self.secret = issue_client(partner, scopes=scopes, name="test", by=SYSTEM, at=timezone.now())
        self.http = Client(SERVER_NAME="localhost", raise_request_exception=False)
        self.token = self.fresh_token()

    def fresh_token(self) -> str:
        token: str = ask_for_token(self.credentials).json()["access_token"]
        return token

    def log_in_again(self) -> None:
        """Fetch a new token in the place of the one it has."""
        self.token = self.fresh_token()

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self.client.client_id,
            "client_secret": self.secret,
        }

    def send(
        self,
        method: str,
        path: str,
        content: bytes | str = b"",
        *,
        key: str | None = None,
        content_type: str = JSON,
        **headers: str,
    ) -> Any:
        """Send these very bytes; `headers` as `accept` or `authorization`."""
        sent = {"authorization": f"Bearer {self.token}", **({"idempotency-key": key} if key is not None else {})}
        return self.http.generic(
            method, f"/api/v1/{path}", content, content_type=content_type, headers={**sent, **headers}
        )

    def get(self, path: str, **query: str) -> Any:
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path, content_type="")

    def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        return self.send("POST", path, json.dumps(body), key=key)

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, json.dumps(body))

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, json.dumps(body))


class World:
    """The website and two partners. Both are engaged for `updates` (by consent), Northwind for `parcel` (by contract).

    Northwind may contribute what it delivers by: name, address and telephone number.
    """

    def __init__(self) -> None:
        now = timezone.now()
        self.website = Caller(partner_named("Lantern Market"), [Scope.PLATFORM])
        partner_scopes = [Scope.DECISIONS, Scope.DISCLOSURES, Scope.EVENTS]
        self.northwind = Caller(partner_named("Northwind Delivery"), [*partner_scopes, Scope.CONTRIBUTIONS])
        self.harbour = Caller(partner_named("Harbour Pay"), partner_scopes)
        self.updates = self.publish("updates", basis="consent")
        self.parcel = self.publish("parcel", basis="contract")
        ServiceKind.objects.create(
            key="parcel-delivery",
            title_en="Parcel",
            title_zh_hans="包裹",
            necessary_fields=["contact.phone", "contact.address"],
        )
        self.engagement = self.engage(self.northwind, [self.updates, self.parcel], at=now, contributes=CONTRIBUTED)
        self.engage(self.harbour, [self.updates], at=now)
        self._keys = 0

    def publish(
        self,
        key: str,
        *,
        basis: str = "consent",
        fields: Iterable[str] = (*FIELDS, "contact.address"),
        actions: Iterable[str] = ("share",),
        countries: Iterable[str] = ("CN",),
        recipients: Iterable[Partner] | None = None,
        marking: Marking = AS_PROPOSED,
    ) -> Purpose:
        """Publish the next version of a purpose whose recipients are both partners unless named, a while ago."""
        now = timezone.now() - timedelta(days=60)
        purpose = Purpose.objects.filter(key=key).first() or purposes.add_purpose(
            key=key, dpv_term="dpv:CommunicationManagement", owner=None, by=SYSTEM, at=now
        )
        abroad = "Abroad." if set(countries) - {"CN"} else ""
        wording = Wording("Title", "Summary.", "Reason.", "Method.", "Duration.", abroad)
        purposes.publish_version(
            purpose,
            basis=basis,
            fields=fields,
            actions=actions,
            countries=countries,
            recipients=[self.northwind.partner, self.harbour.partner] if recipients is None else recipients,
            wordings={"en": wording, "zh-hans": wording},
            valid_days=365,
            marking=marking,
            by=SYSTEM,
            at=now,
        )
        return purpose

    def engage(
        self,
        caller: Caller,
        for_purposes: Iterable[Purpose],
        *,
        at: datetime,
        fields: Iterable[str] = (*FIELDS, "contact.address"),
        actions: Iterable[str] = ("share",),
        countries: Mapping[str, tuple[str, str]] | None = None,
        contributes: Iterable[str] = (),
    ) -> Engagement:
        return engage(
            partner=caller.partner,
            role="processor",
            valid_from=at,
            valid_until=None,
            purposes=for_purposes,
            fields=fields,
            actions=actions,
            countries=countries or {"CN": ("", "")},
            contributes=contributes,
            by=SYSTEM,
            at=at,
        )

    def new_key(self) -> str:
        """An Idempotency-Key that was not used before."""
        self._keys += 1
        return f"key-{self._keys}"

    def bring_in(self, email: str = ADA, **more: Any) -> str:
        """Have the website bring a person in; returns its name for them."""
        answer = self.website.post("people", {"email": email, **more}, key=self.new_key())
        assert answer.status_code == 201, answer.content
        subject: str = answer.json()["id"]
        return subject

    def consent(self, subject: str, state: str = "ConsentGiven", /, **more: Any) -> Any:
        """Have the website record what a person said about Northwind's updates; the answer."""
        return self.website.post(
            "consents", {**self.consent_of(subject), "state": state, **more}, key=more.pop("key", self.new_key())
        )

    def consent_of(self, subject: str) -> dict[str, Any]:
        return {
            "subject": {"id": subject},
            "purpose": "updates",
            "recipient": str(self.northwind.partner.pk),
            "state": "ConsentGiven",
            "text_version": 1,
            "language": "en",
            "at": timezone.now().isoformat(),
            "evidence": "Form 1",
        }

    def person_consenting(self, email: str = ADA) -> str:
        """A person who has consented to Northwind's updates, by the website's name for them."""
        subject = self.bring_in(email)
        answer = self.consent(subject)
        assert answer.status_code == 201, answer.content
        return subject

    def service_for(self, subject: str, kind: str = "parcel-delivery") -> str:
        """Have the website report a service that the person requested from Northwind; its id."""
        answer = self.website.post(
            "service-requests",
            {"subject": {"id": subject}, "partner": str(self.northwind.partner.pk), "kind": kind},
            key=self.new_key(),
        )
        assert answer.status_code == 201, answer.content
        id_: str = answer.json()["id"]
        return id_

    def transaction_of(self, subject: str, counterparty: str, reference: str = "Order 4711") -> str:
        """Have the website report a transaction of two people, by its names for them; the transaction's id."""
        body = {"subject": {"id": subject}, "counterparty": {"id": counterparty}, "reference": reference}
        answer = self.website.post("transactions", body, key=self.new_key())
        assert answer.status_code == 201, answer.content
        id_: str = answer.json()["id"]
        return id_

    def complaint_of(self, complainant: str, respondent: str, **more: Any) -> str:
        """Have the website report a complaint; its id."""
        answer = self.website.post(
            "complaints", {**self.complaint(complainant, respondent), **more}, key=self.new_key()
        )
        assert answer.status_code == 201, answer.content
        id_: str = answer.json()["id"]
        return id_

    def complaint(self, complainant: str, respondent: str) -> dict[str, Any]:
        return {
            "complainant": {"id": complainant},
            "respondent": {"id": respondent},
            "right": "copyright",
            "subject_matter": "The picture of listing 4711",
            "fields": ["contact.email"],
            "proof": {"content_type": "application/pdf", "content": PROOF},
        }

    def name_of(self, caller: Caller, email: str = ADA) -> str:
        """A partner's own name for a person."""
        person = User.objects.get(email=email)
        return str(pairwise_ids_of(caller.partner, [person.pk], at=timezone.now())[person.pk])


def query(email: str = ADA, **more: Any) -> dict[str, Any]:
    """A question about a person by address, as partners ask it."""
    return {"subject": {"email": email}, "purpose": "updates", "fields": FIELDS, **more}


def contributed(email: str = ADA, **more: Any) -> dict[str, Any]:
    """An address of a person that Northwind found out at the door, as it contributes it."""
    item = {"field": "contact.address", "value": "8 River Street", "obtained_at": "2024-05-01T08:00:00Z"}
    channel = {"name": "Corrected at the door", "basis": "contract", "evidence": "Delivery note 17, signed by Bo"}
    return {"subject": {"email": email}, "items": [item], "channel": channel, **more}


def everything() -> dict[str, int]:
    """How many rows each table has: what an error must leave as it was."""
    tables = sorted({model._meta.db_table for model in apps.get_models()})
    counting = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, count(*) FROM {}").format(table, sql.Identifier(table)) for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(counting)
        counts = dict(cursor.fetchall())
    assert counts[Entry._meta.db_table]
    return counts


def codes(answer: Any) -> list[str]:
    """The codes of a problem's or decision's reasons."""
    reasons = (answer if isinstance(answer, dict) else answer.json())["reasons"]
    return [reason["code"] for reason in reasons]


def is_problem(answer: Any, status: int) -> bool:
    """Whether this is a problem as RFC 9457 has it, of this status, that nobody keeps and that sets no cookie."""
    body = answer.json()
    return bool(
        answer.status_code == status == body["status"]
        and answer["Content-Type"] == PROBLEM
        and answer["Cache-Control"] == "no-store"
        and set(body) == {"type", "title", "status", "detail", "reasons"}
        and body["type"].startswith("urn:privacy-app:problem:")
        and body["title"]
        and not answer.cookies
    )
