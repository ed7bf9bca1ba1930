"""People and what is held about them, made by the services that make them in real life."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.queries import agreement_in_force
from consent.services.sign_up import sign_up
from privacy_app.ledger.actors import SYSTEM
from users.models import ChannelBasis, Partner, PersonalDataItem, Source, User
from users.services.actors import as_person
from users.services.items import Channel, NewValue, store
from users.services.partners import add_partner
from users.services.people import confirm_email

ADA, BEN = "ada@lantern.example", "ben@lantern.example"
PASSWORD = "a long walk by the river"
EARLIER = timedelta(days=1)


@cache
def _password_hash() -> str:
    """Hashed once: to hash slowly is what Argon2 is for."""
    return make_password(PASSWORD, hasher="argon2")


def someone(email: str = ADA, *, at: datetime | None = None) -> User:
    """Somebody who signed up and confirmed the address, a day ago unless said otherwise."""
    at = at or timezone.now() - EARLIER
    person = User.objects.create(email=email, password=_password_hash(), created_at=at)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=True)
    agreement = agreement_in_force(at=timezone.now())
    assert agreement is not None
    sign_up(person, agreement, language="en", at=at)
    confirm_email(person, email, by=as_person(person), at=at)
    return person


def browser_of(person: User, *, agent: str | None = None) -> Client:
    """A browser in which the person is logged in: by the form, if the browser says what it is."""
    browser = Client(SERVER_NAME="localhost", headers={"user-agent": agent} if agent is not None else {})
    if agent is None:
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    else:
        answer = browser.post("/en/account/login/", {"login": person.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content
    return browser


def a_partner(legal_name: str = "Northwind Delivery") -> Partner:
    """A party that is new here."""
    word = legal_name.split()[0].lower()
    return add_partner(
        legal_name=legal_name,
        contact_email=f"dpo@{word}.example",
        contact_address="1 Lantern Street",
        country="CN",
        is_affiliate=False,
        description_en="For tests.",
        description_zh_hans="供测试使用。",
        privacy_url=f"https://{word}.example/privacy",
        by=SYSTEM,
        at=timezone.now(),
    )


def held(
    person: User,
    field: str,
    value: str,
    *,
    source: Source = Source.PERSON,
    partner: Partner | None = None,
    at: datetime | None = None,
    obtained_at: datetime | None = None,
) -> PersonalDataItem:
    """A value of the person; from a partner it comes by the channel `parcel label`, on a contract."""
    at = at or timezone.now()
    stored: list[PersonalDataItem] = store(
        person,
        [NewValue(field, value, obtained_at or at)],
        source=Source.PARTNER if partner else source,
        by=SYSTEM,
        at=at,
        partner=partner,
        channel=Channel("parcel label", ChannelBasis.CONTRACT, "contract 7, annex 2") if partner else None,
    )
    return stored[0]


def text_of(answer: Any) -> str:
    """A page as one line of text with its tags, white space run together."""
    return " ".join(answer.content.decode().split())


def queries_for(browser: Client, address: str) -> int:
    """How many queries a page takes, its second time: the first one notes the acceptance in the session."""
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(captured)
