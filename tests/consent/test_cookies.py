"""Cookies of visitors: none before a choice, none beyond it, and none at all where none are wanted."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from consent.cookie_middleware import CookieMiddleware
from consent.cookies import CAMPAIGN, CHOICE, OPTIONAL, READING, Cookie, CookieClass, register, registers
from consent.models import CookieChoice
from privacy_app.ledger.models import Entry
from tests.consent.makers import buttons_of, text_of
from tests.consent.visitors import COOKIES, FROM_HERE, HOME, POLICY, WITH_SIGNAL, Visitor
from tests.consent.visitors import READING as READING_PAGE
from users.models import DataElement

pytestmark = pytest.mark.django_db
PERSONALISED, PROMOTIONAL = OPTIONAL
LOG_IN = "/en/account/login/"
FROM_FAIR = f"{HOME}?from=spring-fair"


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def _asks(page: Any) -> bool:
    return 'id="cookies-question"' in page.content.decode()


# -- the register -------------------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
def test_every_cookie_stands_on_the_page_with_what_it_is_for(visitor: Visitor) -> None:
    page = text_of(visitor.get(COOKIES))
    assert {"cookie_choice", "sessionid", "csrftoken", "reading", "campaign", "released-en"} <= {
        cookie.name for cookie in register()
    }
    for cookie in register():
        assert cookie.name in page
        assert str(cookie.purpose) in page
        assert f"#{cookie.clause}" in page
        assert (f"{cookie.days} days" if cookie.lasts else str(cookie.until)) in page


@pytest.mark.clause("COO-c")
def test_what_cookies_gather_is_held_no_longer_than_they_last() -> None:
    gathering = [cookie for cookie in register() if cookie.element]
    assert {cookie.cookie_class for cookie in gathering} == set(OPTIONAL)
    for cookie in gathering:
        assert DataElement.objects.get(pk=cookie.element).retention_days == cookie.days


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="already"):
        registers(Cookie(CHOICE, CookieClass.NECESSARY, "Another.", "COO-a"))


@pytest.mark.clause("COO-a")
@pytest.mark.parametrize(
    ("name", "chosen"),
    [("tracker", OPTIONAL), (READING, ()), (CAMPAIGN, (PERSONALISED,))],
    ids=["unknown", "not chosen", "another class"],
)
@pytest.mark.parametrize("path", [HOME, "/api/v1/docs"])
def test_a_cookie_that_may_not_be_set_does_not_leave(
    name: str, chosen: tuple[CookieClass, ...], path: str, refused_cookies: list[str], visitor: Visitor
) -> None:
    def careless(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("")
        answer.set_cookie(name, "42")
        answer.set_cookie("sessionid", "43")
        return answer

    visitor.remembers(*chosen)
    request = RequestFactory().get(path, headers={"cookie": f"{CHOICE}={visitor.jar[CHOICE]}"})
    answer = CookieMiddleware(careless)(request)
    assert set(answer.cookies) == {"sessionid"}
    assert refused_cookies == [name]
    refused_cookies.clear()


# -- before a choice ------------------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
@pytest.mark.parametrize("address", [HOME, POLICY, "/en/agreement/", COOKIES, READING_PAGE, "/en/nothing/", FROM_FAIR])
def test_before_a_choice_public_pages_set_no_cookie(visitor: Visitor, address: str) -> None:
    visitor.get(address)
    assert visitor.jar == {}


@pytest.mark.clause("COO-a")
def test_before_a_choice_log_in_sets_only_what_is_strictly_necessary(visitor: Visitor) -> None:
    visitor.get(LOG_IN)
    visitor.get("/en/account/signup/?from=poster")
    assert set(visitor.jar) <= {"csrftoken", "sessionid"}


@pytest.mark.clause("COO-b")
def test_refusing_stands_beside_accepting_and_looks_the_same(visitor: Visitor) -> None:
    page = visitor.get(POLICY).content.decode()
    found = re.findall(r'<button type="submit" class="([^"]+)" name="choice" value="(\w+)">', page)
    assert [value for _, value in found] == ["necessary", "all"]
    assert len({look for look, _ in found}) == 1


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize("address", [HOME, POLICY, LOG_IN, "/en/nothing/", "/zh-hans/policy/"])
def test_the_question_and_the_way_to_change_its_answer_are_on_every_page(visitor: Visitor, address: str) -> None:
    page = visitor.get(address)
    assert _asks(page)
    assert f'href="/{address.split("/")[1]}/cookies/"' in text_of(page)
    visitor.remembers()
    page = visitor.get(address)
    assert not _asks(page)
    assert f'href="/{address.split("/")[1]}/cookies/"' in text_of(page)


# -- a choice -------------------------------------------------------------------------------------------


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize(
    ("choice", "ticked", "allowed"),
    [
        ("necessary", (), "necessary"),
        ("necessary", OPTIONAL, "necessary"),
        ("all", (), "personalised+promotional"),
        ("chosen", (), "necessary"),
        ("chosen", (PERSONALISED,), "personalised"),
        ("chosen", (PROMOTIONAL,), "promotional"),
        ("chosen", OPTIONAL, "personalised+promotional"),
    ],
)
def test_one_press_is_remembered_in_one_cookie(
    visitor: Visitor, choice: str, ticked: tuple[CookieClass, ...], allowed: str
) -> None:
    answer = visitor.press(choice, *ticked, next=f"{POLICY}?a=b")
    assert (answer.status_code, answer["Location"]) == (302, f"{POLICY}?a=b&cookies=kept")
    assert set(visitor.jar) == {CHOICE}
    assert visitor.jar[CHOICE].split(".")[1] == allowed
    morsel = answer.cookies[CHOICE]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Lax", "/")
    assert morsel["max-age"] == 180 * 24 * 3600
    page = visitor.get(answer["Location"])
    assert "Your choice is kept" in text_of(page)
    assert not _asks(visitor.get(POLICY))


@pytest.mark.clause("COO-b")
def test_nothing_about_a_visitors_choice_is_kept_on_the_server(visitor: Visitor) -> None:
    before = Entry.objects.count()
    visitor.press("all")
    visitor.get(FROM_FAIR)
    visitor.press("none")
    assert (CookieChoice.objects.count(), Entry.objects.count()) == (0, before)


@pytest.mark.clause("COO-b")
def test_a_choice_is_asked_for_again_after_its_time(visitor: Visitor) -> None:
    visitor.remembers(*OPTIONAL, ago=timedelta(days=181))
    visitor.cookies[READING] = "large.dark"
    page = visitor.get(HOME)
    assert _asks(page)
    assert READING not in visitor.jar
    assert "data-text" not in text_of(page)


@pytest.mark.clause("COO-a")
def test_a_campaign_is_remembered_once_promotional_cookies_are_allowed(visitor: Visitor) -> None:
    assert f'value="{FROM_FAIR}"' in text_of(visitor.get(FROM_FAIR))
    visitor.press("chosen", PERSONALISED, next=FROM_FAIR)
    visitor.get(FROM_FAIR)
    assert CAMPAIGN not in visitor.jar
    back = visitor.press("all", next=FROM_FAIR)["Location"]
    visitor.get(back)
    assert visitor.jar[CAMPAIGN] == "spring-fair"
    visitor.get(f"{HOME}?from=poster")
    assert visitor.jar[CAMPAIGN] == "spring-fair"


@pytest.mark.clause("COO-a")
@pytest.mark.parametrize("campaign", ["", "nobody-knows", "spring-fair' OR 1=1", "a" * 5000, "poster\x00"])
def test_a_campaign_that_is_none_of_ours_is_not_remembered(visitor: Visitor, campaign: str) -> None:
    visitor.remembers(*OPTIONAL)
    assert visitor.get(HOME, {"from": campaign}).status_code == 200
    assert CAMPAIGN not in visitor.jar


@pytest.mark.clause("COO-b")
def test_refusing_later_deletes_what_was_set(visitor: Visitor) -> None:
    visitor.press("all")
    visitor.get(FROM_FAIR)
    visitor.read_as("large", "dark")
    assert set(visitor.jar) == {CHOICE, CAMPAIGN, READING}
    visitor.press("chosen", PERSONALISED)
    assert set(visitor.jar) == {CHOICE, READING}
    visitor.press("necessary")
    assert set(visitor.jar) == {CHOICE}


# -- how somebody reads ------------------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
def test_text_size_and_colours_are_remembered_where_personalised_cookies_are_allowed(visitor: Visitor) -> None:
    visitor.remembers(PERSONALISED)
    assert "Allow personalised cookies" not in text_of(visitor.get(READING_PAGE))
    assert visitor.read_as("large", "dark", next=POLICY)["Location"] == POLICY
    assert '<html lang="en" data-text="large" data-colours="dark">' in text_of(visitor.get(POLICY))
    visitor.read_as("normal", "device")
    assert READING not in visitor.jar
    visitor.cookies[READING] = '"><script>'
    assert "<script>" not in text_of(visitor.get(POLICY)).partition("<head>")[0]


@pytest.mark.clause("COO-a")
def test_to_remember_how_one_reads_allows_just_that(visitor: Visitor) -> None:
    assert "Allow personalised cookies and keep it" in text_of(visitor.get(READING_PAGE))
    visitor.read_as("larger", "light")
    assert visitor.jar[READING] == "larger.light"
    assert visitor.jar[CHOICE].split(".")[1] == "personalised"
    stranger = Visitor()
    stranger.read_as("normal", "device")
    assert stranger.jar == {}


def test_the_way_leads_back_to_the_page_before(visitor: Visitor) -> None:
    came_from = {"referer": f"http://localhost{POLICY}?a=b"}
    assert f'name="next" value="{POLICY}?a=b"' in text_of(visitor.get(READING_PAGE, headers=came_from))
    for elsewhere in ("http://evil.example/en/", "http://[", "evil"):
        assert "evil" not in text_of(visitor.get(READING_PAGE, headers={"referer": elsewhere}))


@pytest.mark.parametrize(("size", "colours"), [("huge", "dark"), ("", ""), ("large", "\x00")])
def test_a_size_that_there_is_not_is_refused_beside_the_field(visitor: Visitor, size: str, colours: str) -> None:
    answer = visitor.read_as(size, colours)
    assert answer.status_code == 422
    assert "errorlist" in text_of(answer)
    assert visitor.jar == {}


# -- Global Privacy Control ----------------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
def test_the_signal_keeps_promotional_cookies_off_though_all_are_accepted() -> None:
    visitor = Visitor(**WITH_SIGNAL)
    page = text_of(visitor.get(FROM_FAIR))
    assert "Your browser sends Global Privacy Control" in page
    assert "Accept all but promotional" in page
    visitor.press("all", next=FROM_FAIR, **FROM_HERE)
    visitor.get(FROM_FAIR)
    assert set(visitor.jar) == {CHOICE}
    assert visitor.jar[CHOICE].split(".")[1] == "personalised"
    assert "Global Privacy Control is honoured" in text_of(visitor.get(COOKIES))


@pytest.mark.clause("COO-a")
def test_the_signal_yields_to_promotional_cookies_chosen_by_name() -> None:
    visitor = Visitor(**WITH_SIGNAL)
    visitor.press("chosen", PROMOTIONAL)
    visitor.get(FROM_FAIR)
    assert set(visitor.jar) == {CHOICE, CAMPAIGN}
    assert "You allowed promotional cookies by name all the same" in text_of(visitor.get(COOKIES))
    visitor.press("necessary")
    assert set(visitor.jar) == {CHOICE}


@pytest.mark.clause("COO-a")
def test_a_signal_that_comes_after_the_choice_turns_promotional_cookies_off(visitor: Visitor) -> None:
    visitor.press("chosen", *OPTIONAL)
    visitor.get(FROM_FAIR)
    assert CAMPAIGN in visitor.jar
    page = visitor.get(COOKIES, headers=WITH_SIGNAL)
    assert set(visitor.jar) == {CHOICE}
    assert "promotional cookies are off" in text_of(page)


@pytest.mark.clause("COO-a")
def test_that_the_signal_is_honoured_is_said_where_the_standard_looks_for_it(visitor: Visitor) -> None:
    answer = visitor.get("/.well-known/gpc.json")
    assert answer["Content-Type"] == "application/json"
    found = answer.json()
    assert found["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["lastUpdate"])
    assert visitor.post("/.well-known/gpc.json").status_code == 405


# -- no cookies at all -----------------------------------------------------------------------------------------


@pytest.mark.clause("COO-b")
def test_no_cookies_at_all_deletes_everything_and_lives_in_the_address(visitor: Visitor) -> None:
    visitor.press("all")
    visitor.get(FROM_FAIR)
    visitor.read_as("large", "dark")
    visitor.get(LOG_IN)
    answer = visitor.press("none", next=POLICY)
    assert answer["Clear-Site-Data"] == '"cookies"'
    assert answer["Location"] == f"{POLICY}?cookies=none"
    assert visitor.jar == {}
    page = visitor.get(answer["Location"])
    assert "No cookies, as you chose" in text_of(page)
    assert not _asks(page)
    assert page["X-Robots-Tag"] == "noindex"


@pytest.mark.clause("COO-b")
def test_the_way_without_cookies_goes_on_from_link_to_link_in_both_languages(visitor: Visitor) -> None:
    seen, waiting = set(), [f"{HOME}?cookies=none"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        page = visitor.get(address)
        if page.status_code == 302:
            waiting += {page["Location"]} - seen
            continue
        assert not _asks(page), address
        links = re.findall(r'<a\b[^>]*href="([^"]*)"', page.content.decode())
        own = {link.replace("&amp;", "&").partition("#")[0] for link in links if link.startswith("/")}
        own -= {"/api/v1/docs"}
        assert all("cookies=none" in link for link in own), address
        waiting += {link for link in own if "next=" not in link and "/source" not in link} - seen
    assert visitor.jar == {}
    assert {f"{POLICY}?cookies=none", "/zh-hans/policy/?cookies=none", f"{LOG_IN}?cookies=none"} <= seen


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize("address", ["account/login/", "account/signup/", "account/password/reset/", "me/data/"])
def test_where_cookies_are_needed_the_page_says_which_and_offers_just_those(visitor: Visitor, address: str) -> None:
    page = visitor.get(f"/en/{address}?cookies=none", follow=True)
    assert page.status_code == 200
    words = text_of(page)
    assert "Logging in or signing up is not possible" in words
    for name in ("cookie_choice", "sessionid", "csrftoken"):
        assert name in words
    assert visitor.jar == {}
    assert "password" not in buttons_of(page)
    match = re.search(r'name="next" value="([^"]+)"', words)
    assert match and "cookies=none" not in match[1]
    back = visitor.press("necessary", next=match[1].replace("&amp;", "&"))
    assert set(visitor.jar) == {CHOICE}
    form = visitor.get(back["Location"])
    assert 'type="password"' in form.content.decode() or "password/reset" in address


@pytest.mark.clause("COO-b")
def test_a_browser_that_keeps_no_cookie_is_told_so_and_is_sent_round_in_no_circle(visitor: Visitor) -> None:
    back = visitor.press("necessary", next=LOG_IN)["Location"]
    visitor.cookies.clear()
    page = visitor.get(back)
    assert page.status_code == 200
    assert "your browser did not keep them" in text_of(page)
    assert visitor.jar == {}
    assert "Your browser did not keep your choice" in text_of(visitor.get(f"{POLICY}?cookies=kept"))


@pytest.mark.clause("COO-b")
def test_an_address_without_cookies_takes_nothing_from_whoever_has_some(visitor: Visitor) -> None:
    visitor.remembers(*OPTIONAL)
    page = visitor.get(f"{POLICY}?cookies=none")
    assert set(visitor.jar) == {CHOICE}
    assert "No cookies, as you chose" not in text_of(page)
    assert 'href="/en/?cookies=none"' not in text_of(page)


# -- where the choice comes from ----------------------------------------------------------------------------------


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost"},
        # A page that keeps its referrer to itself withholds its origin, too.
        {"sec-fetch-site": "same-origin", "origin": "null"},
    ],
)
def test_a_choice_from_a_page_of_this_site_is_taken_without_any_cookie(visitor: Visitor, headers: Any) -> None:
    assert visitor.press("all", **headers).status_code == 302
    assert set(visitor.jar) == {CHOICE}


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize(
    "headers",
    [
        {"referer": "http://localhost/en/"},
        {"origin": "https://evil.example"},
        {"origin": "https://localhost"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://localhost"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ],
)
def test_a_choice_from_elsewhere_is_refused_in_words_and_changes_nothing(visitor: Visitor, headers: Any) -> None:
    visitor.remembers(PERSONALISED)
    before = dict(visitor.jar)
    for answer in (visitor.press("none", **headers), visitor.read_as("large", "dark", **headers)):
        assert answer.status_code == 403
        assert "did not come from a page of this site" in text_of(answer)
        assert "Clear-Site-Data" not in answer
    assert visitor.jar == before


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"choice": "everything"},
        {"choice": ""},
        {"choice": "chosen", "classes": ["personalised", "delicious"]},
        {"choice": "chosen", "classes": ["necessary"]},
        {"choice": "chosen", "classes": ["\x00"] * 900},
        {"choice": "a" * 100_000},
    ],
)
def test_a_choice_that_there_is_not_is_refused_in_words_and_changes_nothing(visitor: Visitor, form: Any) -> None:
    visitor.remembers(PERSONALISED)
    before = dict(visitor.jar)
    answer = visitor.post(COOKIES, form, headers=FROM_HERE)
    assert answer.status_code == 422
    assert "this names a choice that there is not" in text_of(answer)
    assert visitor.jar == before


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "evil",
        "\n//evil.example",
        "/" + "a" * 3000,
        "http://localhost/en/",
        "/\t/evil.example",
    ],
)
def test_a_choice_leads_to_pages_of_this_site_alone(visitor: Visitor, wanted: str) -> None:
    location = visitor.press("necessary", next=wanted)["Location"]
    assert location.startswith("/en/")
    assert "evil" not in location


def test_ten_thousand_cookies_are_answered_and_only_ours_are_deleted(visitor: Visitor) -> None:
    crowd = "; ".join(f"c{number}={number}" for number in range(10_000))
    answer = visitor.get(COOKIES, headers={"cookie": f"{crowd}; reading=large.dark"})
    assert answer.status_code == 200
    assert set(answer.cookies) == {READING}
    answer = visitor.post(COOKIES, {"choice": "none"}, headers={**FROM_HERE, "cookie": f"{crowd}; reading=large.dark"})
    assert set(answer.cookies) == {READING}


# -- caches ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("COO-b")
@pytest.mark.parametrize(
    "address", [HOME, POLICY, "/en/policy/1/", "/en/agreement/1/", COOKIES, LOG_IN, "/en/nothing/"]
)
def test_no_cache_answers_one_visitor_with_the_choice_of_another(visitor: Visitor, address: str) -> None:
    answer = visitor.get(address)
    directives = {part.strip() for part in answer["Cache-Control"].split(",")}
    assert "private" in directives and directives & {"no-cache", "no-store"}
    assert {"Cookie", "Sec-GPC"} <= {part.strip() for part in answer["Vary"].split(",")}


def test_the_bytes_of_a_version_hold_no_question_and_may_be_kept(visitor: Visitor) -> None:
    assert "public" in visitor.get("/en/policy/1/source")["Cache-Control"]


# -- the margin of the policy -----------------------------------------------------------------------------------------


@pytest.mark.clause("COO-a")
@pytest.mark.clause("COO-b")
def test_the_margin_says_what_holds_for_this_reader_now(visitor: Visitor) -> None:
    assert "Refusing is one press, as accepting is." in text_of(visitor.get(POLICY))
    assert "You have not chosen. Your browser sends Global" in text_of(visitor.get(POLICY, headers=WITH_SIGNAL))
    assert "none will be set" in text_of(visitor.get(f"{POLICY}?cookies=none"))
    visitor.remembers(*OPTIONAL)
    assert "You allowed personalised and promotional cookies." in text_of(visitor.get(POLICY))
    held_back = text_of(visitor.get(POLICY, headers=WITH_SIGNAL))
    assert "It is honoured: promotional cookies are off." in held_back
    assert "You allowed personalised cookies, and no promotional ones." in held_back


def test_the_time_of_a_choice_is_shown(visitor: Visitor) -> None:
    visitor.remembers()
    assert timezone.localtime().strftime("%B %Y") in text_of(visitor.get(COOKIES))
