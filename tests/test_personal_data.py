"""Nothing keeps personal data that nobody thought about (SEC-a): every field of every model says what becomes of it."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import BinaryField, Field, ForeignKey, Model, TextField
from django.utils import timezone

from consent.services.announcements import mark_read
from consent.services.cookie_choices import honour_signal
from consent.services.mailings import list_recipients
from privacy_app.ledger.actors import SYSTEM
from tests.classified import CLASSIFIED, Treatment
from tests.consent.announcing import tell_everybody
from tests.users.access import visit
from users.access.storing import store
from users.models import Partner, User
from users.roles import Role
from users.services.erasure import erase
from users.services.people import bring_in, pairwise_ids_of
from users.services.roles import grant_role
from users.sessions import SessionStore

GOES_WITH_THE_PERSON = {
    Treatment.CLEAR,
    Treatment.SEALED,
    Treatment.CREDENTIAL,
    Treatment.INDEX,
    Treatment.ABOUT,
    Treatment.STAFF,
}

# Rows whose sealed words go with the person's key, while the rest stays without a link to anybody.
STAYS_AS_EVIDENCE = {"consent.ConsentChange", "users.Violation", "disclosure.Filing", "disclosure.Complaint"}


def _fields() -> dict[str, dict[str, "Field[object, object]"]]:
    return {
        model._meta.label: {
            field.name: field
            for field in model._meta.get_fields()
            if isinstance(field, Field) and not field.auto_created
        }
        | {model._meta.pk.name: model._meta.pk}
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.mark.clause("SEC-a")
def test_every_field_of_every_model_is_classified() -> None:
    assert {model: set(fields) for model, fields in _fields().items()} == {
        model: set(fields) for model, fields in CLASSIFIED.items()
    }


@pytest.mark.clause("SEC-a")
def test_what_points_to_a_person_is_classified_as_such() -> None:
    """Or as staff, or as a field of a library that stays empty here."""
    pointing = {
        f"{label}.{name}"
        for label, fields in _fields().items()
        for name, field in fields.items()
        if isinstance(field, ForeignKey) and field.related_model is User
    }
    classified = {
        f"{label}.{name}"
        for label, fields in CLASSIFIED.items()
        for name, treatment in fields.items()
        if treatment in (Treatment.LINK, Treatment.STAFF)
    }
    libraries = {label for label in pointing if label.startswith("oauth2_provider.")} | {"users.ApiClient.user"}
    assert pointing - libraries <= classified


@pytest.mark.clause("SEC-a")
def test_personal_data_is_sealed_but_for_the_login_address() -> None:
    clear = {
        f"{label}.{name}"
        for label, fields in CLASSIFIED.items()
        for name, treatment in fields.items()
        if treatment is Treatment.CLEAR
    }
    assert clear == {"users.User.email", "account.EmailAddress.email"}


@pytest.mark.clause("SEC-a")
def test_what_is_sealed_is_stored_as_bytes_or_as_an_opaque_text() -> None:
    fields = _fields()
    for label, names in CLASSIFIED.items():
        for name, treatment in names.items():
            if treatment is Treatment.SEALED:
                assert isinstance(fields[label][name], BinaryField | TextField), f"{label}.{name}"


def _rows_that_go(person: User) -> dict[str, int]:
    """How many rows of this person there are in each model of which nothing may stay."""
    counts = {}
    for label, names in CLASSIFIED.items():
        model: type[Model] = apps.get_model(label)
        links = [name for name, treatment in names.items() if treatment is Treatment.LINK]
        if model is User or not links or not GOES_WITH_THE_PERSON.intersection(names.values()):
            continue
        if label in STAYS_AS_EVIDENCE:
            continue
        path = f"{links[0]}__user" if label == "account.EmailConfirmation" else links[0]
        counts[label] = model._default_manager.filter(**{path: person}).count()
    return counts


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_erasure_leaves_nothing_that_is_said_to_go() -> None:
    now = timezone.now()
    person = bring_in(email="ada@lantern.example", phone="+8613800138000", locale="en", items=[], by=SYSTEM, at=now)
    partner = Partner.objects.create(
        legal_name="Northwind", contact_email="dpo@northwind.example", country="CN", privacy_url="https://n.example"
    )
    pairwise_ids_of(partner, [person.pk], at=now)
    grant_role(person, Role.REVIEWER, by=SYSTEM, at=now)
    EmailConfirmation.create(EmailAddress.objects.get(user=person))
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    session = SessionStore()
    session["_auth_user_id"] = str(person.pk)
    session.create()
    notice = tell_everybody(at=now + timedelta(seconds=1))
    list_recipients(notice.mailing, at=now)
    mark_read(person, None, at=now + timedelta(seconds=2))
    store([visit(person)], at=now)
    honour_signal(person, language="en", by=SYSTEM, at=now)
    before = _rows_that_go(person)
    assert [label for label, count in before.items() if not count] == []

    erase(person, by=SYSTEM, at=now)
    assert [label for label, count in _rows_that_go(person).items() if count] == []
    person.refresh_from_db()
    assert (person.email, person.is_active, person.has_usable_password()) == (None, False, False)
    assert (person.last_login, person.locale, person.time_zone) == (None, "en", "UTC")
