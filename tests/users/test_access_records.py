"""What is recorded of each request (COL-a), what never is (EXC-a), and that it is sealed, found, and forgotten."""

import resource
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django import Settings

from privacy_app.crypto import KeyRing
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.models import Entry
from tests.users.access import FIREFOX, contents, drained, files, records, visit, visits
from tests.users.makers import browser_of, someone
from users.access import days, storing
from users.access.drain import drain
from users.access.fields import COLUMNS, FIELDS, SEALED
from users.access.pages import CUT, origin_of, page_of, query_of
from users.access.reading import records_from, records_of, summary_of
from users.access.spool import spool_in
from users.access.storing import NotRegistered, store
from users.access.visits import Visit
from users.models import AccessDay, AccessRecord, AccessTally, DataElement, User
from users.services.erasure import erase
from users.slices import Mark
from users.tasks import turn_access_days

pytestmark = [pytest.mark.django_db, pytest.mark.clause("COL-a")]


@pytest.fixture(autouse=True)
def spool(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.ACCESS_SPOOL_DIR = tmp_path / "spool"
    yield settings.ACCESS_SPOOL_DIR
    spool_in(settings.ACCESS_SPOOL_DIR).close()


@pytest.fixture
def ada() -> User:
    return someone()


# -- what is recorded ------------------------------------------------------------------------------


def test_a_visit_is_recorded_with_exactly_what_the_policy_names() -> None:
    before = timezone.now()
    answer = Client(
        SERVER_NAME="localhost",
        REMOTE_ADDR="203.0.113.7",
        headers={
            "user-agent": FIREFOX,
            "accept-language": "zh-CN,zh;q=0.9,en;q=0.8",
            "sec-ch-ua-platform": '"Windows"',
            "referer": "https://search.example/find?q=how+to+leave",
            "x-anything": "else",
            "cookie": "who=ada",
        },
    ).get("/en/policy/")
    assert answer.status_code == 200
    assert answer.headers["Accept-CH"] == "Sec-CH-UA, Sec-CH-UA-Mobile, Sec-CH-UA-Platform"
    assert contents() == [
        {
            "address": "203.0.113.7",
            "browser": "Firefox 140",
            "system": "Windows",
            "language": "zh-CN",
            "method": "GET",
            "page": "/en/policy/",
            "status": 200,
            "referrer": "https://search.example",
        }
    ]
    (record,) = records()
    assert record.person_id is None
    assert before <= record.at <= timezone.now()


def test_client_hints_tell_what_a_user_agent_no_longer_does() -> None:
    Client(
        SERVER_NAME="localhost",
        headers={
            "user-agent": "",
            "sec-ch-ua": '"Not/A)Brand";v="8", "Chromium";v="140", "Lantern Browser";v="12"',
            "sec-ch-ua-mobile": "?1",
            "sec-ch-ua-platform": '"HarmonyOS"',
        },
    ).get("/en/")
    (content,) = contents()
    assert (content["browser"], content["system"], content["device"]) == ("Lantern Browser 12", "HarmonyOS", "mobile")


def test_a_persons_requests_are_theirs_from_the_log_in_to_the_log_out(ada: User) -> None:
    browser = browser_of(ada, agent=FIREFOX)
    browser.get("/en/me/")
    browser.post("/en/account/logout/")
    browser.get("/en/policy/")
    drained()
    seen = [(record.person_id, (record.content or {})["page"]) for record in records()]
    assert seen == [
        (ada.pk, "/en/account/login/"),
        (ada.pk, "/en/me/"),
        (ada.pk, "/en/account/logout/"),
        (None, "/en/policy/"),
    ]


@pytest.mark.clause("EXC-a")
def test_search_words_reach_no_record_whichever_way_they_are_sent(ada: User) -> None:
    secret = "chrysanthemum"
    browser = browser_of(ada)
    browser.get(
        f"/en/me/consents/?q={secret}&page=2&next=/{secret}/", headers={"referer": f"https://x.example/{secret}"}
    )
    browser.post(f"/en/me/consents/?page={secret}", {"q": secret})
    browser.get(f"/en/{secret}/{secret}?q={secret}")
    browser.get(f"/en/released/{secret}/")
    browser.get("/en/policy/", headers={"referer": f"https://{secret}@x.example/"})
    found = contents()
    assert [content.get("query", "") for content in found] == ["page=2", "", "", "", ""]
    assert [content.get("page", "") for content in found] == [
        "/en/me/consents/",
        "/en/me/consents/",
        "",
        f"/en/released/{CUT}/",
        "/en/policy/",
    ]
    assert secret not in repr(found)


def test_no_route_leaves_a_parameter_in_its_page() -> None:
    def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
        for pattern in patterns:
            here = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from routes(pattern.url_patterns, here)
            else:
                yield here

    pages = {page_of(route) for route in routes(get_resolver().url_patterns)}
    assert len(pages) > 100
    assert [page for page in pages if set(page) & set("<>()^$?*+[]\\|")] == []


@pytest.mark.clause("EXC-a")
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("page=3", "page=3"),
        ("q=words&page=3&p=1", "page=3&p=1"),
        ("page=words", ""),
        ("page=3words", ""),
        ("homepage=3", ""),
        ("page=%33", ""),
        ("page=1234567", ""),
        ("q=" + "x" * 5000 + "&page=3", ""),
    ],
)
def test_of_a_query_only_the_page_of_a_list_is_kept(query: str, kept: str) -> None:
    assert query_of(query) == kept


@pytest.mark.clause("EXC-a")
@pytest.mark.parametrize(
    ("referrer", "kept"),
    [
        ("https://a.example/words?q=words#words", "https://a.example"),
        ("https://me:secret@A.example:8443/", "https://a.example:8443"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]"),
        ("https://own.example/en/", ""),
        ("https://a b.example/", ""),
        ("javascript:words", ""),
        ("android-app://words/", ""),
        ("https://" + "a" * 300, ""),
    ],
)
def test_of_a_referrer_only_the_origin_of_another_site_is_kept(referrer: str, kept: str) -> None:
    assert origin_of(referrer, own="own.example") == kept


def test_a_partners_program_is_recorded_by_its_name_and_nothing_of_a_person(world: Any) -> None:
    assert world.northwind.get("engagements", REMOTE_ADDR="203.0.113.9").status_code == 200
    content = contents()[-1]
    assert content.keys() == {"client", "method", "page", "status"}
    assert content["page"] == "/api/v1/engagements"


# -- the registry ----------------------------------------------------------------------------------


def test_every_recorded_field_is_in_the_registry_of_elements_and_rests_on_col_a() -> None:
    known = set(DataElement.objects.values_list("key", flat=True))
    assert {field.element for field in FIELDS.values()} <= known
    assert {field.clause for field in FIELDS.values()} == {"COL-a"}


def test_nothing_is_noted_or_stored_but_what_the_registry_names() -> None:
    noted = set(Visit.__struct_fields__) - {"id"}
    assert noted == {source for field in FIELDS.values() for source in field.sources}
    columns = {field.name for field in AccessRecord._meta.get_fields()}
    assert columns == {*COLUMNS, "id", "day", "address_index", "sealed"}


def test_what_the_registry_does_not_name_is_refused_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "SEALED", {name: field for name, field in SEALED.items() if name != "referrer"})
    store([visit()], at=timezone.now())
    with pytest.raises(NotRegistered, match="referrer"):
        store([visit(referrer="https://a.example")], at=timezone.now())
    assert AccessRecord.objects.count() == 1


# -- sealed ---------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
def test_neither_the_spool_nor_the_table_shows_anything(ada: User) -> None:
    browser_of(ada, agent=FIREFOX).get("/en/me/")
    spool_in_use = b"".join(path.read_bytes() for path in files())
    drained()
    row = AccessRecord.objects.filter(person=ada).latest("at")
    for shown in (spool_in_use, bytes(row.sealed) + bytes(row.address_index or b"")):
        assert len(shown) > 60
        for secret in (b"127.0.0.1", b"Firefox", b"Windows", b"/en/me/", str(ada.pk).encode(), ada.pk.bytes):
            assert secret not in shown
    assert files() == []


@pytest.mark.clause("SEC-a")
def test_a_sealed_record_opens_in_its_own_row_alone(ada: User) -> None:
    store([visit(ada), visit()], at=timezone.now())
    own, nobodys = AccessRecord.objects.order_by("person_id")
    AccessRecord.objects.filter(pk=own.pk).update(sealed=nobodys.sealed)
    AccessRecord.objects.filter(pk=nobodys.pk).update(person=ada)
    assert [record.content for record in records()] == [None, None]


@pytest.mark.clause("SEC-a")
def test_an_address_is_found_on_every_day_and_looks_different_on_each(ada: User) -> None:
    now = timezone.now()
    made = [visit(ada, at=now - timedelta(days=number)) for number in range(3)]
    store([*made, visit(address="203.0.113.8")], at=now)
    found = records_from("203.0.113.7", at=now)
    assert [record.id for record in found.rows] == [each.id for each in made]
    assert len({bytes(row.address_index or b"") for row in AccessRecord.objects.filter(person=ada)}) == 3
    assert records_from("203.0.113.9", at=now).rows == []


# -- each once ---------------------------------------------------------------------------------------


def test_a_file_that_was_drained_and_not_removed_adds_nothing(ada: User) -> None:
    browser = browser_of(ada)
    for _ in range(3):
        browser.get("/en/me/")
    spool_in(files()[0].parent).close()
    (path,) = files()
    content = path.read_bytes()
    assert drained().records == 3
    path.write_bytes(content)
    again = drained()
    assert (again.files, again.records) == (1, 0)
    assert AccessRecord.objects.count() == 3
    assert AccessTally.objects.get(person=ada).count == 3


def test_a_file_that_is_being_written_waits_until_it_is_closed() -> None:
    Client(SERVER_NAME="localhost").get("/en/policy/")
    directory = files()[0].parent
    assert drain(directory, at=timezone.now()).files == 0
    assert drained().records == 1


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_of_a_file_that_ends_in_the_middle_everything_before_is_kept(cut: int) -> None:
    browser = Client(SERVER_NAME="localhost")
    for _ in range(3):
        browser.get("/en/policy/")
    spool_in(files()[0].parent).close()
    (path,) = files()
    path.write_bytes(path.read_bytes()[:-cut])
    found = drained()
    assert (found.records, found.torn) == (2, 1)
    assert files() == []


def test_a_file_without_even_a_key_is_removed(spool: Path) -> None:
    spool.mkdir()
    (spool / "a.spool").write_bytes(b"")
    (spool / "b.spool").write_bytes(b"\x00\x00\x01\x00abc")
    found = drained()
    assert (found.files, found.records, found.torn) == (2, 0, 1)
    assert files() == []


def test_a_file_whose_key_is_gone_is_set_aside_and_read_once_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    Client(SERVER_NAME="localhost").get("/en/policy/")
    spool_in(files()[0].parent).close()
    (path,) = files()
    other = KeyRing("k9:" + "A" * 43 + "=", name="DATA_KEYS")
    with monkeypatch.context() as patched:
        patched.setattr("users.access.spool.data_keys", lambda: other)
        assert drained().unreadable == 1
    assert files() == []
    path.with_suffix(".unreadable").rename(path)
    assert drained().records == 1


# -- forgotten ---------------------------------------------------------------------------------------


def _partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'users_accessrecord'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_a_day_whose_time_is_over_goes_with_its_partition_its_key_and_its_tallies(
    ada: User, settings: Settings
) -> None:
    settings.ACCESS_RECORD_DAYS = 30
    now = timezone.now()
    old, kept = now - timedelta(days=31), now - timedelta(days=30)
    store([visit(ada, at=old), visit(ada, at=kept)], at=old)
    assert AccessRecord.objects.count() == 2
    turn_access_days()
    today = now.astimezone(UTC).date()
    assert set(AccessRecord.objects.values_list("day", flat=True)) == {kept.date()}
    assert f"users_accessrecord_{old:%Y%m%d}" not in _partitions()
    assert not AccessDay.objects.filter(day=old.date()).exists()
    assert summary_of(ada, at=now).count == 1
    assert Entry.objects.get(kind="access.day_ended").body == {"day": old.date().isoformat()}
    # The days that come are ready, and what comes too late is not taken in again.
    assert AccessDay.objects.filter(day__gte=today).count() == days.AHEAD + 1
    assert store([visit(ada, at=old)], at=now) == 0
    assert not AccessDay.objects.filter(day=old.date()).exists()


def test_the_apps_role_makes_and_drops_days_and_no_other_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, tableowner FROM pg_tables WHERE tablename = 'users_accessrecord'")
        role, owner = cursor.fetchone()
    if role == owner:
        pytest.skip("one role alone")
    days.begin([timezone.now().date()])
    for statement in (
        f"DROP TABLE {next(iter(_partitions()))}",
        "DROP TABLE users_accessrecord",
        "CREATE TABLE mine PARTITION OF users_accessrecord FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')",
    ):
        with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.clause("SEC-a")
def test_erasure_takes_the_records_and_those_that_still_wait(ada: User) -> None:
    browser = browser_of(ada)
    browser.get("/en/me/")
    drained()
    browser.get("/en/me/")
    store([visit()], at=timezone.now())
    erase(ada, by=SYSTEM, at=timezone.now())
    assert drained().records == 0
    assert [record.person_id for record in records()] == [None]
    assert not AccessTally.objects.exists()


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/en/policy/", {"user-agent": "\udcff\x00\x85 caf\xe9"}, 200),
        (
            "/en/policy/",
            {"user-agent": "x" * 1_000_000, "accept-language": "y" * 1_000_000, "sec-ch-ua": "z" * 1_000_000},
            200,
        ),
        ("/en/policy/", {"referer": "https://" + "[" * 1_000_000, "x-forwarded-for": "1" * 1_000_000}, 200),
        ("/en/%FF%FE%00/", {}, 404),
        ("/%c3%28", {}, 404),
        ("/en/policy/?page=%FF&%00=%FF", {}, 200),
    ],
    ids=["broken agent", "megabytes", "broken referrer", "broken path", "half a character", "broken query"],
)
def test_broken_and_huge_headers_and_paths_get_a_clear_answer_and_a_small_record(
    path: str, headers: dict[str, str], status: int
) -> None:
    answer = Client(SERVER_NAME="localhost", headers=headers).get(path)
    assert answer.status_code == status
    (content,) = contents()
    assert content["status"] == status
    assert content["address"] == "127.0.0.1"
    assert len(msgspec.msgpack.encode(content)) < 500


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7, 203.0.113.17", "203.0.113.17"),
        (1, "198.51.100.7,203.0.113.17:4711", "203.0.113.17"),
        (1, "10.0.0.1, [2001:DB8::1]:443", "2001:db8::1"),
        (1, "::ffff:203.0.113.17", "203.0.113.17"),
        (2, "198.51.100.7, 203.0.113.17", "198.51.100.7"),
        (2, "203.0.113.17", None),
        (1, "198.51.100.7, <script>", None),
        (1, None, "192.0.2.1"),
    ],
)
def test_only_what_our_own_proxies_say_of_the_address_is_believed(
    settings: Settings, proxies: int, forwarded: str | None, address: str | None
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded is not None else {}
    Client(SERVER_NAME="localhost", REMOTE_ADDR="192.0.2.1", headers=headers).get("/en/policy/")
    assert [content.get("address") for content in contents()] == [address]


def test_where_the_spool_cannot_be_written_the_database_takes_the_record_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    settings.ACCESS_SPOOL_DIR = tmp_path / "file"
    assert Client(SERVER_NAME="localhost").get("/en/policy/").status_code == 200
    assert [(record.content or {})["page"] for record in records()] == ["/en/policy/"]


def test_a_write_that_the_disk_cuts_short_costs_no_record_and_spoils_none_before_or_after_it() -> None:
    browser = Client(SERVER_NAME="localhost")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, hard))
    try:
        answers = [browser.get(f"/en/?page={number}") for number in range(12)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {answer.status_code for answer in answers} == {200}
    assert drained().torn > 0
    assert [(record.content or {})["query"] for record in records()] == [f"page={number}" for number in range(12)]


# -- reading --------------------------------------------------------------------------------------


def test_records_are_read_in_slices_that_meet_over_days(ada: User) -> None:
    now = timezone.now()
    made = visits(ada, 23, every=timedelta(hours=7), at=now)
    found = records_of(ada, at=now, size=5)
    read, back = [record.id for record in found.rows], ""
    while found.after:
        found = records_of(ada, at=now, after=Mark.parsed(found.after), size=5)
        read, back = read + [record.id for record in found.rows], found.before
    assert read == made
    before = records_of(ada, at=now, before=Mark.parsed(back), size=5)
    assert [record.id for record in before.rows] == made[15:20]
    since = records_of(ada, at=now, since=now - timedelta(days=2), until=now - timedelta(days=1), size=50)
    assert [record.id for record in since.rows] == [
        id_ for number, id_ in enumerate(made) if timedelta(days=1) < timedelta(hours=7) * number <= timedelta(days=2)
    ]
