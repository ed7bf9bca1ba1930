"""People, partners and purposes as the services make them, and a browser that presses what a page shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import Aspect, Consent, Purpose
from consent.queries import agreement_in_force
from consent.services.consents import Subject, change
from consent.services.purposes import Wording, publish_version
from consent.services.sign_up import sign_up
from consent.states import Event
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.services.disclosures import read_disclosures, request_disclosures
from disclosure.services.engagements import engage
from privacy_app.ledger.actors import SYSTEM
from users.models import ApiClient, Partner, User
from users.services.actors import as_person
from users.services.partners import add_partner
from users.services.people import confirm_email, register

ADA, BEN = "ada@lantern.example", "ben@lantern.example"
LIST = "/en/me/consents/"
EARLIER, LONG_AGO = timedelta(days=2), timedelta(days=3)


def someone(email: str = ADA) -> User:
    """Somebody who signed up and confirmed the address."""
    at = timezone.now() - EARLIER
    person = User.objects.create(email=email, created_at=at)
    agreement = agreement_in_force(at=timezone.now())
    assert agreement is not None
    sign_up(person, agreement, language="en", at=at)
    confirm_email(person, email, by=as_person(person), at=at)
    return person


def someone_brought_in(email: str = BEN) -> User:
    """Somebody with an account who has accepted nothing."""
    person = User.objects.create(email=email)
    register(person, origin="platform", at=timezone.now())
    return person


def a_partner(legal_name: str = "Northwind", *, country: str = "CN") -> Partner:
    return add_partner(
        legal_name=legal_name,
        contact_email=f"dpo@{legal_name.lower()}.example",
        contact_address="1 Lantern Street",
        country=country,
        is_affiliate=False,
        description_en="Brings parcels.",
        description_zh_hans="配送包裹。",
        privacy_url=f"https://{legal_name.lower()}.example/privacy",
        by=SYSTEM,
        at=timezone.now() - EARLIER,
    )


def publish(
    key: str,
    *recipients: Partner,
    basis: str = "consent",
    fields: Iterable[str] = ("contact.email",),
    actions: Iterable[str] = ("share",),
    countries: Iterable[str] = ("CN",),
    title: str = "Parcel news",
    valid_days: int | None = 365,
    at: datetime | None = None,
) -> Purpose:
    """Publish the next version of a purpose, before anybody joined unless said otherwise; the purpose comes into being with the first."""
    purpose, _ = Purpose.objects.get_or_create(key=key, defaults={"dpv_term": "dpv:CommunicationManagement"})
    publish_version(
        purpose,
        basis=basis,
        fields=fields,
        actions=actions,
        countries=countries,
        recipients=recipients,
        wordings={
            "en": Wording(title, f"The summary of {key}.", "The reason.", "The method.", "A whole year.", "Across."),
            "zh-hans": Wording("包裹通知", "摘要。", "理由。", "方式。", "整整一年。", "境外。"),
        },
        valid_days=valid_days,
        by=SYSTEM,
        at=at or timezone.now() - LONG_AGO,
    )
    return purpose


def decide(
    person: User,
    purpose: Purpose,
    event: Event,
    recipient: Partner | None = None,
    *,
    aspect: Aspect = Aspect.BASE,
    at: datetime | None = None,
) -> Consent:
    """What the person, or for requests the website, said before the test begins."""
    by = SYSTEM if event is Event.REQUEST else as_person(person)
    return change(Subject(person, purpose, recipient, aspect), event, by=by, at=at or timezone.now(), language="en")


def read_by(partner: Partner, person: User, purpose: Purpose) -> None:
    """The partner reads the person's e-mail address for this purpose, as it would over the API."""
    now = timezone.now()
    client = ApiClient.objects.create(
        client_id=partner.legal_name,
        client_secret="a-secret-of-the-test",
        partner=partner,
        name=partner.legal_name,
        client_type="confidential",
        authorization_grant_type="client-credentials",
        scopes=["disclosures"],
    )
    engage(
        partner=partner,
        role="third_party",
        valid_from=now,
        valid_until=None,
        purposes=[purpose],
        fields=["contact.email"],
        actions=["share"],
        countries={"CN": ("", "")},
        by=SYSTEM,
        at=now,
    )
    query = Query(
        subject_kind="email",
        subject=person.email or "",
        purpose=purpose.key,
        fields=("contact.email",),
        ground=Ground.CONSENT,
        action="share",
    )
    [answer] = request_disclosures(client, [query], clock=timezone.now)
    [read] = read_disclosures(client, [answer.request.pk], clock=timezone.now)
    assert read is not None
    assert read.is_permitted


def browser_of(person: User) -> Client:
    """A browser in which the person is logged in."""
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(person)
    return browser


@dataclass
class Form:
    """A form of a page: where it goes, what it sends along, and its buttons by id."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif tag == "input" and self.forms and values.get("type") == "hidden":
            self.forms[-1].hidden[values["name"]] = values["value"]
        elif tag == "button" and self.forms:
            self.forms[-1].buttons[values.get("id", "")] = values


def text_of(answer: Any) -> str:
    """A page as one line with its tags."""
    return " ".join(answer.content.decode().split())


def buttons_of(answer: Any) -> dict[str, dict[str, str]]:
    """The buttons of a page that send what is wanted, by what stands behind the row's id: `base`, `base-undo`, `sell`."""
    forms = _Forms()
    forms.feed(answer.content.decode())
    return {
        id_.rsplit("--", 1)[-1]: button
        for form in forms.forms
        for id_, button in form.buttons.items()
        if button.get("name") == "wanted"
    }


def press(browser: Client, answer: Any, button: str, *, of: str = "", htmx: bool = False, **instead: str) -> Any:
    """Press a button that this page shows, by the end of its id and its purpose, with what stands beside it.

    `instead` is sent in place of what stands there.
    """
    forms = _Forms()
    forms.feed(answer.content.decode())
    for form in forms.forms:
        for id_, attributes in form.buttons.items():
            if id_.startswith(f"row-{of}") and id_.endswith(f"--{button}"):
                sent: Mapping[str, str] = {**form.hidden, attributes["name"]: attributes["value"], **instead}
                return browser.post(form.action, sent, headers={"HX-Request": "true"} if htmx else {})
    raise AssertionError(f"there is no button {button!r} on this page")


def queries_for(browser: Client, address: str) -> int:
    """How many queries a page takes, its second time: the first one notes the acceptance in the session."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(captured)
