"""The desk as a whole, and what staff look after of people, partners and the registry."""

import json
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from disclosure.gate import Ground
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from privacy_app.ledger.services import Draft, append_all
from tests.admin_makers import (
    MAKERS,
    Affair,
    Desk,
    earlier,
    labels_of,
    make_staff,
    text_of,
    what_is_open,
    what_roles_say,
)
from tests.api.callers import ask_for_token
from tests.makers import make_partner
from users.models import ApiClient, DataElement, Freeze, Partner, RoleAssignment, StorageLocation, User
from users.roles import Role
from users.services.erasure import erase
from users.services.freezing import freeze

pytestmark = pytest.mark.django_db

OURS = labels_of("users", "ledger", "outbox")
PARTNER = {
    "legal_name": "Quill Printing",
    "country": "DE",
    "contact_email": "dpo@quill.example",
    "privacy_url": "https://quill.example/privacy",
    "description_en": "Prints.",
    "description_zh_hans": "印刷。",
}


@pytest.fixture
def administrator() -> Desk:
    return Desk(Role.ADMINISTRATOR)


@pytest.fixture
def officer() -> Desk:
    return Desk(Role.SECURITY_OFFICER)


# -- the door ------------------------------------------------------------------------------------------


def test_the_desk_shows_our_models_and_no_librarys() -> None:
    shown = {model._meta.label_lower for model in admin.site._registry}
    assert shown == MAKERS.keys()


@pytest.mark.clause("SEC-a")
def test_a_visitor_is_led_to_the_sites_own_log_in_and_a_person_without_a_role_is_refused() -> None:
    visitor, person = Client(SERVER_NAME="localhost"), Desk()
    for label in MAKERS:
        path = f"/en/admin/{label.replace('.', '/')}/"
        answer = visitor.get(path, follow=True)
        assert answer.redirect_chain[-1][0] == f"/en/account/login/?next={path}"
        assert person.browser.get(path, follow=True).status_code == 403
    assert person.browser.get("/en/admin/", follow=True).status_code == 403


@pytest.mark.clause("SEC-a")
def test_the_admins_own_log_in_form_lets_nobody_past_the_second_factor() -> None:
    person = make_staff(Role.ADMINISTRATOR)
    person.set_password("a long walk by the river")
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    TOTP.activate(person, generate_totp_secret())
    browser = Client(SERVER_NAME="localhost")
    typed = {"username": person.email, "password": "a long walk by the river"}
    answer = browser.post("/en/admin/login/?next=/en/admin/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/login/?next=/en/admin/")
    answer = browser.post(answer["Location"], {"login": person.email, "password": typed["password"]})
    assert answer["Location"].startswith("/en/account/2fa/authenticate/")
    assert browser.get("/en/admin/", follow=True).redirect_chain


@pytest.mark.clause("SEC-a")
def test_no_address_leads_away_from_the_site_after_the_log_in(administrator: Desk) -> None:
    assert administrator.browser.get("/en/admin/login/?next=https://evil.example/")["Location"] == "/en/admin/"
    visitor = Client(SERVER_NAME="localhost").get("/en/admin/login/?next=//evil.example")
    assert visitor["Location"] == "/en/account/login/?next=/en/admin/"


def test_the_desk_leads_to_the_sites_own_pages_for_the_password_and_the_way_out(administrator: Desk) -> None:
    assert administrator.get("password_change/")["Location"] == "/en/account/password/change/"
    assert administrator.post("logout/", {})["Location"] == "/en/"
    assert administrator.get().status_code == 302


def test_the_desk_bears_the_name_of_the_site_in_both_languages(administrator: Desk) -> None:
    for code, name in settings.SITE_NAME.items():
        page = administrator.browser.get(f"/{code}/admin/")
        assert f">{name}" in page.content.decode()
        assert page["Content-Language"] == code


def _pages(desk: Desk) -> dict[str, str]:
    """Every list, form and thing, by its address."""
    found = {}
    for label in MAKERS:
        pages = label.replace(".", "/")
        thing = MAKERS[label](list(MAKERS).index(label))
        for path in (f"{pages}/", f"{pages}/add/", f"{pages}/{thing.pk}/change/", f"{pages}/{thing.pk}/history/"):
            answer = desk.get(path)
            if answer.status_code == 200:
                found[path] = answer.content.decode()
    return found


@pytest.mark.clause("SEC-a")
def test_no_page_of_the_desk_holds_a_script_or_style_of_its_own_or_anybodys_address() -> None:
    pages = _pages(Desk(*Role))
    assert len(pages) > 40
    inline = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:")
    assert [path for path, html in pages.items() if inline.search(html)] == []
    addresses = list(User.objects.values_list("email", flat=True))
    assert len(addresses) > 10
    assert [path for path, html in pages.items() for address in addresses if str(address) in html] == []


# -- who may do what -------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("label", OURS)
def test_the_desk_goes_by_exactly_what_each_role_may_do(label: str) -> None:
    assert what_is_open(label) == what_roles_say(label)


@pytest.mark.clause("SEC-a")
def test_a_role_that_is_taken_away_is_gone_with_the_next_click(administrator: Desk) -> None:
    reviewer = Desk(Role.REVIEWER, email="ravi@lantern.example")
    assert reviewer.get("users/partner/").status_code == 200
    held = RoleAssignment.objects.get(person=reviewer.user)
    administrator.writes("role.revoked", f"users/roleassignment/{held.pk}/delete/")
    assert reviewer.get("users/partner/").status_code == 302


@pytest.mark.parametrize("label", OURS)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(label: str) -> None:
    desk = Desk(*Role)
    path = f"{label.replace('.', '/')}/"
    for number in range(2):
        MAKERS[label](number)
    few = desk.queries(path)
    for number in range(2, 8):
        MAKERS[label](number)
    assert desk.queries(path) == few < 16


def test_lists_of_10_000_people_and_entries_take_no_more_queries_than_short_ones() -> None:
    desk = Desk(*Role)
    lists = ("users/user/", "ledger/entry/")
    few = [desk.queries(path) for path in lists]
    now = timezone.now()
    User.objects.bulk_create(User(email=f"{number}@lantern.example", created_at=now) for number in range(10_000))
    append_all(Draft("test.entry", None, SYSTEM, {"number": number}, now) for number in range(10_000))
    for query in ("", "?p=2", "?p=90"):
        assert [desk.queries(path + query) for path in lists] == few


@pytest.mark.clause("SEC-a")
def test_a_form_without_its_token_changes_nothing() -> None:
    desk = Desk(Role.ADMINISTRATOR)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(desk.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client = Affair().client
    before = Entry.objects.count()
    for path in ("users/partner/add/", f"users/apiclient/{client.pk}/rotate/", "users/user/find/", "logout/"):
        assert strict.post(f"/en/admin/{path}", PARTNER).status_code == 403
    assert Entry.objects.count() == before


# -- partners and their clients ----------------------------------------------------------------------------


def test_a_partner_is_entered_and_changed_with_its_ledger_entry(administrator: Desk) -> None:
    entry = administrator.writes("partner.added", "users/partner/add/", **PARTNER)
    partner = Partner.objects.get(legal_name="Quill Printing")
    assert entry.body == {"partner": str(partner.pk), "country": "DE", "is_affiliate": False}
    entry = administrator.writes("partner.changed", f"users/partner/{partner.pk}/change/", is_affiliate="on")
    partner.refresh_from_db()
    assert partner.is_affiliate
    assert entry.body["is_affiliate"] is True
    assert partner.contact_email == PARTNER["contact_email"]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("contact_email", "nonsense", "Enter a valid email address."),
        ("privacy_url", "quill", "Enter a valid URL."),
        ("legal_name", "", "This field is required."),
        ("legal_name", "Northwind", "Partner with this Legal name already exists."),
        ("country", "", "This field is required."),
    ],
)
def test_what_is_wrong_with_a_partner_stands_beside_the_field_and_the_rest_is_kept(
    administrator: Desk, field: str, typed: str, words: str
) -> None:
    make_partner("Northwind")
    administrator.is_told(words, "users/partner/add/", **{**PARTNER, field: typed})


@pytest.mark.clause("SEC-a")
def test_the_secret_of_a_client_is_in_the_answer_that_made_it_and_nowhere_else(
    administrator: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    partner = make_partner()
    typed = {"partner": str(partner.pk), "name": "Press", "scopes": ["decisions", "disclosures"]}
    page = administrator.fill("users/apiclient/add/", **typed)
    client = ApiClient.objects.get()
    assert "no-store" in page["Cache-Control"]
    secrets = [_secret_on(page)]
    assert _token(client, secrets[0])
    page = administrator.fill(f"users/apiclient/{client.pk}/rotate/")
    secrets.append(_secret_on(page))
    assert secrets[0] != secrets[1]
    assert _token(client, secrets[1])
    assert not _token(client, secrets[0])
    kinds = Entry.objects.filter(kind__startswith="client.").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["client.issued", "client.secret_rotated"]
    client.refresh_from_db()
    kept = [
        administrator.get(f"users/apiclient/{client.pk}/change/").content.decode(),
        administrator.get("users/apiclient/").content.decode(),
        json.dumps([list(LogEntry.objects.values_list("change_message", "object_repr")), str(vars(client))]),
        json.dumps(dict(administrator.browser.session.items())),
        json.dumps({name: cookie.value for name, cookie in administrator.browser.cookies.items()}),
        str(list(Entry.objects.values_list("body", flat=True))),
        caplog.text,
    ]
    assert not [text for text in kept for secret in secrets if secret in text]


def _secret_on(page: Any) -> str:
    found = re.search(r'<code id="client-secret">(\w+)</code>', page.content.decode())
    assert found
    return found[1]


def _token(client: ApiClient, secret: str) -> str | None:
    answer = ask_for_token({"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": secret})
    token: str | None = answer.json().get("access_token")
    return token


def _status_of_api_call(token: str) -> int:
    browser = Client(SERVER_NAME="localhost")
    return browser.get("/api/v1/disclosures", headers={"authorization": f"Bearer {token}"}).status_code


@pytest.mark.clause("USE-a")
def test_a_closed_client_gets_nothing_any_more_neither_by_its_token_nor_by_its_secret(administrator: Desk) -> None:
    affair = Affair()
    token = _token(affair.client, affair.secret)
    assert token
    assert _status_of_api_call(token) == 200
    administrator.writes("client.closed", f"users/apiclient/{affair.client.pk}/close/")
    assert _status_of_api_call(token) == 401
    assert _token(affair.client, affair.secret) is None
    for path in ("close/", "rotate/"):
        administrator.is_too_late(f"users/apiclient/{affair.client.pk}/{path}")
    page = administrator.get(f"users/apiclient/{affair.client.pk}/change/")
    assert page.status_code == 200
    assert "Replace the secret" not in text_of(page)


@pytest.mark.clause("SEC-a")
def test_a_scope_that_a_client_loses_its_tokens_lose_with_it(administrator: Desk) -> None:
    affair = Affair()
    token = _token(affair.client, affair.secret)
    assert token
    entry = administrator.writes(
        "client.changed", f"users/apiclient/{affair.client.pk}/change/", scopes=["decisions"], name="Less"
    )
    assert entry.body["scopes"] == ["decisions"]
    assert _status_of_api_call(token) == 403


def test_a_client_asks_for_something(administrator: Desk) -> None:
    partner = make_partner()
    administrator.is_told("This field is required.", "users/apiclient/add/", partner=str(partner.pk), name="Press")
    assert not ApiClient.objects.exists()


def test_deleting_a_client_is_closing_it(administrator: Desk) -> None:
    client = Affair().client
    answer = administrator.post(f"users/apiclient/{client.pk}/delete/", {"post": "yes"})
    assert answer["Location"] == f"/en/admin/users/apiclient/{client.pk}/close/"
    assert ApiClient.objects.filter(pk=client.pk).exists()


# -- the registry and the places ----------------------------------------------------------------------------


ELEMENT = {"title_en": "Shoe size", "title_zh_hans": "鞋码", "dpv_term": "dpv-pd:Size", "format": "text"}


def test_an_element_is_registered_under_the_category_that_its_key_names(administrator: Desk) -> None:
    entry = administrator.writes(
        "registry.extended", "users/dataelement/add/", key="preference.shoe_size", **ELEMENT, retention_days="30"
    )
    assert entry.body == {"fields": ["preference.shoe_size"]}
    element = DataElement.objects.get(pk="preference.shoe_size")
    assert (element.category, element.retention_days, element.is_excluded) == ("preference", 30, False)


@pytest.mark.parametrize("key", ["shoe", "nothing.shoe", "preference.Shoe", "preference.shoe size", "preference."])
def test_a_key_that_names_no_category_is_explained(administrator: Desk, key: str) -> None:
    administrator.is_told("like contact.email", "users/dataelement/add/", key=key, **ELEMENT)


@pytest.mark.clause("EXC-a")
def test_an_element_of_what_lies_outside_cannot_be_let_in(administrator: Desk) -> None:
    words = "lies outside the policy. Choose: EXC-a, EXC-b."
    administrator.is_told(words, "users/dataelement/add/", key="activity.clicks", **ELEMENT)
    administrator.is_told(words, "users/dataelement/activity.search_keywords/change/", excluded_by="")


@pytest.mark.clause("EXC-b")
def test_an_element_that_is_put_outside_the_policy_is_denied_at_once(administrator: Desk) -> None:
    affair = Affair()
    assert affair.denied() == set()
    entry = administrator.writes(
        "registry.changed", "users/dataelement/contact.email/change/", excluded_by="EXC-b", key="contact.mail"
    )
    assert (entry.body["field"], entry.body["excluded_by"]) == ("contact.email", "EXC-b")
    assert affair.denied() == {"excluded_field"}
    assert not DataElement.objects.filter(pk="contact.mail").exists()


@pytest.mark.clause("DIS-a")
def test_an_element_that_is_made_sensitive_needs_a_consent_of_its_own_at_once(administrator: Desk) -> None:
    affair = Affair()
    administrator.writes("registry.changed", "users/dataelement/contact.phone/change/", is_sensitive="on")
    assert affair.denied() == {"sensitive_not_consented"}


@pytest.mark.clause("STO-1")
def test_there_is_always_one_place_where_new_data_goes(administrator: Desk) -> None:
    old = StorageLocation.objects.get(is_default=True)
    place = {"name": "Cellar", "affiliate": "Lantern Cloud", "country": "SG"}
    entry = administrator.writes("storage.added", "users/storagelocation/add/", **place, is_default="on")
    assert entry.body == {"name": "Cellar", "held_by": "Lantern Cloud", "country": "SG", "is_default": True}
    cellar = StorageLocation.objects.get(is_default=True)
    assert cellar.name == "Cellar"
    page = f"users/storagelocation/{cellar.pk}/change/"
    administrator.is_told("let it go to another place first", page, is_default=None)
    administrator.writes("storage.changed", f"users/storagelocation/{old.pk}/change/", is_default="on")
    assert list(StorageLocation.objects.filter(is_default=True)) == [old]


# -- people, roles and freezes ----------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_a_person_is_found_by_a_whole_address_or_id_which_is_in_no_url(administrator: Desk) -> None:
    affair = Affair()
    page = f"/en/admin/users/user/{affair.person.pk}/change/"
    for who in ("person0@lantern.example", " Person0@Lantern.example ", str(affair.person.pk)):
        assert administrator.post("users/user/find/", {"who": who})["Location"] == page
    signed_up = make_staff(email="unconfirmed@lantern.example")
    answer = administrator.post("users/user/find/", {"who": "unconfirmed@lantern.example"})
    assert answer["Location"] == f"/en/admin/users/user/{signed_up.pk}/change/"
    for who in ("person0@lantern", "person", "", "nobody@lantern.example", "00000000-0000-4000-8000-000000000000"):
        answer = administrator.post("users/user/find/", {"who": who})
        assert answer["Location"] == "/en/admin/users/user/?"
        assert "Nobody is known by exactly this id or address." in text_of(administrator.get("users/user/"))
    assert administrator.get("users/user/find/").status_code == 405
    for guess in ({"email": "person0@lantern.example"}, {"email__startswith": "p"}, {"password__startswith": "argon2"}):
        assert administrator.get("users/user/", **guess).status_code == 400
    assert administrator.get("users/apiclient/", client_secret__startswith="random").status_code == 400


def test_a_window_that_chooses_a_person_shows_the_one_who_was_found(administrator: Desk) -> None:
    affair = Affair()
    typed = {"who": "person0@lantern.example", "_popup": "1", "_to_field": "id"}
    where = administrator.post("users/user/find/", typed)["Location"]
    assert where == f"/en/admin/users/user/?id={affair.person.pk}&_popup=1&_to_field=id"
    page = administrator.browser.get(where)
    assert f'data-popup-opener="{affair.person.pk}"' in page.content.decode()
    assert str(administrator.user.pk) not in page.content.decode()


@pytest.mark.clause("SEC-a")
def test_only_who_may_read_the_ledger_is_led_to_a_persons_entries(administrator: Desk, caplog: Any) -> None:
    officer = Desk(Role.SECURITY_OFFICER, email="olga@lantern.example")
    affair = Affair()
    page = f"users/user/{affair.person.pk}/change/"
    link = f"/en/admin/ledger/entry/?pseudonym={affair.person.ledger_pseudonyms.get().pseudonym}"
    assert link in officer.get(page).content.decode()
    assert "pseudonym=" not in administrator.get(page).content.decode()
    entries = text_of(officer.browser.get(link))
    assert "person.registered" in entries
    assert "purpose.published" not in entries.split("By kind")[0]
    erase(affair.person, **earlier())
    assert "pseudonym=" not in officer.get(page).content.decode()


def test_a_role_is_given_and_taken_with_its_ledger_entry(administrator: Desk) -> None:
    person = make_staff(email="ravi@lantern.example")
    entry = administrator.writes(
        "role.granted", "users/roleassignment/add/", person="Ravi@lantern.example", role=Role.REVIEWER.value
    )
    assert (entry.body, entry.pseudonym) == ({"role": "reviewer"}, person.ledger_pseudonyms.get().pseudonym)
    held = RoleAssignment.objects.get(person=person)
    assert held.granted_by == administrator.user
    administrator.is_told(
        "already exists", "users/roleassignment/add/", person=str(person.pk), role=Role.REVIEWER.value
    )
    administrator.writes("role.revoked", f"users/roleassignment/{held.pk}/delete/")
    assert not RoleAssignment.objects.filter(person=person).exists()
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {f"{person.pk}: reviewer"}


@pytest.mark.clause("SEC-a")
def test_nobody_gives_a_role_to_themselves(administrator: Desk) -> None:
    typed = {"person": str(administrator.user.pk), "role": Role.SECURITY_OFFICER.value}
    administrator.is_told("Nobody gives a role to themselves", "users/roleassignment/add/", **typed)


def test_a_role_for_nobody_is_explained(administrator: Desk) -> None:
    erased = make_staff(email="gone@lantern.example")
    erase(erased, **earlier())
    for who, words in ((str(erased.pk), "This person was erased."), ("nobody", "Nobody is known by exactly this id")):
        administrator.is_told(words, "users/roleassignment/add/", person=who, role=Role.REVIEWER.value)


@pytest.mark.clause("SEC-a")
def test_the_last_administrator_stays(administrator: Desk) -> None:
    held = RoleAssignment.objects.get(person=administrator.user)
    path = f"users/roleassignment/{held.pk}/delete/"
    answer = administrator.post(path, {"post": "yes"})
    assert answer["Location"] == f"/en/admin/users/roleassignment/{held.pk}/change/"
    assert "This is the last administrator" in text_of(administrator.browser.get(answer["Location"]))
    assert not LogEntry.objects.exists()
    make_staff(Role.ADMINISTRATOR, email="adam@lantern.example")
    administrator.writes("role.revoked", path)
    assert administrator.get().status_code == 302


@pytest.mark.clause("SEC-b")
def test_a_freeze_denies_at_once_and_its_end_permits_again(officer: Desk) -> None:
    affair = Affair()
    path = "users/freeze/add/"
    typed = {"person": str(affair.person.pk), "cause": Freeze.Cause.SECURITY.value}
    entry = officer.writes("person.frozen", path, **typed)
    assert entry.pseudonym == affair.person.ledger_pseudonyms.get().pseudonym
    assert affair.denied() == affair.denied(Ground.SERVICE_REQUEST) == {"person_frozen"}
    officer.is_told("The person is frozen for this cause already.", path, **typed)
    row = Freeze.objects.get()
    assert officer.post(f"users/freeze/{row.pk}/change/", {"ended_at_0": "2020-01-01"}).status_code == 403
    officer.writes("person.unfrozen", f"users/freeze/{row.pk}/end/")
    assert affair.denied() == set()
    officer.is_too_late(f"users/freeze/{row.pk}/end/")
    assert str(affair.person.pk) in text_of(officer.get(f"users/freeze/{row.pk}/change/"))


def test_what_was_done_by_a_button_stands_in_the_history_without_anybodys_address(officer: Desk) -> None:
    row = freeze(make_staff(email="cold@lantern.example"), cause=Freeze.Cause.LEAK, **earlier())
    officer.writes("person.unfrozen", f"users/freeze/{row.pk}/end/")
    history = text_of(officer.get(f"users/freeze/{row.pk}/history/"))
    assert f"{officer.user.pk} The freeze has ended." in history


@pytest.mark.parametrize("path", ["users/freeze/", "users/roleassignment/", "disclosure/engagement/"])
def test_what_is_sought_by_half_an_id_is_not_found_and_breaks_nothing(path: str) -> None:
    desk = Desk(*Role)
    for sought in ("abc", "4", "'; --", "\x00"):
        assert desk.get(path, q=sought).status_code == 200


def test_a_thing_that_there_is_not_is_no_error_of_ours() -> None:
    desk = Desk(*Role)
    for label in MAKERS:
        assert desk.get(f"{label.replace('.', '/')}/nothing/change/").status_code == 302
    for path in ("users/freeze/0/end/", "users/apiclient/0/close/", "disclosure/engagement/nothing/end/"):
        assert desk.get(path).status_code == 404


# -- the ledger -----------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_an_entry_is_shown_with_its_content_and_leaf_and_can_be_changed_by_nobody(officer: Desk) -> None:
    entry = Entry.objects.earliest("seq")
    page = text_of(officer.get(f"ledger/entry/{entry.pk}/change/"))
    assert bytes(entry.leaf).hex() in page
    assert bytes(entry.salt).hex() in page
    assert entry.kind in page
    for key in entry.body:
        assert f'"{key}"' in page


def test_entries_are_found_by_number_pseudonym_kind_and_time(officer: Desk) -> None:
    person = make_staff(email="ada@lantern.example")
    pseudonym = person.ledger_pseudonyms.get().pseudonym
    entry = Entry.objects.get(pseudonym=pseudonym)

    def found(**query: str) -> list[int]:
        return [row.seq for row in officer.get("ledger/entry/", **query).context["cl"].result_list]

    assert found(q=str(entry.seq)) == found(q=str(pseudonym)) == found(pseudonym=str(pseudonym)) == [entry.seq]
    for nothing in ("abc", "9" * 30, "٣", str(entry.seq + 1)):
        assert found(q=nothing) == []
    by_kind = found(kind="person.registered")
    assert entry.seq in by_kind
    assert set(Entry.objects.filter(seq__in=by_kind).values_list("kind", flat=True)) == {"person.registered"}
    assert entry.seq in found(at__gte="2000-01-01 00:00:00+00:00")
    assert found(at__lt="2000-01-01 00:00:00+00:00") == []
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert all(kind in text_of(officer.get("ledger/entry/")) for kind in kinds)
