"""A person's own pages: what needs them, what is held, who is inside their account."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Aspect
from consent.services.consents import Subject, change
from consent.states import Event
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.api.callers import World
from tests.users.makers import BEN, a_partner, browser_of, held, queries_for, someone, text_of
from users.models import DataElement, LoginSession, PersonalDataItem, Source, User
from users.services.actors import as_person
from users.services.people import pairwise_ids_of

pytestmark = pytest.mark.django_db

PAGES = ["/en/me/", "/en/me/data/", "/en/me/data/contact.phone/", "/en/me/security/", "/en/me/shared/"]
PHONE = "/en/me/data/contact.phone/"
CHOOSE = "/en/me/data/choose/"
SECURITY = "/en/me/security/"


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def tab(ada: User) -> Client:
    return browser_of(ada)


def _spoil(item: PersonalDataItem) -> None:
    PersonalDataItem.objects.filter(pk=item.pk).update(ciphertext=bytes(item.ciphertext)[:-1])


def _values(person: User, field: str) -> int:
    return PersonalDataItem.objects.filter(person=person, element=field).count()


# -- all of them -------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_is_led_to_the_log_in_and_back(address: str, db: None) -> None:
    answer = Client(SERVER_NAME="localhost").get(address)
    assert answer.status_code == 302
    assert answer["Location"] == f"/en/account/login/?next={address}"


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("address", PAGES)
def test_no_cache_keeps_a_persons_page(tab: Client, address: str) -> None:
    answer = tab.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_are_there_in_chinese_too(tab: Client, address: str) -> None:
    answer = tab.get(address.replace("/en/", "/zh-hans/"))
    assert answer.status_code == 200
    assert '<html lang="zh-hans">' in answer.content.decode()


def test_a_page_that_only_reads_refuses_a_post_and_the_other_way_round(tab: Client) -> None:
    assert tab.post("/en/me/").status_code == 405
    assert tab.post("/en/me/data/").status_code == 405
    assert tab.get(CHOOSE).status_code == 405
    assert tab.get(f"{SECURITY}log-ins/others/end/").status_code == 405


def test_a_form_without_its_mark_changes_nothing(ada: User) -> None:
    tab = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    tab.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in (PHONE, CHOOSE, SECURITY, f"{SECURITY}log-ins/others/end/"):
        assert tab.post(address, {"value": "+86 138 0013 8000"}).status_code == 403
    assert _values(ada, "contact.phone") == 0


# -- overview -----------------------------------------------------------------------------------


def test_the_overview_of_somebody_to_whom_nothing_happened_says_what_would_be_there(tab: Client) -> None:
    page = text_of(tab.get("/en/me/"))
    assert "Nothing. No question waits for your answer." in page
    assert "So nobody may get anything." in page
    assert "Nothing has happened yet." in page


@pytest.mark.clause("DIS-a")
def test_the_overview_names_each_recipient_with_the_reason_its_clause_and_the_way_there(
    ada: User, tab: Client, world: World
) -> None:
    subject = Subject(ada, world.updates, world.northwind.partner, Aspect.BASE)
    change(subject, Event.GIVE, by=as_person(ada), at=timezone.now())
    answer = tab.get("/en/me/")
    (recipient,) = answer.context["overview"].recipients
    assert recipient.name == "Northwind Delivery"
    page = text_of(answer)
    assert '<a href="/en/me/consents/notice/updates/">You allowed it: Title.</a>' in page
    assert 'href="/en/policy/#DIS-a">Policy, DIS-a</a>' in page


@pytest.mark.clause("DIS-b")
def test_an_open_service_stands_beside_a_consent_under_the_same_recipient(ada: User, tab: Client, world: World) -> None:
    change(Subject(ada, world.updates, world.northwind.partner), Event.GIVE, by=as_person(ada), at=timezone.now())
    world.service_for(str(pairwise_ids_of(world.website.partner, [ada.pk], at=timezone.now())[ada.pk]))
    (recipient,) = tab.get("/en/me/").context["overview"].recipients
    assert {reason.clause for reason in recipient.reasons} == {"DIS-a", "DIS-b"}


@pytest.mark.clause("DIS-a")
def test_what_waits_for_an_answer_comes_first(ada: User, tab: Client, world: World) -> None:
    change(Subject(ada, world.updates, world.northwind.partner), Event.REQUEST, by=SYSTEM, at=timezone.now())
    page = text_of(tab.get("/en/me/"))
    assert "1 request waits for your answer." in page
    assert page.index("1 request waits") < page.index("Who may get it")


@pytest.mark.clause("COL-b")
def test_the_person_is_told_what_a_partner_gave(ada: User, tab: Client) -> None:
    held(ada, "contact.address", "1 River Street", partner=a_partner())
    page = text_of(tab.get("/en/me/"))
    assert "Northwind Delivery gave us data about you: Postal address." in page
    assert 'href="/en/me/data/#contact.address"' in page
    assert "River Street" not in page


@pytest.mark.clause("SEC-a")
def test_a_value_that_no_longer_opens_needs_the_person_until_they_state_it_again(ada: User, tab: Client) -> None:
    _spoil(held(ada, "contact.phone", "+86 138 0013 8000"))
    tab.get("/en/me/data/")
    assert "1 value about you can no longer be read." in text_of(tab.get("/en/me/"))
    tab.post(PHONE, {"value": "+86 138 0013 8001"})
    assert "can no longer be read" not in text_of(tab.get("/en/me/"))


def test_the_counts_leave_out_what_has_expired_and_set_apart_what_lies_outside(ada: User, tab: Client) -> None:
    held(ada, "activity.reviews", "Five stars.", source=Source.PLATFORM)
    held(ada, "location.precise", "31.2, 121.4", at=timezone.now() - timedelta(days=31))
    counts = {row.category.value: (row.count, row.is_excluded) for row in tab.get("/en/me/").context["overview"].counts}
    assert counts == {"contact": (1, False), "activity": (1, True)}


# -- data -----------------------------------------------------------------------------------------


@pytest.mark.clause("COL-b")
@pytest.mark.clause("STO-1")
def test_each_value_stands_with_its_source_its_times_its_place_and_its_end(ada: User, tab: Client) -> None:
    stored = datetime.fromisoformat("2025-05-03T10:00:00+00:00")
    obtained = stored - timedelta(days=2)
    held(ada, "contact.address", "1 River Street", partner=a_partner(), at=stored, obtained_at=obtained)
    page = text_of(tab.get("/en/me/data/"))
    assert "1 River Street" in page
    assert "From Northwind Delivery, by this channel: parcel label." in page
    assert "Why they may pass it on, as they say: a contract with you needs it." in page
    assert "annex 2" not in page
    assert 'Obtained: <time datetime="2025-05-01T18:00:00+08:00">1 May 2025, 18:00</time>' in page
    assert 'Stored: <time datetime="2025-05-03T18:00:00+08:00">3 May 2025, 18:00</time>' in page
    assert "At Lantern Market Co., Ltd., in China" in page
    assert "Kept as long as your account" in page
    assert "Times are in Asia/Shanghai." in page


@pytest.mark.clause("STO-1")
def test_a_value_that_is_kept_for_a_time_says_until_when(ada: User, tab: Client) -> None:
    item = held(ada, "location.precise", "31.2, 121.4")
    assert item.expires_at is not None
    until = item.expires_at.astimezone(ZoneInfo(ada.time_zone))
    assert f'Kept until <time datetime="{until:%Y-%m-%d}">' in text_of(tab.get("/en/me/data/"))


@pytest.mark.clause("COL-b")
def test_values_that_disagree_stand_side_by_side_and_the_person_chooses(ada: User, tab: Client) -> None:
    held(ada, "contact.address", "1 River Street")
    theirs = held(ada, "contact.address", "2 River Street", partner=a_partner())
    page = text_of(tab.get("/en/me/data/"))
    assert page.index("1 River Street") < page.index("This one counts") < page.index("2 River Street")
    answer = tab.post(CHOOSE, {"item": theirs.pk})
    assert answer["Location"] == "/en/me/data/#contact.address"
    page = text_of(tab.get("/en/me/data/"))
    assert page.index("2 River Street") < page.index("This one counts") < page.index("1 River Street")
    assert Entry.objects.filter(kind="item.chosen").count() == 1


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("item", ["", "x", "\x00", "foreign", "unknown"])
def test_a_choice_that_is_none_says_so_and_changes_nothing(ada: User, tab: Client, item: str) -> None:
    foreign = held(someone(BEN), "contact.address", "9 Hill Street")
    sent = {"foreign": str(foreign.pk), "unknown": str(uuid4())}.get(item, item)
    before = Entry.objects.count()
    answer = tab.post(CHOOSE, {"item": sent}, follow=True)
    assert "Nothing was changed: that value is not there any more, or cannot be chosen." in text_of(answer)
    assert Entry.objects.count() == before


def test_nobody_sees_a_value_of_somebody_else(ada: User, tab: Client) -> None:
    held(someone(BEN), "contact.address", "9 Hill Street")
    assert "Hill Street" not in text_of(tab.get("/en/me/data/"))


@pytest.mark.clause("SEC-a")
def test_an_unreadable_value_says_so_and_shows_nothing_in_its_place(ada: User, tab: Client) -> None:
    item = held(ada, "contact.phone", "+86 138 0013 8000")
    _spoil(item)
    for _ in range(2):
        page = text_of(tab.get("/en/me/data/"))
        assert "This value can no longer be read." in page
        assert "8613800138000" not in page
        assert "None</p>" not in page
    assert Entry.objects.filter(kind="item.unreadable").count() == 1
    assert text_of(tab.get(PHONE)).count('value=""') == 0


@pytest.mark.clause("EXC-a")
@pytest.mark.clause("EXC-b")
@pytest.mark.clause("EXC-c")
def test_what_lies_outside_stands_apart_with_the_policys_own_words_and_cannot_be_changed(
    ada: User, tab: Client
) -> None:
    excluded = DataElement.objects.exclude(excluded_by="")
    for element in excluded:
        held(ada, element.key, f"value of {element.key}", source=Source.PLATFORM)
    page = text_of(tab.get("/en/me/data/"))
    inside, outside = page.split('<h2 id="outside">')
    for element in excluded:
        assert f"value of {element.key}" in outside
        assert f"value of {element.key}" not in inside
        assert tab.get(f"/en/me/data/{element.key}/").status_code == 404
    assert "Outside the policy never means free to share." in outside
    assert "The words you search for are outside this policy." in outside
    assert "Your activity on Lantern Market" in outside
    assert "Records of violations of the law or our rules" in outside
    assert 'href="/en/policy/#DIS-c"' in outside
    assert "Correct it" not in outside


def test_without_anything_held_the_page_says_what_could_be_there(ada: User, tab: Client) -> None:
    PersonalDataItem.objects.filter(person=ada).delete()
    page = text_of(tab.get("/en/me/data/"))
    assert "We hold nothing about you that the policy covers." in page
    assert page.count("None is held about you.") == 3
    assert 'href="/en/me/data/identity.name/"' in page


def test_what_can_be_added_is_what_people_state_and_is_not_held(ada: User, tab: Client) -> None:
    held(ada, "identity.name", "Ada Lin")
    untold = {element.key for element in tab.get("/en/me/data/").context["holdings"].untold}
    assert "identity.birth_date" in untold
    assert not untold & {"identity.name", "contact.email", "device.ip_address", "activity.reviews"}


def test_a_correction_makes_the_person_the_source_and_keeps_what_came_from_others(ada: User, tab: Client) -> None:
    held(ada, "contact.phone", "+86 138 0013 8000", source=Source.PLATFORM)
    assert 'value="+8613800138000"' in text_of(tab.get(PHONE))
    answer = tab.post(PHONE, {"value": "+86 138 0013 8001"})
    assert answer["Location"] == "/en/me/data/#contact.phone"
    item = PersonalDataItem.objects.get(person=ada, element="contact.phone", is_chosen=True)
    assert item.source == Source.PERSON
    assert _values(ada, "contact.phone") == 2
    page = text_of(tab.get("/en/me/data/"))
    assert "+8613800138001" in page
    assert Entry.objects.latest("seq").body == {"fields": ["contact.phone"], "source": "person", "country": "CN"}


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("contact.phone", "138 0013 8000", "Write the number with its country code"),
        ("identity.birth_date", "17/05/1990", "Write the date as year-month-day"),
        ("identity.nationality", "Atlantis", "Write the country as two capital letters"),
        ("identity.name", "Ada\x00Lin", "This holds a character that cannot be stored."),
        ("identity.name", "A" * 10_000, "This is too long."),
        ("identity.name", "", "Write a value."),
        ("identity.name", "   ", "Write a value."),
    ],
)
def test_a_wrong_value_is_explained_beside_the_field_and_kept_there(
    ada: User, tab: Client, field: str, value: str, complaint: str
) -> None:
    answer = tab.post(f"/en/me/data/{field}/", {"value": value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'<ul class="errorlist" id="id_value_error"><li>{complaint}' in page
    assert 'aria-invalid="true"' in page
    if field != "identity.nationality":
        assert not value or f'value="{value}"' in page
    assert _values(ada, field) == 0


def test_a_long_value_keeps_its_lines(ada: User, tab: Client) -> None:
    address = "Flat 402\n27 Listening Rain Lane\n" + "Shanghai " * 100
    tab.post("/en/me/data/contact.address/", {"value": address})
    assert "Flat 402\n27 Listening Rain Lane" in tab.get("/en/me/data/").content.decode()
    assert re.search(r"<textarea[^>]*>\s*Flat 402\n27", tab.get("/en/me/data/contact.address/").content.decode())


def test_what_is_typed_is_shown_as_text_and_nothing_else(tab: Client) -> None:
    tab.post("/en/me/data/identity.name/", {"value": "<script>alert(1)</script>"})
    page = tab.get("/en/me/data/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "field", ["no.such", "contact.email", "device.browser", "enforcement.measures", "a.b%00", "x" * 300, "identity"]
)
def test_there_is_no_form_for_what_people_do_not_state(ada: User, tab: Client, field: str) -> None:
    address = f"/en/me/data/{field}/"
    assert tab.get(address).status_code == 404
    assert tab.post(address, {"value": "x"}).status_code == 404


def test_the_log_in_address_is_changed_elsewhere_and_the_page_says_where(tab: Client) -> None:
    assert 'changed under <a href="/en/me/security/">Security</a>' in text_of(tab.get("/en/me/data/"))


def test_the_messages_carry_no_value_in_their_cookie(tab: Client) -> None:
    answer = tab.post(PHONE, {"value": "+86 138 0013 8001"})
    assert "8613800138001" not in str(answer.cookies)


# -- security --------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_each_log_in_stands_with_browser_address_and_times_and_this_one_is_marked(ada: User) -> None:
    browser_of(ada, agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    answer = browser_of(ada, agent=agent).get(SECURITY)
    logins = answer.context["security"].logins
    assert [(login.browser, login.address, login.is_current) for login in logins] == [
        ("Firefox 140 · Linux", "127.0.0.1", True),
        ("Firefox 128 · Windows", "127.0.0.1", False),
    ]
    page = text_of(answer)
    assert page.count("This one") == 1
    assert page.count("/end/") == 2
    assert "We work to keep your data from being lost, misused or altered." in page


@pytest.mark.clause("SEC-a")
def test_a_browser_that_does_not_say_its_name_is_listed_too(ada: User) -> None:
    page = text_of(browser_of(ada, agent="").get(SECURITY))
    assert "A browser that does not say its name" in page


def _row_of(tab: Client) -> LoginSession:
    return LoginSession.objects.get(session_key=tab.session.session_key)


@pytest.mark.clause("SEC-a")
def test_ending_a_log_in_logs_that_browser_out_and_no_other(ada: User, tab: Client) -> None:
    other, third = browser_of(ada), browser_of(ada)
    answer = tab.post(f"{SECURITY}log-ins/{_row_of(other).id}/end/", follow=True)
    assert "That log-in is ended." in text_of(answer)
    assert other.get("/en/me/").status_code == 302
    assert third.get("/en/me/").status_code == 200
    entry = Entry.objects.get(kind="login.ended")
    assert entry.body == {"count": 1}


@pytest.mark.clause("SEC-a")
def test_all_other_log_ins_end_at_once(ada: User, tab: Client) -> None:
    others = [browser_of(ada), browser_of(ada)]
    stranger = browser_of(someone(BEN))
    answer = tab.post(f"{SECURITY}log-ins/others/end/", follow=True)
    assert "2 other log-ins are ended. Only this one is left." in text_of(answer)
    assert [other.get("/en/me/").status_code for other in others] == [302, 302]
    assert stranger.get("/en/me/").status_code == 200
    answer = tab.post(f"{SECURITY}log-ins/others/end/", follow=True)
    assert "There was no other log-in to end." in text_of(answer)


@pytest.mark.clause("SEC-a")
def test_nobody_ends_a_log_in_of_somebody_else(tab: Client) -> None:
    stranger = browser_of(someone(BEN))
    for login in (_row_of(stranger).id, uuid4()):
        answer = tab.post(f"{SECURITY}log-ins/{login}/end/", follow=True)
        assert "That log-in had ended already." in text_of(answer)
    assert stranger.get("/en/me/").status_code == 200
    assert not Entry.objects.filter(kind="login.ended").exists()


def test_ending_the_present_log_in_is_logging_out(tab: Client) -> None:
    answer = tab.post(f"{SECURITY}log-ins/{_row_of(tab).id}/end/")
    assert answer["Location"] == "/en/"
    assert tab.get("/en/me/").status_code == 302


def test_the_locks_say_how_they_stand(ada: User, tab: Client) -> None:
    page = text_of(tab.get(SECURITY))
    assert 'href="/en/account/password/change/"' in page
    assert 'href="/en/account/email/"' in page
    assert 'href="/en/account/2fa/"' in page
    assert "Set up a second lock" in page


def test_the_chosen_time_zone_is_that_of_every_page_and_the_ledger_knows_only_that_it_changed(
    ada: User, tab: Client
) -> None:
    answer = tab.post(SECURITY, {"locale": "zh-hans", "time_zone": "Europe/Lisbon"}, follow=True)
    assert "Times are shown in the zone that you chose." in text_of(answer)
    ada.refresh_from_db()
    assert (ada.locale, ada.time_zone) == ("zh-hans", "Europe/Lisbon")
    assert "Times are in Europe/Lisbon." in text_of(tab.get("/en/me/data/"))
    assert Entry.objects.get(kind="person.preferences_changed").body == {"changed": ["locale", "time_zone"]}


def test_preferences_that_stay_as_they_are_leave_no_entry(ada: User, tab: Client) -> None:
    tab.post(SECURITY, {"locale": ada.locale, "time_zone": ada.time_zone})
    assert not Entry.objects.filter(kind="person.preferences_changed").exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"locale": "en", "time_zone": "Mars/Olympus"},
        {"locale": "en", "time_zone": "../../etc/passwd"},
        {"locale": "en", "time_zone": "Asia/Tokyo\x00"},
        {"locale": "xx", "time_zone": "Asia/Tokyo"},
        {"locale": "en", "time_zone": ""},
        {},
    ],
)
def test_a_wrong_preference_is_explained_and_changes_nothing(ada: User, tab: Client, sent: dict[str, Any]) -> None:
    answer = tab.post(SECURITY, sent)
    assert answer.status_code == 422
    assert 'class="errorlist"' in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.locale, ada.time_zone) == ("en", "Asia/Shanghai")


def test_a_zone_that_has_gone_from_the_world_is_shown_as_it_stands_and_can_be_replaced(ada: User, tab: Client) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Atlantis")
    assert '<option value="Asia/Atlantis" selected>' in text_of(tab.get(SECURITY))
    tab.post(SECURITY, {"locale": "en", "time_zone": "Asia/Tokyo"})
    ada.refresh_from_db()
    assert ada.time_zone == "Asia/Tokyo"


# -- cost -------------------------------------------------------------------------------------------


def test_the_pages_cost_the_same_number_of_queries_however_much_there_is(ada: User, tab: Client, world: World) -> None:
    addresses = ["/en/me/", "/en/me/data/", "/en/me/data/contact.address/", SECURITY]
    held(ada, "contact.address", "0 River Street", partner=a_partner("First Ltd."))
    change(Subject(ada, world.updates, world.northwind.partner), Event.GIVE, by=as_person(ada), at=timezone.now())
    few = [queries_for(tab, address) for address in addresses]
    for number in range(12):
        held(ada, "contact.address", f"{number} River Street", partner=a_partner(f"Partner-{number} Ltd."))
        purpose = world.publish(f"purpose-{number}")
        change(Subject(ada, purpose, world.harbour.partner), Event.GIVE, by=as_person(ada), at=timezone.now())
    for element in DataElement.objects.exclude(key="contact.email"):
        value = {"date": "1990-05-17", "phone": "+86 138 0013 8000", "country": "SG"}.get(element.format, "x")
        held(ada, element.key, value, source=Source.PLATFORM)
    for _ in range(3):
        browser_of(ada)
    assert [queries_for(tab, address) for address in addresses] == few
