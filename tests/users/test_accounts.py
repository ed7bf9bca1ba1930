"""Accounts from sign-up to the second lock: who learns what, what is kept and how, and what ends what."""

import base64
import re
import time
import zlib
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from consent.models import Acceptance, Consent
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.outbox.delivery import deliver_next
from privacy_app.outbox.models import Message
from tests.users.makers import ADA, BEN, PASSWORD, browser_of, someone, text_of
from users.models import LoginSession, PersonalDataItem, User
from users.queries import find_people
from users.services.items import read
from users.services.people import bring_in

pytestmark = pytest.mark.django_db

LOG_IN, SIGN_UP, RESET = "/en/account/login/", "/en/account/signup/", "/en/account/password/reset/"
ADDRESSES, ADD_APP = "/en/account/email/", "/en/account/2fa/totp/activate/"
ANOTHER_PASSWORD = "a short walk up the hill"


def a_browser() -> Client:
    return Client(SERVER_NAME="localhost")


def _sign_up(browser: Client, email: str = ADA, **changed: str) -> Any:
    return browser.post(SIGN_UP, {"email": email, "password1": PASSWORD, "accept": "on", **changed})


def _log_in(browser: Client, email: str = ADA, password: str = PASSWORD) -> Any:
    return browser.post(LOG_IN, {"login": email, "password": password})


def _vouched() -> Client:
    """A browser whose owner has just typed the password once more."""
    browser = a_browser()
    _log_in(browser)
    answer = browser.post("/en/account/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302
    return browser


def _twice(password: str) -> dict[str, str]:
    return {"password1": password, "password2": password}


def _delivered() -> list[mail.EmailMessage]:
    """Deliver what waits in the outbox; all mail so far."""
    while deliver_next(now=timezone.now()):
        pass
    return mail.outbox


def _link(message: mail.EmailMessage) -> str:
    """The first address in a mail, without its host."""
    found = re.search(r"http://[^/]+(/\S+)", str(message.body))
    assert found
    return found[1]


def _newest_link_to(address: str) -> str:
    """The link in the last mail to an address that holds one to act on."""
    return next(
        link
        for message in reversed(_delivered())
        if message.to == [address] and re.search(r"/key/|/confirm-email/", link := _link(message))
    )


def _is_in(browser: Client) -> bool:
    return browser.get("/en/me/").status_code == 200


# -- signing up ---------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_whoever_signs_up_confirms_the_address_by_mail_and_can_then_log_in() -> None:
    browser = a_browser()
    assert _sign_up(browser)["Location"] == "/en/account/confirm-email/"
    assert not _is_in(browser)
    (message,) = _delivered()
    assert message.to == [ADA]
    assert message.subject == "One step left to your account with Lantern Market"
    assert "Signing up gave no consent to any purpose." in str(message.body)
    page = text_of(browser.get(_link(message)))
    assert ADA in page
    assert not EmailAddress.objects.get().verified
    browser.post(_link(message))
    assert EmailAddress.objects.get().verified
    elsewhere = a_browser()
    assert _log_in(elsewhere)["Location"] == "/en/me/"
    assert _is_in(elsewhere)


@pytest.mark.clause("SEC-a")
def test_without_confirming_nobody_gets_in_and_the_link_is_sent_again() -> None:
    _sign_up(a_browser())
    _delivered()
    browser = a_browser()
    assert _log_in(browser)["Location"] == "/en/account/confirm-email/"
    assert not _is_in(browser)


@pytest.mark.clause("PRE-4")
@pytest.mark.clause("PRE-5")
def test_signing_up_is_one_acceptance_of_agreement_and_policy_and_no_consent() -> None:
    _sign_up(a_browser())
    acceptance = Acceptance.objects.get()
    assert acceptance.person.email == ADA
    assert not Consent.objects.exists()
    kinds = list(Entry.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds.count("agreement.accepted") == 1
    assert not any(kind.startswith("consent.") for kind in kinds)
    entry = Entry.objects.get(kind="agreement.accepted")
    assert entry.body["agreement_version"] == acceptance.agreement.version
    assert entry.body["policy_version"] == acceptance.agreement.policy.version


@pytest.mark.clause("PRE-4")
def test_without_the_tick_there_is_no_account_and_what_was_typed_stays() -> None:
    answer = _sign_up(a_browser(), accept="")
    page = text_of(answer)
    assert "Without accepting the agreement there can be no account." in page
    assert f'value="{ADA}"' in page
    assert not User.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "nobody at home"},
        {"password1": "short"},
        {"password1": "1234567890"},
        {"email": f"{'a' * 300}@x.example"},
    ],
)
def test_a_sign_up_that_cannot_be_is_explained_and_leaves_nothing(changed: dict[str, str]) -> None:
    answer = a_browser().post(SIGN_UP, {"email": ADA, "password1": PASSWORD, "accept": "on", **changed})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.clause("SEC-a")
def test_the_outbox_names_a_template_and_an_id_never_an_address_or_a_link() -> None:
    _sign_up(a_browser())
    address = EmailAddress.objects.get()
    message = Message.objects.get()
    assert message.payload == {"template": "account/email/email_confirmation_signup", "address": address.pk}


@pytest.mark.clause("SEC-a")
def test_a_password_is_kept_as_argon2() -> None:
    _sign_up(a_browser())
    assert User.objects.get().password.startswith("argon2$argon2id$")


# -- nobody learns who has an account -----------------------------------------------------------


def _as_seen(answer: Any, *addresses: str) -> tuple[int, str, str]:
    """A page without what differs anyway: the form's mark and the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text_of(answer))
    for address in addresses:
        text = text.replace(address, "…")
    return answer.status_code, answer.get("Location", ""), text


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("path", ["sign-up", "reset", "log-in"])
def test_a_known_and_an_unknown_address_get_the_same_answer(path: str) -> None:
    someone(ADA)
    seen = []
    for address in (ADA, "nobody@lantern.example"):
        browser = a_browser()
        match path:
            case "sign-up":
                answer = _sign_up(browser, address)
            case "reset":
                answer = browser.post(RESET, {"email": address})
            case _:
                answer = _log_in(browser, address, "a wrong password")
        following = browser.get(answer["Location"]) if answer.status_code == 302 else answer
        cookies = {name: (cookie["max-age"], cookie["path"]) for name, cookie in browser.cookies.items()}
        seen.append((_as_seen(answer, address), _as_seen(following, address), cookies))
    assert seen[0] == seen[1]


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed, which is what takes the time."""

    algorithm = "counting"
    count: ClassVar[int] = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)


@pytest.fixture
def counting_hasher(settings: Settings) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [f"{__name__}.{CountingHasher.__name__}", *settings.PASSWORD_HASHERS]
    yield
    CountingHasher.count = 0


@pytest.mark.clause("SEC-a")
def test_a_sign_up_hashes_a_password_whether_or_not_the_address_is_known(counting_hasher: None) -> None:
    someone(ADA)
    counts = []
    for address in (ADA, BEN):
        CountingHasher.count = 0
        _sign_up(a_browser(), address)
        counts.append(CountingHasher.count)
    assert counts[0] == counts[1] > 0


@pytest.mark.clause("SEC-a")
def test_the_owner_of_a_known_address_is_told_and_nothing_else_changes() -> None:
    person = someone(ADA)
    _sign_up(a_browser(), ADA.upper(), password1=ANOTHER_PASSWORD)
    (message,) = _delivered()
    assert (message.to, message.subject) == ([ADA], "You already have an account with Lantern Market")
    assert User.objects.get() == person
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.clause("SEC-a")
def test_nobody_without_an_account_gets_mail() -> None:
    a_browser().post(RESET, {"email": "nobody@lantern.example"})
    assert _delivered() == []


# -- passwords -------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once_and_ends_all_log_ins() -> None:
    person = someone()
    elsewhere = browser_of(person)
    browser = a_browser()
    browser.post(RESET, {"email": ADA})
    link = _newest_link_to(ADA)
    form = browser.get(link, follow=True)
    answer = browser.post(form.request["PATH_INFO"], _twice(ANOTHER_PASSWORD))
    assert answer.status_code == 302
    assert _is_in(browser)
    assert not _is_in(elsewhere)
    assert LoginSession.objects.filter(person=person).count() == 1
    assert "This link no longer works" in text_of(a_browser().get(link, follow=True))
    assert "Your password was set anew" in {message.subject for message in _delivered()}
    assert _log_in(a_browser(), password=PASSWORD).status_code == 200
    assert _log_in(a_browser(), password=ANOTHER_PASSWORD)["Location"] == "/en/me/"


@pytest.mark.clause("SEC-a")
def test_a_changed_password_ends_every_other_log_in_and_is_notified() -> None:
    person = someone()
    browser, elsewhere = a_browser(), browser_of(person)
    _log_in(browser)
    answer = browser.post("/en/account/password/change/", {"oldpassword": PASSWORD, **_twice(ANOTHER_PASSWORD)})
    assert answer.status_code == 302
    assert _is_in(browser)
    assert not _is_in(elsewhere)
    assert LoginSession.objects.filter(person=person).count() == 1
    assert Entry.objects.get(kind="login.ended").body == {"count": 1}
    assert [message.subject for message in _delivered()] == ["Your password was changed"]


@pytest.mark.clause("SEC-a")
def test_many_wrong_passwords_are_slowed_down() -> None:
    someone()
    browser = a_browser()
    for _ in range(5):
        _log_in(browser, password="a wrong password")
    assert "Too many failed login attempts" in text_of(_log_in(browser))
    assert not _is_in(browser)


# -- addresses -------------------------------------------------------------------------------------


def _held_address(person: User) -> str | None:
    (reading,) = read(PersonalDataItem.objects.filter(person=person, element="contact.email"), at=timezone.now())
    return reading.value


def _found(address: str) -> list[Any]:
    return list(find_people([("email", address)]).values())


@pytest.mark.clause("SEC-a")
def test_a_new_address_counts_once_confirmed_is_held_once_main_and_finds_nobody_once_removed() -> None:
    person, new = someone(), "ada.lin@lantern.example"
    browser = _vouched()
    browser.post(ADDRESSES, {"email": new, "action_add": ""})
    assert _found(new) == []
    browser.post(_newest_link_to(new))
    assert _found(new) == [person.pk]
    assert _held_address(person) == ADA
    browser.post(ADDRESSES, {"email": new, "action_primary": ""})
    assert _held_address(person) == new
    browser.post(ADDRESSES, {"email": ADA, "action_remove": ""})
    assert _found(ADA) == []
    assert _log_in(a_browser(), new)["Location"] == "/en/me/"
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"address.confirmed", "address.removed"} <= kinds


@pytest.mark.clause("SEC-a")
def test_who_confirms_an_address_has_it_and_who_only_typed_it_loses_it() -> None:
    _sign_up(a_browser(), BEN)
    squatter = User.objects.get(email=BEN)
    cache.clear()  # within three minutes no second link goes to the same address
    owner = someone(ADA)
    browser = _vouched()
    browser.post(ADDRESSES, {"email": BEN, "action_add": ""})
    browser.post(_newest_link_to(BEN))
    browser.post(ADDRESSES, {"email": BEN, "action_primary": ""})
    owner.refresh_from_db()
    squatter.refresh_from_db()
    assert (owner.email, squatter.email) == (BEN, None)
    assert _found(BEN) == [owner.pk]


@pytest.mark.clause("PRE-1")
def test_an_address_that_the_website_vouches_for_as_somebody_elses_is_not_confirmed() -> None:
    other = bring_in(email=BEN, phone=None, locale="en", items=[], by=SYSTEM, at=timezone.now())
    someone(ADA)
    browser = _vouched()
    browser.post(ADDRESSES, {"email": BEN, "action_add": ""})
    answer = browser.post(_newest_link_to(BEN), follow=True)
    assert "Nothing was changed: this address belongs to another account." in text_of(answer)
    assert _found(BEN) == [other.pk]
    assert not EmailAddress.objects.filter(email=BEN, verified=True).exists()


@pytest.mark.clause("PRE-4")
def test_who_was_brought_in_claims_the_account_by_a_new_password_a_confirmed_address_and_an_acceptance() -> None:
    person = bring_in(email=ADA, phone=None, locale="en", items=[], by=SYSTEM, at=timezone.now())
    browser = a_browser()
    browser.post(RESET, {"email": ADA})
    form = browser.get(_newest_link_to(ADA), follow=True)
    browser.post(form.request["PATH_INFO"], _twice(PASSWORD))
    browser.post(_newest_link_to(ADA))
    _log_in(browser)
    assert browser.get("/en/me/")["Location"].startswith("/en/me/consents/accept/")
    assert not Acceptance.objects.filter(person=person).exists()
    assert _found(ADA) == [person.pk]


# -- the second lock -----------------------------------------------------------------------------


def _code(seed: str) -> str:
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30)))


@pytest.mark.clause("SEC-a")
def test_the_seed_of_an_authenticator_app_is_kept_sealed_and_the_second_step_is_asked_for() -> None:
    person = someone()
    browser = _vouched()
    found = re.search(r'<code class="secret"[^>]*>(\w+)</code>', text_of(browser.get(ADD_APP)))
    assert found
    seed = found[1]
    assert browser.post(ADD_APP, {"code": _code(seed)}).status_code == 302
    kept = str(Authenticator.objects.get(user=person, type="totp").data["secret"])
    assert seed not in kept
    key_id, _, sealed = kept.partition(":")
    assert key_id and seed.encode() not in base64.urlsafe_b64decode(sealed)

    elsewhere = a_browser()
    assert _log_in(elsewhere)["Location"] == "/en/account/2fa/authenticate/"
    assert not _is_in(elsewhere)
    assert 'class="errorlist"' in elsewhere.post("/en/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert not _is_in(elsewhere)


@pytest.mark.clause("SEC-a")
def test_whoever_has_been_logged_in_for_long_is_asked_again_before_a_lock_is_changed() -> None:
    browser = browser_of(someone())
    for address in (ADD_APP, "/en/account/2fa/webauthn/add/"):
        assert browser.get(address)["Location"].startswith("/en/account/reauthenticate/")
    answer = browser.post(ADDRESSES, {"email": BEN, "action_add": ""})
    assert answer["Location"].startswith("/en/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email=BEN).exists()


# -- sessions ---------------------------------------------------------------------------------------


def _unpacked(session_data: str) -> bytes:
    """What is inside a stored session's wrapping: signed, then base64, then perhaps zlib."""
    payload = session_data.rsplit(":", 2)[0]
    raw = base64.urlsafe_b64decode(payload.lstrip(".") + "===")
    return zlib.decompress(raw) if payload.startswith(".") else raw


@pytest.mark.clause("SEC-a")
def test_a_stored_log_in_shows_neither_address_nor_browser() -> None:
    person = someone()
    browser_of(person, agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    row = LoginSession.objects.get(person=person)
    assert row.get_decoded()["device"]["browser"].startswith("Mozilla")
    stored = _unpacked(row.session_data)
    for telling in (ADA.encode(), b"Mozilla", b"127.0.0.1", str(person.pk).encode()):
        assert telling not in stored
        assert telling not in row.session_data.encode()


@pytest.mark.clause("SEC-a")
def test_logging_out_deletes_the_log_in() -> None:
    person = someone()
    browser = browser_of(person)
    browser.post("/en/account/logout/")
    assert not LoginSession.objects.filter(person=person).exists()
    assert not _is_in(browser)


@pytest.mark.clause("SEC-a")
def test_an_address_is_the_only_thing_of_an_account_that_can_be_read_in_the_database() -> None:
    person = someone()
    item = PersonalDataItem.objects.get(person=person)
    assert ADA.encode() not in bytes(item.ciphertext)
    assert b"lantern" not in bytes(person.contacts.get().hmac)
