"""Values of people: encrypted, from several sources side by side, unreadable rather than wrong, gone when their time is over."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from privacy_app.crypto import Unreadable, associated_data, new_data_key, unseal
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.users.makers import BEN, a_partner, held, someone
from users.models import DataElement, PersonalDataItem, PersonKey, Source, User
from users.services import items
from users.services.actors import as_person, pseudonym_of
from users.services.chosen import chosen_values
from users.services.data_keys import create_data_key, open_data_keys
from users.services.erasure import erase
from users.services.errors import ItemGone, ItemUnreadable, NotTheirsToWrite, PersonErased

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return someone()


def _values(person: User, field: str) -> dict[str, str | None]:
    """What is held of an element, by source, as it opens."""
    readings = items.read(PersonalDataItem.objects.filter(person=person, element=field), at=timezone.now())
    return {reading.item.source: reading.value for reading in readings}


def _chosen(person: User, field: str) -> list[str]:
    """What of an element a disclosure would take."""
    return [value.value for value in chosen_values([person.pk], [field], at=timezone.now()).values()]


@pytest.mark.clause("SEC-a")
def test_a_value_is_held_encrypted_and_bound_to_its_row(ada: User) -> None:
    item = held(ada, "identity.name", "Ada Lin")
    assert _values(ada, "identity.name") == {"person": "Ada Lin"}
    assert b"Ada" not in bytes(item.ciphertext)
    assert held(ada, "identity.name", "Ada Lin").ciphertext != item.ciphertext


def _take_the_key_away(item: PersonalDataItem) -> None:
    PersonKey.objects.filter(person=item.person_id).delete()


def _give_another_key(item: PersonalDataItem) -> None:
    PersonKey.objects.filter(person=item.person_id).delete()
    create_data_key(item.person, at=timezone.now())


def _wrap_another_key(item: PersonalDataItem) -> None:
    PersonKey.objects.filter(person=item.person_id).update(wrapped=new_data_key() * 2)


def _swap_with_another_row(item: PersonalDataItem) -> None:
    other = held(item.person, "location.city", "Shanghai")
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=other.ciphertext)


def _take_from_another_person(item: PersonalDataItem) -> None:
    other = held(someone(BEN), "identity.name", "Ben Zhou")
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=other.ciphertext)


def _cut_off(item: PersonalDataItem) -> None:
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=bytes(item.ciphertext)[:-1])


def _empty(item: PersonalDataItem) -> None:
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=b"")


def _alter_one_bit(item: PersonalDataItem) -> None:
    sealed = bytes(item.ciphertext)
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=sealed[:-1] + bytes([sealed[-1] ^ 1]))


def _claim_another_format(item: PersonalDataItem) -> None:
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=b"\x02" + bytes(item.ciphertext)[1:])


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    "spoil",
    [
        _take_the_key_away,
        _give_another_key,
        _wrap_another_key,
        _swap_with_another_row,
        _take_from_another_person,
        _cut_off,
        _empty,
        _alter_one_bit,
        _claim_another_format,
    ],
)
@pytest.mark.parametrize(("reading", "nothing"), [(_values, {"person": None}), (_chosen, [])])
def test_what_does_not_open_is_unreadable_and_reported_once(
    ada: User, spoil: Callable[[PersonalDataItem], None], reading: Callable[[User, str], object], nothing: object
) -> None:
    item = held(ada, "identity.name", "Ada Lin")
    spoil(item)
    for _ in range(2):
        assert reading(ada, "identity.name") == nothing
    entry = Entry.objects.get(kind="item.unreadable", body={"field": "identity.name"})
    assert (entry.pseudonym, entry.actor) == (pseudonym_of(ada), "system")
    item.refresh_from_db()
    assert item.unreadable_since is not None


@pytest.mark.clause("SEC-a")
def test_one_unreadable_value_takes_no_other_along(ada: User) -> None:
    _cut_off(held(ada, "identity.name", "Ada Lin"))
    held(ada, "location.city", "Shanghai")
    readings = items.read(PersonalDataItem.objects.filter(person=ada), at=timezone.now())
    opened = {reading.item.element_id: reading.value for reading in readings}
    assert opened == {"identity.name": None, "location.city": "Shanghai", "contact.email": ada.email}


@pytest.mark.clause("COL-b")
def test_a_new_value_replaces_what_the_same_source_gave(ada: User) -> None:
    held(ada, "contact.phone", "+86 138 0013 8000")
    held(ada, "contact.phone", "+86 138 0013 8001")
    assert _values(ada, "contact.phone") == {"person": "+8613800138001"}
    assert _chosen(ada, "contact.phone") == ["+8613800138001"]


@pytest.mark.clause("COL-b")
def test_values_of_several_sources_stand_side_by_side_and_the_newest_that_is_no_partners_counts(ada: User) -> None:
    held(ada, "contact.address", "1 River Street")
    held(ada, "contact.address", "2 River Street", source=Source.PLATFORM)
    for number, partner in enumerate((a_partner("Northwind"), a_partner("Harbour")), 3):
        held(ada, "contact.address", f"{number} River Street", partner=partner)
    assert PersonalDataItem.objects.filter(person=ada, element="contact.address").count() == 4
    assert _chosen(ada, "contact.address") == ["2 River Street"]


def _all(person: User, field: str) -> dict[str | None, bool]:
    """Every value that is held of an element, and whether it counts."""
    readings = items.read(PersonalDataItem.objects.filter(person=person, element=field), at=timezone.now())
    return {reading.value: reading.item.is_chosen for reading in readings}


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize("source", [source for source in Source if source != Source.PARTNER])
def test_what_a_partner_gives_counts_only_where_nothing_else_is_held(ada: User, source: Source) -> None:
    northwind = a_partner()
    held(ada, "contact.address", "1 River Street", partner=northwind)
    assert _all(ada, "contact.address") == {"1 River Street": True}
    held(ada, "contact.address", "2 River Street", partner=northwind)
    assert _all(ada, "contact.address") == {"2 River Street": True}
    held(ada, "contact.address", "3 River Street", source=source)
    held(ada, "contact.address", "4 River Street", partner=northwind)
    assert _all(ada, "contact.address") == {"3 River Street": True, "4 River Street": False}


@pytest.mark.clause("COL-b")
def test_the_second_partner_to_give_a_value_does_not_push_the_first_ones_aside(ada: User) -> None:
    held(ada, "contact.address", "1 River Street", partner=a_partner())
    held(ada, "contact.address", "2 River Street", partner=a_partner("Harbour Pay"))
    assert _all(ada, "contact.address") == {"1 River Street": True, "2 River Street": False}


@pytest.mark.clause("COL-b")
def test_what_has_expired_is_not_held_any_more(ada: User) -> None:
    now = timezone.now()
    held(ada, "location.precise", "31.2, 121.4", at=now - timedelta(days=31))
    held(ada, "location.precise", "31.3, 121.5", partner=a_partner())
    assert _chosen(ada, "location.precise") == ["31.3, 121.5"]


@pytest.mark.clause("COL-b")
def test_a_partners_value_that_the_person_chose_stays_until_they_choose_another(ada: User) -> None:
    northwind = a_partner()
    held(ada, "contact.address", "1 River Street")
    theirs = held(ada, "contact.address", "2 River Street", partner=northwind)
    items.choose(ada, theirs.pk, by=as_person(ada), at=timezone.now())
    for number in (3, 4):
        held(ada, "contact.address", f"{number} River Street", partner=northwind)
    assert _all(ada, "contact.address") == {"1 River Street": False, "2 River Street": True, "4 River Street": False}
    again = held(ada, "contact.address", "2 River Street", partner=northwind)
    assert again.is_chosen
    assert _all(ada, "contact.address") == {"1 River Street": False, "2 River Street": True}
    assert not PersonalDataItem.objects.filter(pk=theirs.pk).exists()


@pytest.mark.clause("COL-b")
@pytest.mark.clause("SEC-a")
def test_what_a_partner_says_as_evidence_is_sealed_under_the_persons_key_for_its_value_alone(ada: User) -> None:
    northwind = a_partner()
    name, city = (
        held(ada, field, value, partner=northwind)
        for field, value in (("identity.name", "Ada Lin"), ("location.city", "Shanghai"))
    )
    assert (name.channel, name.channel_basis) == ("parcel label", "contract")
    [data_key] = open_data_keys([ada.pk]).values()

    def opened(item: PersonalDataItem, element: str) -> bytes:
        context = items.EVIDENCE + associated_data(str(item.pk), str(ada.pk), element)
        return unseal(bytes(item.channel_evidence or b""), key=data_key, context=context)

    assert opened(name, "identity.name") == opened(city, "location.city") == b"contract 7, annex 2"
    assert b"contract" not in bytes(name.channel_evidence or b"")
    with pytest.raises(Unreadable):
        opened(name, "location.city")


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize("missing", ["channel", "channel_basis", "channel_evidence", "partner"])
def test_the_database_holds_nothing_of_a_partner_without_channel_basis_and_evidence(ada: User, missing: str) -> None:
    item = held(ada, "identity.name", "Ada Lin", partner=a_partner())
    empty = "" if missing in ("channel", "channel_basis") else None
    with pytest.raises(IntegrityError, match="item_from_partner_has_channel"), transaction.atomic():
        PersonalDataItem.objects.filter(pk=item.pk).update(**{missing: empty})


@pytest.mark.clause("COL-b")
def test_the_person_chooses_which_value_counts_and_the_ledger_says_so_without_it(ada: User) -> None:
    held(ada, "contact.address", "1 River Street")
    theirs = held(ada, "contact.address", "2 River Street", partner=a_partner())
    items.choose(ada, theirs.pk, by=as_person(ada), at=timezone.now())
    assert _chosen(ada, "contact.address") == ["2 River Street"]
    entry = Entry.objects.get(kind="item.chosen")
    assert entry.body == {"field": "contact.address", "source": "partner"}
    assert (entry.pseudonym, entry.actor) == (pseudonym_of(ada), f"person:{pseudonym_of(ada)}")


def test_choosing_what_counts_already_changes_nothing(ada: User) -> None:
    item = held(ada, "contact.address", "1 River Street")
    before = Entry.objects.count()
    assert items.choose(ada, item.pk, by=as_person(ada), at=timezone.now()) == item
    assert Entry.objects.count() == before


@pytest.mark.clause("PRE-1")
def test_nobody_chooses_what_is_not_theirs_not_there_or_past_its_time(ada: User) -> None:
    now = timezone.now()
    foreign = held(someone(BEN), "contact.address", "9 Hill Street")
    old = held(ada, "location.precise", "31.2, 121.4", at=now - timedelta(days=31))
    for item_id in (foreign.pk, uuid4(), old.pk):
        with pytest.raises(ItemGone):
            items.choose(ada, item_id, by=as_person(ada), at=now)


@pytest.mark.clause("SEC-a")
def test_a_value_that_does_not_open_cannot_be_chosen(ada: User) -> None:
    item = held(ada, "contact.address", "1 River Street")
    held(ada, "contact.address", "2 River Street", source=Source.PLATFORM)
    _cut_off(item)
    with pytest.raises(ItemUnreadable):
        items.choose(ada, item.pk, by=as_person(ada), at=timezone.now())
    assert _chosen(ada, "contact.address") == ["2 River Street"]


@pytest.mark.clause("EXC-c")
def test_what_lies_outside_the_policy_is_not_chosen_among(ada: User) -> None:
    item = held(ada, "enforcement.violations", "Rule 4", source=Source.PLATFORM)
    held(ada, "enforcement.violations", "Rule 5", partner=a_partner())
    with pytest.raises(NotTheirsToWrite):
        items.choose(ada, item.pk, by=as_person(ada), at=timezone.now())


@pytest.mark.parametrize("field", ["contact.email", "device.ip_address", "activity.reviews", "enforcement.violations"])
def test_people_do_not_state_what_is_recorded_excluded_or_to_be_confirmed(ada: User, field: str) -> None:
    before = PersonalDataItem.objects.count()
    with pytest.raises(NotTheirsToWrite):
        items.tell(ada, field, "203.0.113.9", by=as_person(ada), at=timezone.now())
    assert PersonalDataItem.objects.count() == before


def test_what_a_person_states_is_theirs_by_source_and_counts(ada: User) -> None:
    held(ada, "contact.phone", "+86 138 0013 8000", source=Source.PLATFORM)
    items.tell(ada, "contact.phone", "+86 138 0013 8001", by=as_person(ada), at=timezone.now())
    assert _values(ada, "contact.phone") == {"platform": "+8613800138000", "person": "+8613800138001"}
    assert _chosen(ada, "contact.phone") == ["+8613800138001"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact.phone", "12345"),
        ("contact.email", "nobody at home"),
        ("identity.birth_date", "17/05/1990"),
        ("identity.birth_date", "1990-02-30"),
        ("identity.nationality", "China"),
        ("identity.name", "   "),
        ("identity.name", "Ada\x00Lin"),
        ("identity.name", "A" * 10_000),
    ],
)
def test_a_value_that_is_not_one_is_refused_without_being_quoted_and_nothing_is_held(
    ada: User, field: str, value: str
) -> None:
    before = (PersonalDataItem.objects.count(), Entry.objects.count())
    with pytest.raises(ValidationError) as refusal:
        held(ada, field, value)
    assert value.strip() == "" or value not in str(refusal.value)
    assert (PersonalDataItem.objects.count(), Entry.objects.count()) == before


def test_an_unknown_element_is_refused(ada: User) -> None:
    with pytest.raises(DataElement.DoesNotExist):
        held(ada, "identity.shoe_size", "41")


@pytest.mark.clause("PRE-1")
def test_nothing_is_held_of_somebody_who_was_erased(ada: User) -> None:
    erase(ada, by=SYSTEM, at=timezone.now())
    with pytest.raises(PersonErased):
        held(ada, "identity.name", "Ada Lin")
    assert not PersonalDataItem.objects.filter(person=ada).exists()


@pytest.mark.clause("COO-c")
def test_what_a_cookie_gathered_says_so_and_is_erased_with_the_rest(ada: User) -> None:
    gathered = held(ada, "device.cookie_id", "c-17", source=Source.COOKIE)
    assert gathered.get_source_display() == "A cookie"
    assert Entry.objects.filter(kind="item.stored").latest("seq").body["source"] == "cookie"
    erase(ada, by=SYSTEM, at=timezone.now())
    assert not PersonalDataItem.objects.filter(pk=gathered.pk).exists()


@pytest.mark.clause("COL-b")
def test_the_ledger_knows_that_something_is_held_and_from_whom_but_not_what(ada: User) -> None:
    held(ada, "contact.address", "1 River Street", partner=a_partner())
    entry = Entry.objects.filter(kind="item.stored").latest("seq")
    assert entry.body == {"fields": ["contact.address"], "source": "partner", "country": "CN"}
    assert entry.pseudonym == pseudonym_of(ada)


@pytest.mark.clause("STO-1")
def test_what_its_retention_has_outlived_is_read_by_nobody_and_deleted_on_the_ledger(ada: User) -> None:
    now = timezone.now()
    held(ada, "location.precise", "31.2, 121.4", at=now - timedelta(days=31))
    held(ada, "identity.name", "Ada Lin", at=now - timedelta(days=4000))
    assert _chosen(ada, "location.precise") == []
    assert items.delete_expired(at=now) == 1
    assert items.delete_expired(at=now) == 0
    assert set(PersonalDataItem.objects.filter(person=ada).values_list("element", flat=True)) == {
        "identity.name",
        "contact.email",
    }
    entry = Entry.objects.get(kind="item.expired")
    assert (entry.body, entry.pseudonym) == ({"field": "location.precise"}, pseudonym_of(ada))


def test_when_the_value_that_counted_expires_none_counts_until_one_is_chosen(ada: User) -> None:
    now = timezone.now()
    other = held(ada, "preference.interests", "tea", source=Source.PLATFORM)
    PersonalDataItem.objects.filter(pk=other.pk).update(expires_at=now + timedelta(days=9))
    mine = held(ada, "preference.interests", "pottery")
    PersonalDataItem.objects.filter(pk=mine.pk).update(expires_at=now - timedelta(seconds=1))
    items.delete_expired(at=now)
    assert _chosen(ada, "preference.interests") == []
    items.choose(ada, other.pk, by=as_person(ada), at=now)
    assert _chosen(ada, "preference.interests") == ["tea"]


def test_opening_many_values_costs_as_many_queries_as_opening_one(ada: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            items.read(PersonalDataItem.objects.filter(person=ada), at=timezone.now())
        return len(captured)

    one = queries()
    for number in range(30):
        held(ada, "contact.address", f"{number} River Street", partner=a_partner(f"Partner-{number} Ltd."))
    assert queries() == one == 2
