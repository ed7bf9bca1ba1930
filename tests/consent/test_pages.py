"""The list of what a person allows: each switch, with htmx and without, and what becomes of a press that comes too late."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Aspect, Consent, ConsentChange, Purpose
from consent.states import Event, State
from privacy_app.ledger.models import Entry
from tests.consent.makers import (
    LIST,
    a_partner,
    browser_of,
    buttons_of,
    decide,
    press,
    publish,
    queries_for,
    read_by,
    someone,
    text_of,
)
from users.models import Partner, User

pytestmark = pytest.mark.django_db
ZH_LIST = "/zh-hans/me/consents/"


@pytest.fixture
def ada() -> User:
    return someone()


@pytest.fixture
def browser(ada: User) -> Client:
    return browser_of(ada)


@pytest.fixture
def northwind() -> Partner:
    return a_partner()


@pytest.fixture
def news(northwind: Partner) -> Purpose:
    """A purpose that rests on consent and names Northwind."""
    return publish("parcel-news", northwind)


def _state(aspect: Aspect = Aspect.BASE) -> State:
    return State(Consent.objects.get(aspect=aspect).state)


# -- what stands there --------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_everything_is_off_until_it_is_switched_on(browser: Client, news: Purpose) -> None:
    page = browser.get(LIST)
    assert buttons_of(page)["base"]["aria-checked"] == "false"
    assert "Not allowed. You have not been asked yet." in text_of(page)


@pytest.mark.clause("DIS-a")
def test_a_row_says_who_for_what_which_data_where_and_when_it_was_last_read(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    assert "They have read nothing so far." in text_of(browser.get(LIST))
    decide(ada, news, Event.GIVE, northwind)
    read_by(northwind, ada, news)
    page = text_of(browser.get(LIST))
    for words in ("Northwind: Parcel news", "The summary of parcel-news.", "E-mail address", "China"):
        assert words in page
    assert "They last read data on" in page
    change = ConsentChange.objects.get()
    for address in ("notice/parcel-news/", "notice/parcel-news/#history", f"receipt/{change.pk}/"):
        assert f'href="{LIST}{address}"' in page


@pytest.mark.clause("DIS-a")
def test_the_policys_own_words_stand_beside(browser: Client, news: Purpose) -> None:
    page = text_of(browser.get(LIST))
    for clause in ("DIS-a", "USE-c", "STO-2"):
        assert f'href="/en/policy/#{clause}"' in page
    assert "We disclose data when you have consented beforehand" in page


@pytest.mark.clause("DIS-b")
def test_what_rests_on_a_service_says_why_and_has_no_switch_for_it(browser: Client, northwind: Partner) -> None:
    publish("delivery", northwind, basis="contract", countries=["SG"])
    page = browser.get(LIST)
    assert not buttons_of(page)
    assert "it rests on a service that you ask for" in text_of(page)
    assert 'href="/en/policy/#DIS-b"' in text_of(page)


@pytest.mark.clause("DIS-b")
def test_sensitive_data_of_a_service_has_a_switch_of_its_own(browser: Client, northwind: Partner) -> None:
    publish("payment", northwind, basis="contract", fields=["payment.bank_account"])
    page = browser.get(LIST)
    assert set(buttons_of(page)) == {"sensitive"}
    press(browser, page, "sensitive")
    assert _state(Aspect.SENSITIVE) is State.GIVEN


@pytest.mark.clause("DIS-c")
def test_what_a_law_requires_has_no_switch_at_all(browser: Client, northwind: Partner) -> None:
    publish("tax", northwind, basis="law", fields=["payment.tax_number"])
    page = browser.get(LIST)
    assert not buttons_of(page)
    assert "a law requires it" in text_of(page)


def test_without_any_purpose_the_page_says_why_it_is_empty(browser: Client) -> None:
    assert "No purpose has been published yet" in text_of(browser.get(LIST))


def test_the_list_is_there_in_both_languages(browser: Client, news: Purpose) -> None:
    page = browser.get(ZH_LIST)
    assert page.status_code == 200
    assert '<html lang="zh-hans">' in text_of(page)
    assert "包裹通知" in text_of(page)
    press(browser, page, "base")
    assert Consent.objects.get().language == "zh-hans"


def test_the_list_takes_as_many_queries_for_many_purposes_as_for_one(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    few = queries_for(browser, LIST)
    others = [a_partner(f"Partner{number}") for number in range(4)]
    for number in range(5):
        purpose = publish(f"purpose-{number}", *others, fields=["health.allergies"], countries=["CN", "SG"])
        for other in others:
            decide(ada, purpose, Event.GIVE, other)
            decide(ada, purpose, Event.WITHDRAW, other)
            decide(ada, purpose, Event.GIVE, other, aspect=Aspect.ABROAD)
    publish("purpose-0", others[0])
    assert queries_for(browser, LIST) == few


# -- pressing -----------------------------------------------------------------------------------


@pytest.mark.clause("DIS-a")
def test_a_switch_works_without_a_script_and_the_page_says_once_what_happened(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    answer = press(browser, browser.get(LIST), "base")
    assert answer.status_code == 302
    assert answer["Location"] == f"{LIST}#row-parcel-news--{northwind.pk.hex}"
    consent = Consent.objects.select_related("version").get()
    assert (consent.state, consent.version.version, consent.language) == (State.GIVEN, 1, "en")
    page = browser.get(LIST)
    said = "Northwind may now read this for this purpose: E-mail address."
    assert text_of(page).count(said) == 1
    assert buttons_of(page)["base"]["aria-checked"] == "true"
    assert said not in text_of(browser.get(LIST))


@pytest.mark.clause("DIS-a")
def test_switching_off_takes_the_same_button_and_the_same_fields_as_switching_on(
    browser: Client, news: Purpose
) -> None:
    off = browser.get(LIST)
    press(browser, off, "base")
    on = browser.get(LIST)
    before, after = buttons_of(off)["base"], buttons_of(on)["base"]
    assert {**before, "aria-checked": "", "value": ""} == {**after, "aria-checked": "", "value": ""}
    assert press(browser, on, "base").status_code == 302
    assert _state() is State.WITHDRAWN


@pytest.mark.clause("DIS-a")
def test_after_a_withdrawal_the_page_says_when_data_was_last_read(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    answer = press(browser, browser.get(LIST), "base", htmx=True)
    assert "Northwind can no longer read this" in text_of(answer)
    assert "They have never read it." in text_of(answer)
    press(browser, answer, "base-undo", htmx=True)
    read_by(northwind, ada, news)
    assert "They last read it on" in text_of(press(browser, browser.get(LIST), "base", htmx=True))


@pytest.mark.clause("DIS-a")
def test_with_htmx_the_row_alone_comes_back_and_is_read_aloud(
    browser: Client, news: Purpose, northwind: Partner
) -> None:
    page = browser.get(LIST)
    answer = press(browser, page, "base", htmx=True)
    assert answer.status_code == 200
    row = text_of(answer)
    assert row.startswith(f'<li id="row-parcel-news--{northwind.pk.hex}"')
    assert "<html" not in row
    assert "<p data-announce>Northwind may now read this" in row
    # htmx gives the focus back to what has the same id.
    assert buttons_of(answer)["base"]["id"] == buttons_of(page)["base"]["id"]
    assert buttons_of(answer)["base"]["aria-checked"] == "true"


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_just_done_can_be_undone_and_the_undoing_is_a_choice_like_any(
    browser: Client, news: Purpose, htmx: bool
) -> None:
    def done(button: str, page: Any) -> Any:
        answer = press(browser, page, button, htmx=htmx)
        return answer if htmx else browser.get(LIST)

    page = done("base", browser.get(LIST))
    page = done("base-undo", page)
    assert _state() is State.WITHDRAWN
    done("base-undo", page)
    assert _state() is State.GIVEN
    assert ConsentChange.objects.count() == Entry.objects.filter(kind="consent.changed").count() == 3


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_from_a_text_that_was_replaced_is_not_undone_with_another_text(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    publish("parcel-news", northwind, fields=["contact.email", "contact.phone"], at=timezone.now())
    answer = press(browser, browser.get(LIST), "base", htmx=True)
    assert "can no longer read this for this purpose: E-mail address." in text_of(answer)
    assert set(buttons_of(answer)) == {"base"}


@pytest.mark.clause("CHG-b")
def test_a_newer_text_counts_only_once_it_is_allowed_and_the_old_one_stays_until_then(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    publish("parcel-news", northwind, fields=["contact.email", "contact.phone"], at=timezone.now())
    page = browser.get(LIST)
    assert "Version 2</a> names more; that counts only if you allow it." in text_of(page)
    answer = press(browser, page, "base-newer", htmx=True)
    consent = Consent.objects.select_related("version").get()
    assert (consent.state, consent.version.version) == (State.RENEWED, 2)
    # Taking this back would end what was allowed before as well: that is no undoing.
    assert set(buttons_of(answer)) == {"base"}


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize(
    ("button", "state"),
    [("base", State.GIVEN), ("base-refuse", State.REFUSED), ("base-defer", State.REQUEST_DEFERRED)],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_question_is_answered_with_one_of_three_equal_buttons(
    ada: User, browser: Client, news: Purpose, northwind: Partner, button: str, state: State, htmx: bool
) -> None:
    decide(ada, news, Event.REQUEST, northwind)
    page = browser.get(LIST)
    buttons = buttons_of(page)
    assert set(buttons) == {"base", "base-refuse", "base-defer"}
    assert len({button["class"] for button in buttons.values()}) == 1
    assert press(browser, page, button, htmx=htmx).status_code == (200 if htmx else 302)
    assert _state() is state


def test_a_question_that_was_put_off_still_waits_but_is_not_put_off_twice(
    ada: User, browser: Client, news: Purpose, northwind: Partner
) -> None:
    decide(ada, news, Event.REQUEST, northwind)
    answer = press(browser, browser.get(LIST), "base-defer", htmx=True)
    assert set(buttons_of(answer)) == {"base", "base-refuse"}
    assert 'tabindex="-1" autofocus' in text_of(answer)
    assert "Waiting for your answer" in text_of(browser.get(LIST))


@pytest.mark.clause("STO-2")
def test_what_the_law_wants_asked_separately_has_a_switch_each_and_no_other_switches_it(
    browser: Client, northwind: Partner
) -> None:
    publish(
        "everything",
        northwind,
        fields=["health.allergies"],
        countries=["CN", "SG"],
        actions=["share", "sell", "rent", "trade"],
    )
    page = browser.get(LIST)
    assert set(buttons_of(page)) == {aspect.value for aspect in Aspect}
    answer = press(browser, page, "base", htmx=True)
    assert "Still not allowed, each with a switch of its own: sensitive data, going abroad, selling" in text_of(answer)
    assert _state() is State.GIVEN
    answer = press(browser, page, "abroad", htmx=True)
    assert "You now also allow Northwind this: going abroad." in text_of(answer)
    assert {consent.aspect for consent in Consent.objects.all()} == {Aspect.BASE, Aspect.ABROAD}


@pytest.mark.clause("STO-2")
def test_a_separate_permission_without_the_use_itself_says_that_it_counts_for_nothing_yet(
    browser: Client, northwind: Partner
) -> None:
    publish("far", northwind, countries=["SG"])
    answer = press(browser, browser.get(LIST), "abroad", htmx=True)
    assert "It counts only once you allow the use itself." in text_of(answer)


@pytest.mark.clause("USE-c")
def test_what_the_policy_switches_on_is_switched_off_by_one_press_and_on_again_by_another(browser: Client) -> None:
    publish("our-news", basis="policy_opt_out")
    page = browser.get(LIST)
    assert "On by the policy. You have not objected." in text_of(page)
    assert buttons_of(page)["base"]["aria-checked"] == "true"
    page = press(browser, page, "base", htmx=True)
    assert _state() is State.WITHDRAWN
    assert "Lantern Market no longer uses this for this purpose" in text_of(page)
    page = press(browser, page, "base-undo", htmx=True)
    assert buttons_of(page)["base"]["aria-checked"] == "true"


# -- pressing too late, or what is not there -------------------------------------------------------


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("htmx", [True, False])
def test_a_press_on_what_was_changed_meanwhile_changes_nothing_and_shows_how_it_stands(
    ada: User, browser: Client, news: Purpose, northwind: Partner, htmx: bool
) -> None:
    stale = browser.get(LIST)
    decide(ada, news, Event.GIVE, northwind)
    decide(ada, news, Event.WITHDRAW, northwind)
    answer = press(browser, stale, "base", htmx=htmx)
    assert answer.status_code == 409
    assert "this choice was changed somewhere else in the meantime" in text_of(answer)
    assert _state() is State.WITHDRAWN
    assert ("<html" in text_of(answer)) is not htmx
    # What comes back is fresh: the next press counts.
    press(browser, answer, "base", htmx=htmx)
    assert _state() is State.GIVEN


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("htmx", [True, False])
def test_nobody_allows_a_text_that_they_were_not_shown(
    browser: Client, news: Purpose, northwind: Partner, htmx: bool
) -> None:
    stale = browser.get(LIST)
    publish("parcel-news", northwind, fields=["contact.email", "contact.phone"], at=timezone.now())
    answer = press(browser, stale, "base", htmx=htmx)
    assert answer.status_code == 409
    assert "the text beside this switch is not the one you were shown" in text_of(answer)
    assert not Consent.objects.exists()
    press(browser, answer, "base", htmx=htmx)
    assert Consent.objects.select_related("version").get().version.version == 2


@pytest.mark.clause("DIS-a")
def test_a_withdrawal_wins_every_race(ada: User, browser: Client, news: Purpose, northwind: Partner) -> None:
    decide(ada, news, Event.GIVE, northwind)
    stale = browser.get(LIST)
    publish("parcel-news", northwind, fields=["contact.email", "contact.phone"], at=timezone.now())
    decide(ada, news, Event.GIVE, northwind)
    assert press(browser, stale, "base", htmx=True).status_code == 200
    assert _state() is State.WITHDRAWN


@pytest.mark.clause("DIS-a")
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_no_longer_asked_can_be_withdrawn_and_is_then_gone(
    ada: User, browser: Client, news: Purpose, northwind: Partner, htmx: bool
) -> None:
    decide(ada, news, Event.GIVE, northwind)
    publish("parcel-news", a_partner("Kestrel"), at=timezone.now())
    page = browser.get(LIST)
    assert "Northwind: Parcel news" in text_of(page)
    row = f"parcel-news--{northwind.pk.hex}"
    answer = press(browser, page, "base", of=row, htmx=htmx)
    said = answer if htmx else browser.get(LIST)
    assert "Northwind can no longer read this for this purpose" in text_of(said)
    assert Consent.objects.get(recipient=northwind).state == State.WITHDRAWN
    if htmx:
        assert not buttons_of(said)
    assert "Northwind" not in text_of(browser.get(LIST))
    late = press(browser, page, "base", of=row, htmx=htmx, wanted="on")
    assert late.status_code == 409
    assert "Nothing was changed" in text_of(late)
    assert Consent.objects.get(recipient=northwind).state == State.WITHDRAWN


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    "instead",
    [{"purpose": "no-such"}, {"recipient": "00000000-0000-4000-8000-000000000000"}],
    ids=["purpose", "recipient"],
)
def test_an_unknown_purpose_or_recipient_is_not_found(
    browser: Client, news: Purpose, instead: dict[str, str], htmx: bool
) -> None:
    assert press(browser, browser.get(LIST), "base", htmx=htmx, **instead).status_code == 404
    assert not Consent.objects.exists()


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    "instead",
    [
        {"purpose": ""},
        {"purpose": "a b"},
        {"purpose": "x" * 65},
        {"recipient": "nobody"},
        {"aspect": "all"},
        {"version": "0"},
        {"version": "9" * 30},
        {"version": "one"},
        {"revision": "-1"},
        {"wanted": "everything"},
        {"wanted": "\x00"},
    ],
    ids=str,
)
def test_what_cannot_be_read_changes_nothing_and_says_so(
    browser: Client, news: Purpose, instead: dict[str, str], htmx: bool
) -> None:
    answer = press(browser, browser.get(LIST), "base", htmx=htmx, **instead)
    assert answer.status_code == 422
    assert "This could not be read, so nothing was changed." in text_of(answer)
    assert not Consent.objects.exists()
    if htmx:
        # No row to swap: the note goes to the page's own place for notes.
        assert answer["HX-Reswap"] == "none"
        assert 'id="messages" class="notes" role="status" hx-swap-oob="innerHTML"' in text_of(answer)
    else:
        assert "base" in buttons_of(answer)


def test_a_foreign_aspect_is_not_allowed_by_asking_for_it(browser: Client, news: Purpose) -> None:
    assert press(browser, browser.get(LIST), "base", aspect="sell").status_code == 409
    assert not Consent.objects.exists()


# -- finding ------------------------------------------------------------------------------------


@pytest.fixture
def many(ada: User) -> list[Purpose]:
    partners = [a_partner(f"Partner{number}") for number in range(9)]
    purposes = [publish(f"use-{partner.legal_name.lower()}", partner) for partner in partners]
    decide(ada, purposes[3], Event.GIVE, partners[3])
    return purposes


def test_a_short_list_has_no_search(browser: Client, news: Purpose) -> None:
    assert 'role="search"' not in text_of(browser.get(LIST))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "PARTNER7"}, {7}),
        ({"q": "summary of use-partner2"}, {2}),
        ({"show": "allowed"}, {3}),
        ({"show": "not-allowed"}, {0, 1, 2, 4, 5, 6, 7, 8}),
        ({"q": "partner3", "show": "not-allowed"}, set()),
        ({"q": "e-mail"}, set(range(9))),
        ({"q": "\x00"}, set(range(9))),
        ({"show": "nonsense"}, set(range(9))),
        ({"q": "x" * 101}, set(range(9))),
    ],
    ids=str,
)
def test_a_long_list_can_be_searched_and_filtered(
    browser: Client, many: list[Purpose], query: dict[str, str], shown: set[int]
) -> None:
    page = text_of(browser.get(LIST, query))
    assert {number for number in range(9) if f"Partner{number}: Parcel news" in page} == shown
    assert ("None does. Look for another word, or show all." in page) is not bool(shown)


def test_what_a_press_takes_out_of_a_filtered_list_is_said_above_it(browser: Client, many: list[Purpose]) -> None:
    page = browser.get(LIST, {"show": "allowed"})
    answer = press(browser, page, "base")
    assert answer["Location"].startswith(f"{LIST}?show=allowed#")
    assert "Partner3 can no longer read this" in text_of(browser.get(answer["Location"]))


# -- whose page it is -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["", "history/", "notice/parcel-news/", "notice/parcel-news/1/", "receipt/1/", "receipt/1.json", "accept/"]
)
def test_these_pages_are_only_for_whoever_is_logged_in(news: Purpose, page: str) -> None:
    visitor = Client(SERVER_NAME="localhost")
    answer = visitor.get(f"{LIST}{page}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/en/account/login/?next={LIST}{page}"
    assert visitor.get(f"{LIST}{page}", headers={"HX-Request": "true"}).status_code == 401


def test_nobody_presses_a_switch_without_being_logged_in(browser: Client, news: Purpose) -> None:
    page = browser.get(LIST)
    visitor = Client(SERVER_NAME="localhost")
    assert press(visitor, page, "base").status_code == 302
    assert press(visitor, page, "base", htmx=True).status_code == 401
    assert not Consent.objects.exists()


def test_no_cache_keeps_these_pages(browser: Client, news: Purpose) -> None:
    assert "no-store" in browser.get(LIST)["Cache-Control"]


@pytest.mark.clause("COO-a")
def test_what_happened_waits_for_the_next_page_in_no_cookie(browser: Client, news: Purpose) -> None:
    press(browser, browser.get(LIST), "base")
    assert set(browser.cookies) <= {"sessionid", "csrftoken"}
    assert "Northwind may now read this" in text_of(browser.get(LIST))


def test_a_press_from_another_site_is_refused(ada: User, news: Purpose) -> None:
    browser = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    browser.force_login(ada)
    page = browser.get(LIST)
    assert press(browser, page, "base", csrfmiddlewaretoken="x" * 32).status_code == 403
    assert not Consent.objects.exists()
    assert press(browser, page, "base").status_code == 302
