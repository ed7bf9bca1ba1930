"""Makers of what the tests of the domain work on, through the services that make it in real life."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

from django.db import connections

from consent.models import Basis, Consent, Purpose, PurposeVersion
from consent.services.consents import Subject, change
from consent.services.purposes import Wording, publish_version
from consent.states import Event
from disclosure.models import Engagement, ServiceKind
from disclosure.services.engagements import engage
from privacy_app.ledger.actors import SYSTEM
from users.models import Partner, User
from users.services.partners import add_partner
from users.services.people import bring_in

# Later than whatever the test database was prepared with.
NOW = datetime(2040, 5, 3, 12, tzinfo=UTC)
EMAIL, PHONE, ALLERGIES = "contact.email", "contact.phone", "health.allergies"
PLAIN = (EMAIL, PHONE)
LANGUAGES = ("en", "zh-hans")


def make_person(email: str = "ada@lantern.example", **options: Any) -> User:
    """Somebody whom the website brings in."""
    wanted: dict[str, Any] = {"phone": None, "locale": "en", "items": [], "by": SYSTEM, "at": NOW, **options}
    return bring_in(email=email, **wanted)


def make_partner(legal_name: str = "Northwind", *, country: str = "CN") -> Partner:
    """A party that can be named."""
    return add_partner(
        legal_name=legal_name,
        contact_email="dpo@partner.example",
        contact_address="1 Lantern Street",
        country=country,
        is_affiliate=False,
        description_en="For tests.",
        description_zh_hans="供测试使用。",
        privacy_url="https://partner.example/privacy",
        by=SYSTEM,
        at=NOW,
    )


def make_purpose(key: str = "updates") -> Purpose:
    """A purpose of which nothing is published."""
    return Purpose.objects.create(key=key, dpv_term="dpv:CommunicationManagement")


def publish(
    purpose: Purpose,
    *recipients: Partner,
    fields: Iterable[str] = PLAIN,
    actions: Iterable[str] = ("share",),
    countries: Iterable[str] = ("CN",),
    basis: str = Basis.CONSENT,
    valid_days: int | None = 365,
    languages: Iterable[str] = LANGUAGES,
    at: datetime = NOW,
) -> PurposeVersion:
    """Publish the next version of a purpose, with the same words in each language."""
    wording = Wording("Updates", "News of a parcel.", "So that you know.", "By mail.", "A year.", "To Singapore.")
    return publish_version(
        purpose,
        basis=basis,
        fields=fields,
        actions=actions,
        countries=countries,
        recipients=recipients,
        wordings=dict.fromkeys(languages, wording),
        valid_days=valid_days,
        by=SYSTEM,
        at=at,
    )


def make_engagement(partner: Partner, *purposes: Purpose, **options: Any) -> Engagement:
    """An engagement that permits what `publish` names by default, and only at home."""
    countries: Mapping[str, tuple[str, str]] = {"CN": ("", "")}
    wanted: dict[str, Any] = {
        "role": "third_party",
        "valid_from": NOW,
        "valid_until": None,
        "fields": PLAIN,
        "actions": ["share"],
        "countries": countries,
        "by": SYSTEM,
        "at": NOW,
        **options,
    }
    return engage(partner=partner, purposes=purposes, **wanted)


def make_service_kind(key: str = "parcel-delivery", fields: Iterable[str] = PLAIN) -> ServiceKind:
    """A kind of service, and what is necessary for it."""
    return ServiceKind.objects.create(
        key=key, title_en="Delivery", title_zh_hans="配送", necessary_fields=sorted(fields)
    )


def say(subject: Subject, event: Event, **options: Any) -> Consent:
    """Change a consent by the system, now."""
    wanted: dict[str, Any] = {"by": SYSTEM, "at": NOW, **options}
    return change(subject, event, **wanted)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Make the calls at the same time, each on a connection of its own; what each returned or raised, in their order."""
    results: list[object] = [None] * len(calls)
    start = Barrier(len(calls))

    def make(number: int, call: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            results[number] = call()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=make, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return results
