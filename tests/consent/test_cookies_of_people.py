"""Cookies of people with an account: one choice in all their browsers, and what cookies gathered held as data about them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.cookie_choice import Choice
from consent.cookies import CAMPAIGN, CHOICE, OPTIONAL, READING
from consent.models import CookieChoice
from consent.services.cookie_choices import carry_over, choose, forget_choice, honour_signal
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.consent.makers import text_of
from tests.consent.visitors import COOKIES, FROM_HERE, HOME, POLICY, WITH_SIGNAL, Visitor
from tests.users.makers import held, queries_for, someone
from users.models import PersonalDataItem, Source, User
from users.services.actors import as_person, pseudonym_of
from users.services.erasure import erase
from users.services.errors import PersonErased
from users.services.items import delete_expired, read

pytestmark = pytest.mark.django_db
PERSONALISED, PROMOTIONAL = OPTIONAL
FROM_FAIR = f"{HOME}?from=spring-fair"
DATA = "/en/me/data/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def ada() -> User:
    return someone()


def _log_in(visitor: Visitor, person: User) -> Visitor:
    """By the form, as in real life: cookies go along."""
    answer = visitor.post("/en/account/login/", {"login": person.email, "password": "a long walk by the river"})
    assert answer.status_code == 302, answer.content
    return visitor


def _gathered(person: User) -> dict[str, str | None]:
    items = PersonalDataItem.objects.filter(person=person, source=Source.COOKIE)
    return {reading.item.element_id: reading.value for reading in read(items, at=timezone.now())}


def _entries(person: User, kind: str) -> list[dict[str, Any]]:
    found = Entry.objects.filter(pseudonym=pseudonym_of(person), kind=kind).order_by("seq")
    return list(found.values_list("body", flat=True))


def _with_everything(person: User) -> Visitor:
    """A browser in which the person accepted all and both cookies hold something."""
    visitor = _log_in(Visitor(), person)
    visitor.press("all")
    visitor.get(FROM_FAIR.replace(HOME, POLICY))
    visitor.read_as("large", "dark")
    assert set(visitor.jar) >= {CHOICE, CAMPAIGN, READING}
    return visitor


# -- the choice --------------------------------------------------------------------------------------


@pytest.mark.clause("COO-b")
def test_a_choice_is_kept_with_the_account_and_its_entry_says_what_was_chosen(ada: User) -> None:
    visitor = _log_in(Visitor(), ada)
    visitor.press("chosen", PERSONALISED)
    visitor.press("necessary")
    row = CookieChoice.objects.get(person=ada)
    assert (row.personalised, row.promotional, row.language) == (False, False, "en")
    plain = {"signal": False, "despite_signal": False, "language": "en", "origin": "page"}
    assert _entries(ada, "cookies.chosen") == [{"classes": ["personalised"], **plain}, {"classes": [], **plain}]
    assert row.entry_id == Entry.objects.filter(kind="cookies.chosen").latest("seq").seq


@pytest.mark.clause("COO-b")
def test_at_a_log_in_the_later_choice_holds_whichever_it_is(ada: User) -> None:
    early, late = Visitor(), Visitor()
    early.remembers(*OPTIONAL, ago=timedelta(hours=2))
    late.remembers(PERSONALISED, ago=timedelta(hours=1))
    _log_in(late, ada)
    assert _entries(ada, "cookies.chosen")[0]["origin"] == "log_in"
    _log_in(early, ada)
    assert early.jar[CHOICE] == late.jar[CHOICE]
    assert len(_entries(ada, "cookies.chosen")) == 1


@pytest.mark.clause("COO-b")
def test_a_refusal_in_one_browser_holds_at_once_in_all_others(ada: User) -> None:
    laptop = _with_everything(ada)
    phone = _log_in(Visitor(), ada)
    CookieChoice.objects.update(made_at=timezone.now() - timedelta(minutes=5))
    laptop.remembers(*OPTIONAL, ago=timedelta(minutes=5))
    phone.press("necessary")
    page = laptop.get("/en/me/")
    assert CAMPAIGN not in laptop.jar
    assert READING not in laptop.jar
    assert laptop.jar[CHOICE].split(".")[1] == "necessary"
    assert "data-text" not in text_of(page)
    assert _gathered(ada) == {}


@pytest.mark.clause("COO-b")
def test_a_choice_of_an_account_ends_with_its_time(ada: User) -> None:
    visitor = _log_in(Visitor(), ada)
    visitor.press("all")
    visitor.cookies.pop(CHOICE)
    CookieChoice.objects.update(made_at=timezone.now() - timedelta(days=181))
    assert "cookies-question" in text_of(visitor.get("/en/me/"))
    assert CHOICE not in visitor.jar


@pytest.mark.clause("COO-b")
def test_no_cookies_at_all_logs_out_and_outdates_what_other_browsers_remember(ada: User) -> None:
    laptop, phone = _with_everything(ada), _log_in(Visitor(), ada)
    answer = phone.press("none", next=DATA)
    assert answer["Location"] == f"{COOKIES}?cookies=none"
    assert phone.jar == {}
    row = CookieChoice.objects.get(person=ada)
    assert (row.personalised, row.promotional, row.made_at) == (False, False, None)
    assert _entries(ada, "cookies.refused") == [{"language": "en"}]
    assert _gathered(ada) == {}
    page = laptop.get("/en/me/")
    assert "cookies-question" in text_of(page)
    assert not {CHOICE, CAMPAIGN, READING} & set(laptop.jar)
    again = Visitor()
    again.remembers(*OPTIONAL, ago=timedelta(minutes=9))
    _log_in(again, ada)
    assert CHOICE not in again.jar
    assert CookieChoice.objects.get(person=ada).made_at is None


@pytest.mark.clause("COO-b")
def test_a_choice_that_was_overtaken_while_a_log_in_waited_changes_nothing(ada: User) -> None:
    now = timezone.now()
    by = as_person(ada)
    choose(ada, Choice(frozenset(), now), signal=False, language="en", by=by, at=now)
    stale = Choice(frozenset(OPTIONAL), now - timedelta(hours=1))
    choose(ada, stale, signal=False, language="en", by=by, at=now, origin="log_in")
    assert not CookieChoice.objects.get(person=ada).personalised
    forget_choice(ada, language="en", by=by, at=now)
    choose(ada, stale, signal=False, language="en", by=by, at=now, origin="log_in")
    assert CookieChoice.objects.get(person=ada).made_at is None


def test_the_database_keeps_what_was_not_asked_off(ada: User) -> None:
    honour_signal(ada, language="en", by=SYSTEM, at=timezone.now())
    for change in ({"promotional": True}, {"personalised": True}, {"despite_signal": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CookieChoice.objects.filter(person=ada).update(**change)


# -- Global Privacy Control ----------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
def test_the_signal_is_recorded_once_and_counts_in_every_browser(ada: User) -> None:
    laptop = _with_everything(ada)
    phone = _log_in(Visitor(**WITH_SIGNAL), ada)
    phone.get("/en/me/")
    assert _entries(ada, "cookies.signal_honoured") == [{}]
    assert set(_gathered(ada)) == {"device.reading"}
    laptop.get("/en/me/")
    assert CAMPAIGN not in laptop.jar
    assert READING in laptop.jar
    assert "It counts in all browsers in which you log in" in text_of(laptop.get(COOKIES))
    laptop.press("chosen", *OPTIONAL)
    assert _entries(ada, "cookies.chosen")[-1]["despite_signal"] is True
    phone.get(f"{POLICY}?from=poster")
    assert phone.jar[CAMPAIGN] == "poster"


@pytest.mark.clause("COO-a")
def test_a_signal_switched_on_while_logged_in_is_recorded_at_the_next_page(ada: User) -> None:
    visitor = _with_everything(ada)
    visitor.get("/en/me/", headers=WITH_SIGNAL)
    assert _entries(ada, "cookies.signal_honoured") == [{}]
    assert CAMPAIGN not in visitor.jar


# -- what cookies gather ----------------------------------------------------------------------------------


@pytest.mark.clause("COO-c")
def test_what_the_cookies_of_a_visitor_hold_becomes_data_with_that_source_at_the_log_in(ada: User) -> None:
    visitor = Visitor()
    visitor.press("all", next=FROM_FAIR)
    visitor.get(FROM_FAIR)
    visitor.read_as("larger", "light")
    assert _gathered(ada) == {}
    _log_in(visitor, ada)
    assert _gathered(ada) == {"device.campaign": "spring-fair", "device.reading": "larger.light"}
    page = text_of(visitor.get(DATA))
    assert "spring-fair" in page
    assert "From a cookie." in page
    assert "2 values about you" in text_of(visitor.get(COOKIES))
    assert "2 values about you came from cookies." in text_of(visitor.get(POLICY))


@pytest.mark.clause("COO-c")
def test_what_is_not_allowed_or_none_of_ours_becomes_no_data(ada: User) -> None:
    visitor = Visitor()
    visitor.remembers(PERSONALISED)
    visitor.cookies[CAMPAIGN] = "poster"
    visitor.cookies[READING] = "gigantic.pink"
    _log_in(visitor, ada)
    assert _gathered(ada) == {}


@pytest.mark.clause("COO-c")
def test_refusing_a_class_deletes_what_it_gathered_and_nothing_else(ada: User) -> None:
    visitor = _with_everything(ada)
    held(ada, "device.browser", "Firefox", source=Source.AUTOMATIC)
    held(ada, "device.cookie_id", "5e1fa3", source=Source.COOKIE)
    visitor.press("chosen", PROMOTIONAL)
    # What the website's other cookies gathered counts as promotional.
    assert set(_gathered(ada)) == {"device.campaign", "device.cookie_id"}
    visitor.press("chosen", PERSONALISED)
    assert _gathered(ada) == {}
    assert PersonalDataItem.objects.filter(person=ada, element="device.browser").exists()
    assert _entries(ada, "item.deleted") == [
        {"fields": ["device.reading"], "source": "cookie"},
        {"fields": ["device.campaign", "device.cookie_id"], "source": "cookie"},
    ]


@pytest.mark.clause("COO-c")
def test_reading_as_the_device_has_it_is_nothing_to_hold(ada: User) -> None:
    visitor = _with_everything(ada)
    visitor.read_as("normal", "device")
    assert set(_gathered(ada)) == {"device.campaign"}


@pytest.mark.clause("COO-c")
def test_logging_in_again_holds_the_same_no_longer(ada: User) -> None:
    visitor = _with_everything(ada)
    before = {item.pk: item.expires_at for item in PersonalDataItem.objects.filter(source=Source.COOKIE)}
    _log_in(visitor, ada)
    assert {item.pk: item.expires_at for item in PersonalDataItem.objects.filter(source=Source.COOKIE)} == before


@pytest.mark.clause("COO-c")
def test_what_cookies_gathered_goes_with_its_time_and_with_the_person(ada: User) -> None:
    _with_everything(ada)
    delete_expired(at=timezone.now() + timedelta(days=91))
    assert set(_gathered(ada)) == {"device.reading"}
    erase(ada, by=SYSTEM, at=timezone.now())
    assert not PersonalDataItem.objects.filter(person=ada).exists()
    assert not CookieChoice.objects.filter(person=ada).exists()


@pytest.mark.clause("COO-c")
@pytest.mark.parametrize(
    "service",
    [
        lambda ada, at: choose(ada, Choice(frozenset(), at), signal=False, language="en", by=SYSTEM, at=at),
        lambda ada, at: forget_choice(ada, language="en", by=SYSTEM, at=at),
        lambda ada, at: honour_signal(ada, language="en", by=SYSTEM, at=at),
        lambda ada, at: carry_over(ada, Choice(frozenset(), at), {}, signal=False, language="en", by=SYSTEM, at=at),
    ],
)
def test_nothing_is_chosen_for_who_was_erased(ada: User, service: Callable[[User, Any], None]) -> None:
    erase(ada, by=SYSTEM, at=timezone.now())
    with pytest.raises(PersonErased):
        service(User.objects.get(pk=ada.pk), timezone.now())
    assert not CookieChoice.objects.exists()


def test_a_persons_page_takes_one_query_more_for_their_choice_and_no_more_for_what_they_gathered(ada: User) -> None:
    visitor = _log_in(Visitor(), ada)
    visitor.press("necessary")
    few = queries_for(visitor, POLICY)
    visitor.press("all")
    visitor.read_as("large", "dark")
    visitor.get(f"{POLICY}?from=poster")
    assert queries_for(visitor, POLICY) == few


def test_an_address_without_its_last_slash_leads_on_also_for_whoever_is_logged_in(ada: User) -> None:
    answer = _log_in(Visitor(), ada).get("/en/policy")
    assert (answer.status_code, answer["Location"]) == (301, "/en/policy/")


@pytest.mark.clause("COO-b")
def test_the_admins_pages_keep_to_the_choice_as_well(ada: User) -> None:
    visitor = _with_everything(ada)
    visitor.press("necessary")
    visitor.cookies[CAMPAIGN] = "poster"
    visitor.get("/en/admin/")
    assert CAMPAIGN not in visitor.jar
    assert visitor.post(COOKIES, {"choice": "all"}, headers={**FROM_HERE}).status_code == 302
