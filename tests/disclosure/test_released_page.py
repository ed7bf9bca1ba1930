"""An authority's page at the address of its link: explains on a look, shows on a press, in one browser, and leaves no trace."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
import structlog
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from disclosure.models import AccessLink, Filing, Opening
from disclosure.services import filings
from disclosure.services.openings import issue_link, token_of
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.logs import TaskErrors
from tests.disclosure.matters import PHONE_NUMBER, granted_demand, now, with_phone
from tests.users.makers import ADA, text_of
from users.models import Freeze, LoginSession, User
from users.services.freezing import freeze
from users.services.quotas import LINK_TRIES_PER_MINUTE

pytestmark = [pytest.mark.django_db, pytest.mark.clause("DIS-c")]


class Released:
    """A court's demand for Ada's data that was approved, with its link."""

    def __init__(self) -> None:
        self.person: User = with_phone(ADA)
        self.filing: Filing
        self.filing, self.staff = granted_demand(self.person)
        self.link: AccessLink = issue_link(self.filing, by=self.staff[1], at=now())

    def address(self, language: str = "en") -> str:
        return f"/{language}/released/{token_of(self.link)}/"


@pytest.fixture
def released(db: None) -> Released:
    return Released()


@pytest.fixture
def court() -> Client:
    """The browser of the authority; it sends what a browser that keeps the referrer to itself sends."""
    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True, headers={"origin": "null"})


def test_a_look_says_who_what_for_and_until_when_and_shows_nothing(released: Released, court: Client) -> None:
    answer = court.get(released.address())
    page = text_of(answer)
    assert answer.status_code == 200
    assert "For Harbour Court" in page
    assert "Your demand: court order 2026-17." in page
    assert "E-mail address, Telephone number" in page
    assert "Can be opened until" in page
    assert page.count("<button") == 1 + page.count('<form method="get"') == 1
    assert ADA not in page and PHONE_NUMBER not in page


def test_scanners_of_mail_that_look_at_it_consume_nothing(released: Released, court: Client) -> None:
    scanner = Client(SERVER_NAME="localhost")
    for method in (scanner.get, scanner.head, scanner.get):
        assert method(released.address()).status_code == 200
    released.link.refresh_from_db()
    assert released.link.browser_hash is None
    assert not Entry.objects.filter(kind__startswith="filing.open").exists()
    court.get(released.address())
    assert court.post(released.address()).status_code == 200


def test_the_press_shows_what_is_permitted_and_again_as_often_as_is_pressed(released: Released, court: Client) -> None:
    court.get(released.address())
    for number in (1, 2):
        page = text_of(court.post(released.address()))
        assert f"<dt>E-mail address</dt><dd>{ADA} " in page
        assert f"<dt>Telephone number</dt><dd>{PHONE_NUMBER} " in page
        assert Opening.objects.count() == number
    assert "Only this browser opens it." in text_of(court.get(released.address()))
    assert Entry.objects.filter(kind="filing.opened", actor="authority").count() == 2


@pytest.mark.clause("COO-a")
def test_the_browser_is_known_by_one_strictly_necessary_cookie_that_lives_at_this_address_alone(
    released: Released, court: Client
) -> None:
    cookies = court.get(released.address()).cookies
    assert set(cookies) == {"released-en", "released-zh-hans"}
    assert len({morsel.value for morsel in cookies.values()}) == 1
    for language, morsel in (("en", cookies["released-en"]), ("zh-hans", cookies["released-zh-hans"])):
        assert morsel["path"] == released.address(language)
        assert (morsel["httponly"], morsel["samesite"]) == (True, "Lax")
        assert len(morsel.value) >= 40
    assert not court.get(released.address()).cookies
    answer = court.post(released.address())
    assert not answer.cookies
    assert not LoginSession.objects.exists()
    # The other language is the same browser.
    assert court.post(released.address("zh-hans")).status_code == 200


def test_another_browser_is_refused_whether_it_looks_or_presses(released: Released, court: Client) -> None:
    other = Client(SERVER_NAME="localhost")
    other.get(released.address())
    court.get(released.address())
    court.post(released.address())
    for method in (other.get, other.post, Client(SERVER_NAME="localhost").get):
        answer = method(released.address())
        assert answer.status_code == 403
        page = text_of(answer)
        assert "opens in that one only" in page
        assert ADA not in page and "Harbour Court" not in page
    assert Opening.objects.count() == 1


def test_a_browser_that_keeps_no_cookie_opens_nothing_and_shuts_nobody_out(released: Released, court: Client) -> None:
    answer = Client(SERVER_NAME="localhost").post(released.address())
    assert answer.status_code == 403
    assert "Your browser did not keep the one cookie" in text_of(answer)
    released.link.refresh_from_db()
    assert released.link.browser_hash is None
    court.get(released.address())
    assert court.post(released.address()).status_code == 200


@pytest.mark.parametrize("end", ["revoked", "replaced", "expired"])
def test_a_link_that_is_over_says_so(released: Released, court: Client, end: str) -> None:
    court.get(released.address())
    assert court.post(released.address()).status_code == 200
    if end == "revoked":
        filings.revoke(released.filing, shown=1, reason="A mistake", by=released.staff[1], at=now())
    elif end == "replaced":
        issue_link(released.filing, by=released.staff[1], at=now())
    else:
        later = now() - timedelta(seconds=1)
        AccessLink.objects.update(created_at=later - timedelta(days=1), expires_at=later)
    for method in (court.get, court.post):
        answer = method(released.address())
        assert answer.status_code == 410
        assert "Nothing can be opened with it any more." in text_of(answer)
        assert ADA not in text_of(answer)
    assert Opening.objects.count() == 1


def test_what_is_denied_at_that_moment_is_refused_without_saying_why(released: Released, court: Client) -> None:
    court.get(released.address())
    freeze(released.person, cause=Freeze.Cause.REQUEST, by=SYSTEM, at=now())
    answer = court.post(released.address())
    assert answer.status_code == 403
    page = text_of(answer)
    assert "At this moment nothing may be disclosed." in page
    assert ADA not in page and "frozen" not in page
    assert Entry.objects.filter(kind="filing.opening_refused").count() == 1


@pytest.mark.parametrize("wrong", ["a", "a" * 300, "x:y:z", "%00", "AAAA:BBBB:CCCC"])
def test_an_address_that_was_never_given_out_is_found_nowhere(released: Released, court: Client, wrong: str) -> None:
    for method in (court.get, court.post):
        answer = method(f"/en/released/{wrong}/")
        assert answer.status_code == 404
        assert "There is no such link." in text_of(answer)
        assert not answer.cookies


@pytest.mark.clause("SEC-a")
def test_no_page_at_this_address_is_kept_indexed_or_told_to_others(released: Released, court: Client) -> None:
    answers = [
        court.get(released.address()),
        court.post(released.address()),
        court.get("/en/released/wrong/"),
        Client(SERVER_NAME="localhost").post(released.address()),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 403]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert '<meta name="robots" content="noindex' in text_of(answer)


def test_too_many_tries_are_put_off(released: Released, court: Client) -> None:
    statuses = [court.get("/en/released/wrong/").status_code for _ in range(LINK_TRIES_PER_MINUTE)]
    assert set(statuses) == {404}
    answer = court.get(released.address())
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert "too many tries" in text_of(answer)
    # From elsewhere it goes on.
    assert court.get(released.address(), REMOTE_ADDR="192.0.2.7").status_code == 200


def test_where_tries_cannot_be_counted_the_link_opens_all_the_same(
    released: Released, court: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise RedisError

    monkeypatch.setattr(cache, "add", away)
    court.get(released.address())
    assert court.post(released.address()).status_code == 200


# -- logs --------------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Every line as the handler of this installation writes it."""
    factory = cast("dict[str, Any]", settings.LOGGING["formatters"])["structured"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=factory["processor"], foreign_pre_chain=factory["foreign_pre_chain"]
    )
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler = Lines()
    handler.addFilter(TaskErrors())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.clause("SEC-a")
def test_no_log_names_the_secret_of_a_link_whatever_becomes_of_it(
    released: Released, court: Client, written: list[str]
) -> None:
    token = token_of(released.link)
    court.get(released.address())
    court.post(released.address())
    Client(SERVER_NAME="localhost").get(released.address())  # 403
    filings.revoke(released.filing, shown=1, reason="A mistake", by=released.staff[1], at=now())
    court.get(released.address())  # 410
    court.get(f"/en/released/{token}x/")  # 404
    court.put(released.address())  # 405
    court.get(f"/released/{token}/further/")
    assert len([line for line in written if "/released/…" in line]) >= 4
    assert not any(token[:20] in line for line in written)
