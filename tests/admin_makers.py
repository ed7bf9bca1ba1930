"""A desk with staff of every role and one thing of every kind, made by services; and a browser that fills in its forms."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import PurposeVersion
from consent.services.consents import Subject
from consent.services.purposes import add_purpose
from consent.states import Event
from disclosure.facts import Query
from disclosure.gate import Ground
from disclosure.models import DisclosureRequest, Release
from disclosure.services.disclosures import Answer, read_disclosures, request_disclosures
from disclosure.services.service_kinds import add_kind
from disclosure.services.service_requests import open_service
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.models import Message
from privacy_app.outbox.services import enqueue
from tests.makers import PLAIN, make_engagement, make_partner, make_person, publish, say
from users.models import DataElement, EventType, Freeze, PartnerEvent, RoleAssignment, User, WebhookEndpoint
from users.roles import PERMISSIONS, Role
from users.services.elements import register_element
from users.services.events import tell
from users.services.freezing import freeze
from users.services.partners import issue_client
from users.services.people import register
from users.services.places import add_location
from users.services.positions import give_positions
from users.services.roles import grant_role
from users.services.webhooks import add_endpoint

EARLIER = timedelta(hours=1)


def earlier() -> Any:
    """Who and when, for what was done before the test begins."""
    return {"by": SYSTEM, "at": timezone.now() - EARLIER}


def make_staff(*roles: Role, email: str = "agnes@lantern.example") -> User:
    """Somebody with these roles; with none, a person like any other."""
    person = User.objects.create(email=email, created_at=timezone.now() - EARLIER)
    register(person, origin="sign_up", at=timezone.now() - EARLIER)
    for role in roles:
        grant_role(person, role, **earlier())
    return person


# -- one thing of every kind -----------------------------------------------------------------------


class Affair:
    """A person who consented, a partner that is engaged and asks: what the gate decides on, and staff change.

    `number` tells several of them apart.
    """

    def __init__(self, number: int = 0) -> None:
        now = timezone.now() - EARLIER
        self.person = make_person(f"person{number}@lantern.example", at=now)
        self.partner = make_partner(f"Partner {number}")
        self.client, self.secret = issue_client(self.partner, scopes=["disclosures"], name="Client", **earlier())
        self.purpose = add_purpose(key=f"updates-{number}", dpv_term="dpv:Marketing", owner=None, **earlier())
        publish(self.purpose, self.partner, at=now)
        say(Subject(self.person, self.purpose, self.partner), Event.GIVE, at=now)
        self.service_purpose = add_purpose(key=f"parcel-{number}", dpv_term="dpv:Delivery", owner=None, **earlier())
        publish(self.service_purpose, self.partner, basis="contract", at=now)
        self.engagement = make_engagement(
            self.partner, self.purpose, self.service_purpose, valid_from=now - EARLIER, at=now
        )
        self.kind = add_kind(
            key=f"delivery-{number}", title_en="Delivery", title_zh_hans="配送", necessary_fields=PLAIN, **earlier()
        )
        self.service = open_service(person=self.person, partner=self.partner, kind=self.kind, **earlier())

    def ask(self, ground: Ground = Ground.CONSENT) -> Answer:
        """What the partner is told if it asks now."""
        query = Query(
            subject_kind="email",
            subject=str(self.person.email),
            purpose=(self.purpose if ground is Ground.CONSENT else self.service_purpose).key,
            fields=PLAIN,
            ground=ground,
            action="share",
        )
        (answer,) = request_disclosures(self.client, [query], clock=timezone.now)
        return answer

    def denied(self, ground: Ground = Ground.CONSENT) -> set[str]:
        """The codes of the reasons for which something is denied now; none where all is permitted."""
        return {reason["code"] for reason in self.ask(ground).decision["reasons"]}

    def read(self) -> Release:
        """The partner asks and reads."""
        answer = self.ask()
        read_disclosures(self.client, [answer.request.pk], clock=timezone.now)
        return Release.objects.get(request=answer.request.pk)


def _element(number: int) -> DataElement:
    return register_element(
        key=f"preference.taste_{chr(ord('a') + number)}",
        title_en="Taste",
        title_zh_hans="口味",
        dpv_term="dpv-pd:Preference",
        format="text",
        is_sensitive=False,
        excluded_by="",
        retention_days=None,
        **earlier(),
    )


def _role(number: int) -> RoleAssignment:
    return RoleAssignment.objects.get(person=make_staff(Role.REVIEWER, email=f"staff{number}@lantern.example"))


def _message(number: int) -> Message:
    return enqueue("mail", {"number": number}, at=timezone.now())


def _freeze(number: int) -> Freeze:
    return freeze(make_staff(email=f"cold{number}@lantern.example"), cause=Freeze.Cause.SECURITY, **earlier())


def _event(number: int) -> PartnerEvent:
    partner = make_partner(f"Partner {number}")
    tell(EventType.ENGAGEMENT_ENDING, {partner.pk: {}}, at=timezone.now() - EARLIER)
    give_positions(at=timezone.now())
    return PartnerEvent.objects.get(partner=partner)


def _webhook(number: int) -> WebhookEndpoint:
    endpoint, _ = add_endpoint(make_partner(f"Partner {number}"), url=f"https://partner{number}.example/", **earlier())
    return endpoint


MAKERS: dict[str, Callable[[int], Model]] = {
    "users.partner": lambda number: make_partner(f"Partner {number}"),
    "users.partnerevent": _event,
    "users.webhookendpoint": _webhook,
    "users.apiclient": lambda number: Affair(number).client,
    "users.dataelement": _element,
    "users.storagelocation": lambda number: add_location(
        name=f"Cellar {number}", affiliate="Lantern", country="CN", is_default=False, **earlier()
    ),
    "users.roleassignment": _role,
    "users.user": lambda number: make_staff(email=f"somebody{number}@lantern.example"),
    "users.freeze": _freeze,
    "consent.purpose": lambda number: Affair(number).purpose,
    "consent.purposeversion": lambda number: PurposeVersion.objects.get(purpose=Affair(number).purpose),
    "disclosure.engagement": lambda number: Affair(number).engagement,
    "disclosure.servicekind": lambda number: Affair(number).kind,
    "disclosure.servicerequest": lambda number: Affair(number).service,
    "disclosure.disclosurerequest": lambda number: DisclosureRequest.objects.get(pk=Affair(number).ask().request.pk),
    "disclosure.release": lambda number: Affair(number).read(),
    "ledger.entry": lambda number: Entry.objects.latest("seq") if _role(number) else Entry(),
    "outbox.message": _message,
}
"""By the model's label, something of it, made as it is made in real life."""


def labels_of(*apps: str) -> list[str]:
    """The labels of the models of these apps that the desk shows."""
    return sorted(model._meta.label_lower for model in admin.site._registry if model._meta.app_label in apps)


# -- a browser at the desk ---------------------------------------------------------------------------


class _Fields(HTMLParser):
    """What a browser would send of the last form of a page that is posted and has an id of its own, or of its only one."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._select: str | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, value = values.get("name"), values.get("value") or ""
        match tag:
            case "form":
                self.forms.append({})
            case "select" if name:
                self._select = name
            case "option" if self._select and "selected" in values:
                self._put(self._select, value)
            case "textarea" if name:
                self._text = (name, [])
            case "input" if name and values.get("type") in ("checkbox", "radio"):
                if "checked" in values:
                    self._put(name, values.get("value") or "on")
            case "input" if name and values.get("type") not in ("submit", "button", "file"):
                self._put(name, value)

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None
        elif tag == "textarea" and self._text:
            name, parts = self._text
            self._put(name, "".join(parts).removeprefix("\n"))
            self._text = None

    def _put(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def fields_of(answer: Any) -> dict[str, list[str]]:
    """What the page's main form would send as it stands."""
    fields = _Fields()
    fields.feed(answer.content.decode())
    return max(fields.forms, key=len)


class Desk:
    """A member of staff in a browser. Addresses are those below `/en/admin/`."""

    def __init__(self, *roles: Role, email: str = "agnes@lantern.example") -> None:
        self.user = make_staff(*roles, email=email)
        self.browser = Client(SERVER_NAME="localhost")
        self.browser.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str = "", /, **query: str) -> Any:
        return self.browser.get(f"/en/admin/{path}", query)

    def post(self, path: str, typed: Mapping[str, Any]) -> Any:
        return self.browser.post(f"/en/admin/{path}", typed)

    def fill(self, path: str, /, **typed: Any) -> Any:
        """Load the page, type this into its form, and send it with all that stood there.

        None unticks a box, or all boxes of a field.
        """
        page = self.get(path)
        assert page.status_code == 200, (path, page.status_code)
        sent = {**fields_of(page), **typed}
        return self.post(path, {name: value for name, value in sent.items() if value is not None})

    def writes(self, kind: str, path: str, /, *, also: Sequence[str] = (), **typed: Any) -> Entry:
        """Fill in the form: it is taken, and writes an entry of this kind in the name of its user, and only `also` others."""
        before = Entry.objects.latest("seq").seq
        answer = self.fill(path, **typed)
        assert answer.status_code == 302 or "client-secret" in text_of(answer), text_of(answer)
        entry, *others = Entry.objects.filter(seq__gt=before).order_by("seq")
        assert (entry.kind, [other.kind for other in others]) == (kind, list(also))
        assert entry.actor == f"staff:{self.user.ledger_pseudonyms.get().pseudonym}"
        return entry

    def is_told(self, words: str, path: str, /, **typed: Any) -> Any:
        """Fill in the form: it comes back with these words and what was typed, and nothing was written."""
        before = Entry.objects.latest("seq").seq
        answer = self.fill(path, **typed)
        assert answer.status_code == 200
        assert words in text_of(answer)
        kept = fields_of(answer)
        for name, value in typed.items():
            assert sorted(kept.get(name, [])) == (
                sorted(value) if isinstance(value, list) else [value] * (value is not None)
            )
        assert not Entry.objects.filter(seq__gt=before).exists()
        return answer

    def is_too_late(self, path: str, /, **typed: Any) -> None:
        """Send the form of a page that was loaded before somebody else was faster: nothing is written, and why is said."""
        before = Entry.objects.latest("seq").seq
        answer = self.post(path, typed)
        assert answer.status_code == 302
        assert "this cannot be changed any more. Nothing was done." in text_of(self.browser.get(answer["Location"]))
        assert not Entry.objects.filter(seq__gt=before).exists()

    def queries(self, path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            answer = self.get(path)
        assert answer.status_code == 200
        return len(captured)


def text_of(answer: Any) -> str:
    """What a page says, as one line without its tags."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", answer.content.decode())
    for entity, character in (("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&"), ("&gt;", ">"), ("&lt;", "<")):
        text = text.replace(entity, character)
    return " ".join(text.split())


# -- who may do what ---------------------------------------------------------------------------------

# Where a thing is changed or removed otherwise than by Django's own pages for that.
_CHANGED_AT = {
    "users.freeze": "end/",
    "users.webhookendpoint": "rotate/",
    "disclosure.servicerequest": "close/",
    "disclosure.disclosurerequest": "revoke/",
}
_REMOVED_AT = {"users.apiclient": "close/"}


def what_is_open(label: str) -> dict[Role, set[str]]:
    """Of view, add, change and delete, what each role gets to with a thing of this model, over HTTP."""
    thing = MAKERS[label](0)
    return {role: _open_to(Desk(role, email=f"{role}@lantern.example"), label, thing) for role in Role}


def _open_to(desk: Desk, label: str, thing: Model) -> set[str]:
    pages, page = f"{label.replace('.', '/')}/", f"{label.replace('.', '/')}/{thing.pk}/"
    changed = _CHANGED_AT.get(label)
    answers = {
        "view": {desk.get(pages).status_code, desk.get(f"{page}change/").status_code},
        "add": {desk.get(f"{pages}add/").status_code, desk.post(f"{pages}add/", {}).status_code},
        "change": {desk.get(page + changed).status_code if changed else desk.post(f"{page}change/", {}).status_code},
        "delete": {desk.get(page + _REMOVED_AT.get(label, "delete/")).status_code},
    }
    assert all(statuses in ({200}, {403}) for statuses in answers.values()), answers
    return {action for action, statuses in answers.items() if statuses == {200}}


def what_roles_say(label: str) -> dict[Role, set[str]]:
    """The same, as the roles say."""
    app, model = label.split(".")
    actions = ("view", "add", "change", "delete")
    return {role: {action for action in actions if f"{app}.{action}_{model}" in PERMISSIONS[role]} for role in Role}
