"""People come in, are found, frozen and erased: who gets what is held, and what is left of whom."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from consent.models import Acceptance, Agreement
from consent.services.consents import Subject
from consent.services.sign_up import accept, sign_up
from consent.states import Event
from disclosure.facts import Query, find_cases, read_facts
from disclosure.gate import Ground
from disclosure.services.disclosures import read_disclosures, request_disclosures
from disclosure.services.service_requests import open_service
from privacy_app.keyrings import index_keys
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.makers import (
    EMAIL,
    NOW,
    PHONE,
    at_once,
    make_engagement,
    make_partner,
    make_person,
    make_purpose,
    make_service_kind,
    publish,
    say,
)
from users.models import (
    ContactIndex,
    DataElement,
    Freeze,
    LedgerPseudonym,
    PairwiseId,
    Partner,
    PartnerEvent,
    PersonalDataItem,
    PersonKey,
    Source,
    User,
)
from users.queries import find_people, find_person
from users.roles import Role
from users.services.actors import as_person, pseudonym_of
from users.services.contacts import index_contact
from users.services.erasure import erase
from users.services.errors import AddressMissing, AmbiguousContact, PersonErased
from users.services.freezing import freeze, unfreeze
from users.services.items import NewValue, read, store
from users.services.partners import issue_client
from users.services.people import confirm_email, pairwise_ids_of
from users.services.roles import grant_role
from users.sessions import SessionStore

ADA, BEN, NUMBER = "ada@lantern.example", "ben@lantern.example", "+8613800138000"
SQUATTERS_PASSWORD = "a-lantern-in-the-dark"


def held(person: User) -> dict[str, str | None]:
    """What is held of the person, by field."""
    readings = read(PersonalDataItem.objects.filter(person=person, is_chosen=True), at=NOW)
    return {reading.item.element_id: reading.value for reading in readings}


def sign_up_as(email: str, password: str = SQUATTERS_PASSWORD) -> User:
    """As the sign-up form leaves it: the address is not confirmed."""
    person = User.objects.create(email=email, password=make_password(password), created_at=NOW)
    EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
    sign_up(person, Agreement.objects.latest("version"), language="en", at=NOW)
    return person


# -- bringing in -------------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_somebody_new_gets_a_key_a_pseudonym_and_an_account_that_nobody_can_open() -> None:
    person = make_person(ADA, phone=NUMBER, locale="zh-hans", items=[NewValue("identity.name", "爱达", NOW)])
    assert held(person) == {"contact.email": ADA, "contact.phone": NUMBER, "identity.name": "爱达"}
    assert find_people([("email", ADA), ("phone", NUMBER)]) == {
        ("email", ADA): person.pk,
        ("phone", NUMBER): person.pk,
    }
    assert (person.locale, person.has_usable_password(), person.is_active) == ("zh-hans", False, True)
    assert PersonKey.objects.filter(person=person).exists()
    entries = Entry.objects.filter(pseudonym=pseudonym_of(person)).order_by("seq")
    assert [(entry.kind, entry.actor) for entry in entries] == [
        ("person.registered", "system"),
        ("item.stored", "system"),
    ]
    assert not Acceptance.objects.exists()


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_somebody_known_is_found_again_by_either_address_and_keeps_what_they_have() -> None:
    person = make_person(ADA, phone=NUMBER)
    store(person, [NewValue("identity.name", "Ada", NOW)], source=Source.PERSON, by=SYSTEM, at=NOW)
    by_mail = make_person(ADA, locale="zh-hans", items=[NewValue("location.city", "Shanghai", NOW)])
    by_phone = make_person("", phone=NUMBER)
    assert person == by_mail == by_phone
    assert held(person) == {
        "contact.email": ADA,
        "contact.phone": NUMBER,
        "identity.name": "Ada",
        "location.city": "Shanghai",
    }
    assert by_mail.locale == "en"
    assert User.objects.count() == PersonKey.objects.count() == 1


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_somebody_known_by_mail_can_be_found_by_the_telephone_that_is_vouched_for_later() -> None:
    assert make_person(ADA) == make_person(ADA, phone=NUMBER)
    assert set(find_people([("phone", NUMBER)])) == {("phone", NUMBER)}


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_without_an_address_nobody_is_brought_in() -> None:
    with pytest.raises(AddressMissing):
        make_person("")
    assert not User.objects.exists()


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
def test_addresses_of_two_people_bring_in_neither() -> None:
    make_person(ADA)
    make_person(BEN, phone=NUMBER)
    before = (PersonalDataItem.objects.count(), ContactIndex.objects.count(), Entry.objects.count())
    with pytest.raises(AmbiguousContact):
        make_person(ADA, phone=NUMBER)
    assert before == (PersonalDataItem.objects.count(), ContactIndex.objects.count(), Entry.objects.count())


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("item", "error"),
    [
        (NewValue("no.such", "x", NOW), DataElement.DoesNotExist),
        (NewValue("identity.birth_date", "yesterday", NOW), ValidationError),
    ],
)
def test_an_item_that_cannot_be_held_keeps_its_person_out(item: NewValue, error: type[Exception]) -> None:
    with pytest.raises(error):
        make_person(ADA, items=[item])
    assert not User.objects.exists() and not EmailAddress.objects.exists()
    assert not Entry.objects.filter(kind="person.registered").exists()


@pytest.mark.clause("SEC-a")
def test_two_who_bring_in_the_same_person_at_once_bring_in_one(committed_db: str) -> None:
    results = at_once(*[lambda: make_person(ADA, phone=NUMBER)] * 4)
    assert {type(result) for result in results} == {User}
    assert User.objects.count() == PersonKey.objects.count() == LedgerPseudonym.objects.count() == 1
    assert ContactIndex.objects.count() == 2


# -- an address that somebody else typed --------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
@pytest.mark.parametrize("opens_the_mail", [False, True])
def test_whoever_typed_an_address_into_sign_up_does_not_get_what_is_brought_in_for_it(opens_the_mail: bool) -> None:
    """Nor once its owner has opened a mail: what was typed beside the address was not theirs."""
    sign_up_as(ADA)
    person = make_person(ADA, items=[NewValue("identity.name", "Ada", NOW)])
    if opens_the_mail:
        EmailAddress.objects.filter(email=ADA).update(verified=True)
        person.refresh_from_db()
        confirm_email(person, ADA, by=as_person(person), at=NOW)
    visitor = Client(SERVER_NAME="localhost")
    visitor.post(reverse("account_login"), {"login": ADA, "password": SQUATTERS_PASSWORD})
    assert "_auth_user_id" not in visitor.session
    assert held(person)["identity.name"] == "Ada"


@pytest.mark.clause("PRE-4")
@pytest.mark.django_db
def test_what_a_stranger_accepted_under_an_address_its_owner_did_not() -> None:
    sign_up_as(ADA)
    person = make_person(ADA)
    assert not Acceptance.objects.filter(person=person).exists()


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_whoever_confirmed_their_address_keeps_their_password_when_they_are_brought_in() -> None:
    person = sign_up_as(ADA)
    EmailAddress.objects.filter(email=ADA).update(verified=True)
    confirm_email(person, ADA, by=as_person(person), at=NOW)
    assert make_person(ADA) == person
    person.refresh_from_db()
    assert person.check_password(SQUATTERS_PASSWORD)
    assert Acceptance.objects.filter(person=person).exists()


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_whoever_was_brought_in_and_has_not_come_yet_is_the_same_also_without_the_index(
    index_ring: "IndexRing",
) -> None:
    person = make_person(ADA, items=[NewValue("identity.name", "Ada", NOW)])
    index_ring.use("new")
    assert make_person(ADA) == person
    assert held(person)["identity.name"] == "Ada"


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_even_where_the_index_has_lost_them_with_its_key(index_ring: "IndexRing") -> None:
    person = sign_up_as(ADA)
    EmailAddress.objects.filter(email=ADA).update(verified=True)
    confirm_email(person, ADA, by=as_person(person), at=NOW)
    index_ring.use("new")
    assert make_person(ADA) == person
    person.refresh_from_db()
    assert person.check_password(SQUATTERS_PASSWORD)
    assert find_people([("email", ADA)]) == {("email", ADA): person.pk}


# -- finding -------------------------------------------------------------------------------------------------


class IndexRing:
    """The keys of the blind index, as an operator changes them."""

    SECRETS = {"old": "b2xk" * 10 + "b2w=", "new": "bmV3" * 10 + "bmU="}

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.use("old")

    def use(self, *names: str) -> None:
        self.settings.INDEX_KEYS = ",".join(f"{name}:{self.SECRETS[name]}" for name in names)
        index_keys.cache_clear()


@pytest.fixture
def index_ring(settings: Settings) -> Iterator[IndexRing]:
    yield IndexRing(settings)
    index_keys.cache_clear()


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_people_are_found_while_the_keys_of_the_index_are_changed(index_ring: IndexRing) -> None:
    ada, ben = make_person(ADA), make_person(BEN)
    index_ring.use("new", "old")
    assert set(find_people([("email", ADA), ("email", BEN)]).values()) == {ada.pk, ben.pk}
    assert make_person(ADA) == ada
    assert set(ContactIndex.objects.filter(person=ada).values_list("key_id", flat=True)) == {"old", "new"}
    index_ring.use("new")
    assert find_people([("email", ADA), ("email", BEN)]) == {("email", ADA): ada.pk}


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
def test_an_address_has_one_owner_also_across_a_change_of_keys(index_ring: IndexRing) -> None:
    ada, ben = make_person(ADA), make_person(BEN)
    for names in (("old",), ("new", "old")):
        index_ring.use(*names)
        with pytest.raises(IntegrityError), transaction.atomic():
            index_contact(ben, kind="email", address=ADA, at=NOW)
        assert find_people([("email", ADA)]) == {("email", ADA): ada.pk}


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
def test_an_address_with_two_owners_finds_neither(index_ring: IndexRing) -> None:
    """As after a restored backup: ambiguity denies."""
    ada, ben = make_person(ADA), make_person(BEN)
    row = ContactIndex.objects.get(person=ada)
    index_ring.use("new")
    index_contact(ben, kind="email", address=ADA, at=NOW)
    index_ring.use("new", "old")
    assert ContactIndex.objects.filter(pk=row.pk).exists()
    assert find_people([("email", ADA)]) == {}


@pytest.mark.clause("PRE-1")
@pytest.mark.django_db
def test_the_same_digits_are_not_found_as_another_kind_of_address() -> None:
    make_person(ADA, phone=NUMBER)
    assert find_people([("email", NUMBER), ("phone", ADA), ("email", BEN), ("phone", "+8613900139000")]) == {}


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_each_partner_knows_a_person_by_another_name_and_keeps_it() -> None:
    ada, ben = make_person(ADA), make_person(BEN)
    one, other = make_partner("One"), make_partner("Other")
    names = {(partner, person): name for partner in (one, other) for person, name in named(partner, ada, ben).items()}
    assert len(set(names.values())) == 4
    assert not set(names.values()) & {ada.pk, ben.pk, pseudonym_of(ada), pseudonym_of(ben)}
    assert named(one, ada) == {ada.pk: names[one, ada.pk]}
    assert find_person(one, "id", str(names[one, ada.pk])) == ada
    assert find_person(other, "id", str(names[one, ada.pk])) is None
    assert find_person(one, "id", str(ada.pk)) is None


def named(partner: Partner, *people: User) -> dict[UUID, UUID]:
    return pairwise_ids_of(partner, [person.pk for person in people], at=NOW)


@pytest.mark.clause("SEC-a")
def test_two_who_ask_at_once_for_a_partners_name_of_a_person_get_the_same(committed_db: str) -> None:
    person, partner = make_person(ADA), make_partner()
    names = at_once(*[lambda: pairwise_ids_of(partner, [person.pk], at=NOW)[person.pk]] * 4)
    assert set(names) == {PairwiseId.objects.get().pk}


# -- freezing --------------------------------------------------------------------------------------------------


def is_frozen(person: User, partner: Partner) -> bool:
    query = Query("id", str(named(partner, person)[person.pk]), "updates", (EMAIL,), Ground.CONSENT, "share")
    [sheet] = read_facts(partner, find_cases(partner, [query]), at=NOW)
    return sheet.facts.person_frozen


@pytest.mark.clause("SEC-b")
@pytest.mark.django_db
def test_a_person_is_frozen_until_the_last_cause_is_gone() -> None:
    person, partner = make_person(ADA), make_partner()
    other = make_person(BEN)
    freeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=NOW)
    freeze(person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=NOW)
    assert freeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=NOW + timedelta(hours=1)).started_at == NOW
    assert (is_frozen(person, partner), is_frozen(other, partner)) == (True, False)
    unfreeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=NOW)
    assert is_frozen(person, partner)
    unfreeze(person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=NOW)
    unfreeze(person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=NOW)
    assert not is_frozen(person, partner)
    entries = Entry.objects.filter(kind__in=["person.frozen", "person.unfrozen"]).order_by("seq")
    assert [(entry.kind, entry.body, entry.pseudonym) for entry in entries] == [
        ("person.frozen", {"cause": "leak"}, pseudonym_of(person)),
        ("person.frozen", {"cause": "request"}, pseudonym_of(person)),
        ("person.unfrozen", {"cause": "leak"}, pseudonym_of(person)),
        ("person.unfrozen", {"cause": "request"}, pseudonym_of(person)),
    ]
    freeze(person, cause=Freeze.Cause.LEAK, by=SYSTEM, at=NOW + timedelta(days=1))
    assert Freeze.objects.filter(person=person, cause=Freeze.Cause.LEAK).count() == 2


# -- erasing ---------------------------------------------------------------------------------------------------

PERSONAL = {"address": ADA, "number": NUMBER, "name": "Ada Lin of Lantern Street", "device": "Lantern-Browser/7"}


def tables_with(text: str) -> set[str]:
    """The tables with a row that shows this text, whichever column it is in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [table for (table,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def somebody_with_a_past() -> User:
    """A person of whom every table knows something."""
    person = sign_up_as(ADA)
    EmailAddress.objects.filter(email=ADA).update(verified=True)
    confirm_email(person, ADA, by=as_person(person), at=NOW)
    make_person(ADA, phone=NUMBER, items=[NewValue("identity.name", PERSONAL["name"], NOW)])
    partner, purpose = make_partner(), make_purpose()
    publish(purpose, partner)
    make_engagement(partner, purpose)
    say(Subject(person, purpose, partner), Event.GIVE, evidence=f"Form of {PERSONAL['name']}")
    open_service(person=person, partner=partner, kind=make_service_kind(), by=SYSTEM, at=NOW)
    client, _ = issue_client(partner, scopes=["disclosures"], name="test", by=SYSTEM, at=NOW)
    query = Query("email", ADA, "updates", (EMAIL, PHONE), Ground.CONSENT, "share")
    [answer] = request_disclosures(client, [query], clock=lambda: NOW)
    [disclosure] = read_disclosures(client, [answer.request.pk], clock=lambda: NOW)
    assert disclosure is not None and disclosure.is_permitted
    session = SessionStore()
    session.update({"_auth_user_id": str(person.pk), "device": {"browser": PERSONAL["device"], "address": "::1"}})
    session.save()
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    grant_role(person, Role.REVIEWER, by=SYSTEM, at=NOW)
    freeze(person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=NOW)
    return person


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_while_they_are_there_people_show_in_clear_by_their_log_in_address_alone() -> None:
    somebody_with_a_past()
    assert tables_with(ADA) == {"users_user", "account_emailaddress"}
    for what in ("number", "name", "device"):
        assert tables_with(PERSONAL[what]) == set()


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_nothing_of_the_erased_is_left_in_any_table() -> None:
    person = somebody_with_a_past()
    pseudonym, names = pseudonym_of(person), list(PairwiseId.objects.values_list("pk", flat=True))
    erase(person, by=as_person(person), at=NOW)
    for text in PERSONAL.values():
        assert tables_with(text) == set(), text
    # Whoever read their data is told that they are gone, by a name that leads to nobody any more.
    for name in names:
        assert tables_with(str(name)) <= {"users_partnerevent"}
    assert [event.person for event in PartnerEvent.objects.all()] == [None]
    assert tables_with(str(pseudonym)) == {"ledger_entry"}
    assert "ledger_entry" not in tables_with(str(person.pk))
    for model in (PersonKey, PersonalDataItem, ContactIndex, PairwiseId, LedgerPseudonym):
        assert not model._default_manager.filter(person=person).exists()
    last = Entry.objects.latest("seq")
    assert (last.kind, last.pseudonym, last.body) == ("person.erased", pseudonym, {})


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_of_the_erased_a_tombstone_stays_that_says_nothing() -> None:
    person = somebody_with_a_past()
    erase(person, by=SYSTEM, at=NOW)
    erase(person, by=SYSTEM, at=NOW + timedelta(days=1))
    person.refresh_from_db()
    assert (person.email, person.is_active, person.erased_at, person.last_login) == (None, False, NOW, None)
    assert (person.locale, person.time_zone, person.is_staff, str(person)) == ("en", "UTC", False, str(person.pk))
    assert not person.has_usable_password()
    assert Entry.objects.filter(kind="person.erased").count() == 1
    with pytest.raises(IntegrityError, match="user_erased_says_nothing"), transaction.atomic():
        User.objects.filter(pk=person.pk).update(email=ADA)


@pytest.mark.clause("SEC-a")
@pytest.mark.django_db
def test_the_erased_are_neither_found_nor_added_to_and_their_address_is_free() -> None:
    person, partner = make_person(ADA, phone=NUMBER), make_partner()
    name = named(partner, person)[person.pk]
    erase(person, by=SYSTEM, at=NOW)
    assert find_people([("email", ADA), ("phone", NUMBER)]) == {}
    assert find_person(partner, "id", str(name)) is None
    with pytest.raises(PersonErased):
        store(person, [NewValue("identity.name", "Ada", NOW)], source=Source.PLATFORM, by=SYSTEM, at=NOW)
    again = make_person(ADA)
    assert again != person
    assert named(partner, again)[again.pk] != name
    assert json.dumps(held(again)) == json.dumps({"contact.email": ADA})


@pytest.mark.clause("PRE-4")
@pytest.mark.django_db
def test_accepting_twice_is_accepting_once() -> None:
    person = make_person(ADA)
    agreement = Agreement.objects.latest("version")
    first = accept(person, agreement, language="en", by=as_person(person), at=NOW)
    assert accept(person, agreement, language="zh-hans", by=as_person(person), at=NOW) == first
    assert Entry.objects.filter(kind="agreement.accepted").count() == 1
