"""The margin of the policy for somebody about whom there is much: the same queries as for somebody with little."""

import pytest

from benchmarks.around.copies import multiply
from consent.models import ConsentChange
from consent.states import Event
from disclosure.models import DisclosureRequest, Release
from privacy_app.ledger.models import Entry
from tests.admin_makers import make_staff
from tests.consent.makers import a_partner, browser_of, decide, publish, queries_for, read_by, someone
from tests.disclosure.test_reviewed_margin import note_on
from tests.users.makers import held
from users.models import PersonalDataItem, User
from users.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.clause("PRE-3")]
MANY = 10_000
POLICY = "/en/policy/"


def read_once(person: User) -> None:
    """The person allowed Northwind something, and it has read it; and a value from elsewhere is held."""
    northwind = a_partner()
    purpose = publish("parcel-news", northwind)
    decide(person, purpose, Event.GIVE, northwind)
    read_by(northwind, person, purpose)
    held(person, "contact.phone", "+86 138 0013 8000", partner=northwind)


def multiply_everything(person: User) -> None:
    multiply(PersonalDataItem.objects.get(person=person, element="contact.phone"), MANY, is_chosen="false")
    multiply(ConsentChange.objects.get(consent__person=person), MANY)
    multiply(Release.objects.get(person=person), MANY)
    multiply(DisclosureRequest.objects.get(person=person), MANY)
    for kind in ("consent.changed", "disclosure.read"):
        multiply(Entry.objects.filter(kind=kind).latest("seq"), MANY, leaf="sha256(leaf || n::text::bytea)")


def test_ten_thousand_records_take_no_more_queries_than_one() -> None:
    ada, clerk = someone(), make_staff(Role.SECURITY_OFFICER)
    read_once(ada)
    own, staff = browser_of(ada), browser_of(clerk)
    few = queries_for(own, POLICY), queries_for(staff, POLICY)
    multiply_everything(ada)
    assert (queries_for(own, POLICY), queries_for(staff, POLICY)) == few
    assert few[1] - few[0] <= 2
    assert "10001 values about you came from partners." in note_on(own, "COL-b").replace(",", "")
