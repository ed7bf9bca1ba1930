"""Whatever is wrong with a call, it is answered with a problem that says what and where, and nothing is changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.api.callers import (
    ADA,
    BEN,
    FORM,
    JSON,
    NOBODY,
    Caller,
    World,
    codes,
    contributed,
    everything,
    is_problem,
    query,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("PRE-1")]


class Call(NamedTuple):
    """A call that takes a body: who makes it, how, and a body that is right."""

    caller: Caller
    method: str
    path: str
    body: dict[str, Any]
    needs_key: bool

    def send(self, content: Any, **more: Any) -> Any:
        content = content if isinstance(content, bytes | str) else json.dumps(content)
        key = {"key": "bad-input"} if self.needs_key else {}
        return self.caller.send(self.method, self.path, content, **{**key, **more})


def calls_of(world: World) -> dict[str, Call]:
    """Every call that takes a body, about a person who is there and a service that is open."""
    subject = world.person_consenting()
    service = world.service_for(subject)
    made = world.northwind.post("disclosures", query(), key=world.new_key()).json()
    partner = str(world.northwind.partner.pk)
    calls = [
        Call(world.northwind, "POST", "decisions", {"queries": [query()]}, False),
        Call(world.northwind, "POST", "disclosures", query(), True),
        Call(world.northwind, "POST", "disclosures/batch", {"requests": [query()]}, True),
        Call(world.northwind, "POST", "disclosures/read", {"ids": [made["id"]]}, False),
        Call(world.northwind, "POST", "contributions", contributed(), True),
        Call(world.website, "POST", "people", {"email": BEN}, True),
        Call(
            world.website,
            "PUT",
            f"people/{subject}/items",
            {"items": [{"field": "identity.name", "value": "Ada"}]},
            False,
        ),
        Call(world.website, "POST", "consents", {**world.consent_of(subject), "state": "ConsentWithdrawn"}, True),
        Call(
            world.website,
            "POST",
            "service-requests",
            {"subject": {"id": subject}, "partner": partner, "kind": "parcel-delivery"},
            True,
        ),
        Call(world.website, "PATCH", f"service-requests/{service}", {"status": "closed"}, False),
    ]
    return {f"{call.method} {call.path}": call for call in calls}


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before


# -- the body as a whole ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_body"),
        ("{", "malformed_json"),
        ("nonsense", "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (b'{"\xff": 1}', "malformed_json"),
        (b'{"\x00": 1}', "malformed_json"),
        ('{"\\ud800": 1}', "malformed_json"),
        ('{"a": NaN}', "unknown_member"),
        ("{'a': 1}", "malformed_json"),
        ("[]", "invalid"),
        ("null", "invalid"),
        ('"text"', "invalid"),
        ("1" * 5000, "invalid"),
        ("[" * 100_000, "invalid"),
        ('{"zip": ' + "[" * 100_000 + "]" * 100_000 + "}", "unknown_member"),
        ('{"zip": 1}', "unknown_member"),
    ],
    ids=lambda value: repr(value)[:24] if len(value) < 30 else f"{value[:10]!r} and so on",
)
def test_a_body_that_is_not_what_the_call_takes_is_refused_with_its_place(
    world: World, content: bytes | str, code: str
) -> None:
    for name, call in calls_of(world).items():
        with nothing_changes():
            answer = call.send(content)
        assert is_problem(answer, 400), name
        assert codes(answer) == [code], name
        assert answer.json()["reasons"][0]["pointer"].startswith("$"), name


def test_what_stands_after_a_right_body_spoils_it(world: World) -> None:
    for name, call in calls_of(world).items():
        for rest in ("x", "{}", ",", "\x00"):
            with nothing_changes():
                answer = call.send(json.dumps(call.body) + rest)
            assert is_problem(answer, 400), name
            assert codes(answer) == ["malformed_json"], name


def test_an_unknown_member_is_refused_and_named_wherever_it_stands(world: World) -> None:
    calls = calls_of(world)
    for name, call in calls.items():
        with nothing_changes():
            answer = call.send({**call.body, "zip": 1})
        assert is_problem(answer, 400), name
        assert codes(answer) == ["unknown_member"], name
        assert "`zip`" in answer.json()["detail"], name
    with nothing_changes():
        answer = calls["POST decisions"].send({"queries": [query(), query(subject={"email": ADA, "zip": 1})]})
    assert answer.json()["reasons"][0]["pointer"] == "$.queries[1].subject"


def test_a_member_that_is_missing_is_named(world: World) -> None:
    for name, call in calls_of(world).items():
        if name == "POST people":  # takes either of two addresses: tested with the people
            continue
        for member in call.body:
            body = {key: value for key, value in call.body.items() if key != member}
            # The first two may be left out; a missing channel is refused by the domain, for the record.
            if member in ("recipient", "aspect", "channel"):
                continue
            with nothing_changes():
                answer = call.send(body)
            assert is_problem(answer, 400), (name, member)
            assert f"`{member}`" in answer.json()["detail"], (name, member)


def test_a_member_of_the_wrong_type_is_refused_with_its_place(world: World) -> None:
    wrong: tuple[Any, ...] = (3.5, True, {"deep": {"er": []}}, ["", None], "", "\x00", "é" * 3000)
    for name, call in calls_of(world).items():
        for member in call.body:
            for value in wrong:
                if member == "requests" and isinstance(value, list):
                    continue  # each of a batch fails on its own: tested below
                with nothing_changes():
                    answer = call.send({**call.body, member: value})
                assert is_problem(answer, 400), (name, member, value)
                assert answer.json()["reasons"][0]["pointer"].startswith(f"$.{member}"), (name, member, value)


def test_huge_numbers_are_refused(world: World) -> None:
    call = calls_of(world)["POST consents"]
    for number in ("1" + "0" * 4000, "1e400", "-1", "0", "1.5", "9223372036854775808"):
        with nothing_changes():
            answer = call.send(json.dumps({**call.body, "text_version": "#"}).replace('"#"', number))
        assert is_problem(answer, 400), number
        assert answer.json()["reasons"][0]["pointer"] == "$.text_version", number


def test_an_answer_never_quotes_a_value_that_was_sent(world: World) -> None:
    secret = "A-Secret-Of-Somebody"
    for name, call in calls_of(world).items():
        for member in call.body:
            for value in (secret, [secret], {"email": secret}, [{"field": secret, "value": secret}]):
                answer = call.send({**call.body, member: value})
                assert secret not in answer.content.decode(), (name, member)


def test_a_body_that_is_too_large_is_refused_unread(world: World, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000
    for name, call in calls_of(world).items():
        with nothing_changes():
            answer = call.send(" " * 20_001)
        assert is_problem(answer, 413), name
        assert "20,000" in answer.json()["detail"]
    assert world.northwind.post("decisions", {"queries": [query()] * 100}).status_code == 200


def test_a_body_is_not_read_before_its_sender_is_known(world: World) -> None:
    with nothing_changes():
        answer = world.northwind.send("POST", "decisions", " " * 4_000_000, authorization="Bearer nobody")
    assert is_problem(answer, 401)


@pytest.mark.parametrize("content_type", [FORM, "text/plain", "multipart/form-data; boundary=x", "", "application/xml"])
def test_another_content_type_than_json_is_refused(world: World, content_type: str) -> None:
    for name, call in calls_of(world).items():
        with nothing_changes():
            answer = call.send(call.body, content_type=content_type)
        assert is_problem(answer, 415), name


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/*", "application/problem+json"])
def test_who_does_not_accept_json_is_told_so(world: World, accept: str) -> None:
    for name, call in calls_of(world).items():
        with nothing_changes():
            answer = call.send(call.body, accept=accept)
        assert is_problem(answer, 406), name
    assert is_problem(world.northwind.send("GET", "disclosures", accept=accept), 406)


@pytest.mark.parametrize("accept", ["*/*", "application/*", JSON, "text/html, application/json;q=0.1"])
def test_who_accepts_json_among_others_is_answered_in_json(world: World, accept: str) -> None:
    answer = world.northwind.send("GET", "disclosures", accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, JSON)


# -- batches ---------------------------------------------------------------------------------


def test_a_thousand_are_taken_and_one_more_is_refused(world: World) -> None:
    calls = calls_of(world)
    for name, member in (("decisions", "queries"), ("disclosures/batch", "requests"), ("disclosures/read", "ids")):
        call = calls[f"POST {name}"]
        (one,) = call.body[member]
        for count in (1001, 0):
            with nothing_changes():
                answer = call.send({member: [one] * count})
            assert is_problem(answer, 400), name
            assert codes(answer) == ["wrong_length"]
            assert answer.json()["reasons"][0]["pointer"] == f"$.{member}"
        answer = call.send({member: [one] * 1000})
        assert answer.status_code == 200, name
        assert len(next(iter(answer.json().values()))) == 1000


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"purpose": "none"}, "unknown_purpose", ".purpose"),
        ({"purpose": "no such purpose"}, "invalid", ".purpose"),
        ({"purpose": "updates\x00"}, "invalid", ".purpose"),
        ({"purpose": ""}, "wrong_length", ".purpose"),
        ({"fields": ["contact.email", "no.such"]}, "unknown_field", ".fields[1]"),
        ({"fields": ["contact.email\x00"]}, "invalid", ".fields[0]"),
        ({"fields": []}, "wrong_length", ".fields"),
        ({"fields": ["contact.email"] * 51}, "wrong_length", ".fields"),
        ({"ground": "because"}, "not_allowed", ".ground"),
        ({"ground": None}, "invalid", ".ground"),
        ({"action": "steal"}, "not_allowed", ".action"),
        ({"country": "China"}, "wrong_length", ".country"),
        ({"country": "cn"}, "invalid", ".country"),
        ({"country": "CN\n"}, "wrong_length", ".country"),
        ({"evidence": {"service_request": "7"}}, "invalid", ".evidence.service_request"),
        ({"evidence": {"other": NOBODY}}, "unknown_member", ".evidence"),
        ({"subject": {}}, "one_name", ".subject"),
        ({"subject": {"id": None}}, "one_name", ".subject"),
        ({"subject": {"id": NOBODY, "email": ADA}}, "one_name", ".subject"),
        ({"subject": {"id": "7"}}, "invalid", ".subject.id"),
        ({"subject": {"email": "no address"}}, "not_an_address", ".subject.email"),
        ({"subject": {"email": "a@b\x00.example"}}, "not_an_address", ".subject.email"),
        ({"subject": {"email": "a" * 250 + "@lantern.example"}}, "wrong_length", ".subject.email"),
        ({"subject": {"phone": "13800138000"}}, "not_an_address", ".subject.phone"),
        ({"subject": {"phone": "+" + "9" * 30}}, "not_an_address", ".subject.phone"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_query_is_told_with_its_place(
    world: World, change: dict[str, Any], code: str, place: str
) -> None:
    world.person_consenting()
    with nothing_changes():
        asked = world.northwind.post("decisions", {"queries": [query(), query(**change)]})
        requested = world.northwind.post("disclosures", query(**change), key="one")
    for answer, start in ((asked, "$.queries[1]"), (requested, "$")):
        assert is_problem(answer, 400)
        assert [(reason["code"], reason["pointer"]) for reason in answer.json()["reasons"]] == [(code, start + place)]


def test_in_a_batch_what_is_wrong_with_one_request_stays_with_it(world: World) -> None:
    world.person_consenting()
    bad: list[Any] = [query(zip=1), query(purpose="none"), [], query(fields=["no.such"]), query(subject={}), None]
    answer = world.northwind.post("disclosures/batch", {"requests": [query(), *bad, query()]}, key="one")
    assert answer.status_code == 200
    first, *problems, last = answer.json()["disclosures"]
    assert first["status"] == last["status"] == "released"
    assert [problem["status"] for problem in problems] == [400] * len(bad)
    assert [problem["reasons"][0]["code"] for problem in problems] == [
        "unknown_member",
        "unknown_purpose",
        "invalid",
        "unknown_field",
        "one_name",
        "invalid",
    ]


# -- keys, paths, methods ---------------------------------------------------------------------


def test_a_call_that_creates_needs_an_idempotency_key(world: World) -> None:
    for name, call in calls_of(world).items():
        if not call.needs_key:
            continue
        for key, code in (
            (None, "idempotency_key_missing"),
            ("", "idempotency_key_missing"),
            (" ", "idempotency_key_missing"),
            ("x" * 256, "idempotency_key_invalid"),
            ("a b", "idempotency_key_invalid"),
            ("schlüssel", "idempotency_key_invalid"),
            ("a\x7f", "idempotency_key_invalid"),
        ):
            with nothing_changes():
                answer = call.send(call.body, key=key)
            assert is_problem(answer, 400), (name, key)
            assert [(r["code"], r["pointer"]) for r in answer.json()["reasons"]] == [(code, "Idempotency-Key")], name


def test_a_key_that_was_used_for_something_else_is_refused(world: World) -> None:
    calls = {name: call for name, call in calls_of(world).items() if call.needs_key}
    world.website.post("people", {"email": "eve@lantern.example"}, key="bad-input")
    world.northwind.post("disclosures", query(fields=["contact.email"]), key="bad-input")
    for name, call in calls.items():
        with nothing_changes():
            answer = call.send(call.body)
        assert is_problem(answer, 422), name
        assert answer.json()["type"].endswith(":idempotency-key-reused")


@pytest.mark.parametrize("id_", ["7", "not-a-uuid", NOBODY[:-1], f"{NOBODY}0", "%00", "..", NOBODY.replace("-", "")])
def test_an_invalid_id_in_the_path_is_found_nowhere(world: World, id_: str) -> None:
    for caller, method, path in (
        (world.northwind, "GET", f"disclosures/{id_}"),
        (world.northwind, "GET", f"disclosures/{id_}/data"),
        (world.website, "PUT", f"people/{id_}/items"),
        (world.website, "PATCH", f"service-requests/{id_}"),
    ):
        with nothing_changes():
            assert is_problem(caller.send(method, path, "{}"), 404), (method, path)


@pytest.mark.parametrize("path", ["", "nope", "decisions/", "decisions.json", "v2/decisions", "disclosures//data"])
def test_an_unknown_path_is_found_nowhere_with_and_without_a_token(world: World, path: str) -> None:
    for caller in (world.northwind.http, Client(SERVER_NAME="localhost")):
        for method in ("GET", "POST", "DELETE"):
            answer = caller.generic(method, f"/api/v1/{path}", headers={"authorization": world.northwind.token})
            assert is_problem(answer, 404), method


def test_a_method_that_a_path_does_not_take_is_refused_and_those_it_takes_are_named(world: World) -> None:
    for path, methods in (
        ("decisions", "POST"),
        ("disclosures", "GET, HEAD, POST"),
        ("disclosures/batch", "POST"),
        ("disclosures/read", "POST"),
        (f"disclosures/{NOBODY}", "GET, HEAD"),
        (f"disclosures/{NOBODY}/data", "GET, HEAD"),
        ("engagements", "GET, HEAD"),
        ("contributions", "POST"),
        ("people", "POST"),
        (f"people/{NOBODY}/items", "PUT"),
        ("consents", "POST"),
        ("service-requests", "POST"),
        (f"service-requests/{NOBODY}", "PATCH"),
    ):
        caller = world.northwind if path.startswith(("d", "e", "contr")) else world.website
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"):
            if method not in methods.split(", "):
                with nothing_changes():
                    answer = caller.send(method, path, "{}", key="any")
                assert is_problem(answer, 405), (method, path)
                assert answer["Allow"] == methods, path


def test_a_host_that_is_not_ours_is_refused_with_a_problem(world: World) -> None:
    answer = world.northwind.send("GET", "disclosures", host="elsewhere.example")
    assert is_problem(answer, 400)


# -- people and moments ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ({}, "address_missing", "$"),
        ({"email": None, "phone": None}, "address_missing", "$"),
        ({"locale": "en"}, "address_missing", "$"),
        ({"email": "no address"}, "not_an_address", "$.email"),
        ({"email": ""}, "wrong_length", "$.email"),
        ({"phone": "12"}, "wrong_length", "$.phone"),
        ({"phone": "138 0013 8000"}, "not_an_address", "$.phone"),
        ({"email": BEN, "locale": "fr"}, "not_allowed", "$.locale"),
        ({"email": BEN, "items": [{"field": "no.such", "value": "x"}]}, "unknown_field", "$.items[0].field"),
        ({"email": BEN, "items": [{"field": "identity.name", "value": ""}]}, "wrong_length", "$.items[0].value"),
        ({"email": BEN, "items": [{"field": "identity.name", "value": " "}]}, "invalid", "$.items[0].value"),
        ({"email": BEN, "items": [{"field": "identity.name", "value": "A\x00"}]}, "invalid", "$.items[0].value"),
        ({"email": BEN, "items": [{"field": "identity.birth_date", "value": "May"}]}, "invalid", "$.items[0].value"),
        ({"email": BEN, "items": [{"field": "identity.name", "value": "A"}] * 2}, "repeated_field", "$.items[1].field"),
        ({"email": BEN, "items": [{"field": "identity.name", "value": "A"}] * 101}, "wrong_length", "$.items"),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_person_is_told_with_its_place(
    world: World, body: dict[str, Any], code: str, place: str
) -> None:
    with nothing_changes():
        answer = world.website.post("people", body, key="one")
    assert is_problem(answer, 400)
    assert [(reason["code"], reason["pointer"]) for reason in answer.json()["reasons"]] == [(code, place)]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("9999-12-31T23:59:59-14:00", "in_the_future"),
        ("2999-01-01T00:00:00Z", "in_the_future"),
        ("0001-01-01T00:00:00+14:00", "too_early"),
        ("1899-12-31T23:59:59Z", "too_early"),
        ("2020-01-01T00:00:00", "invalid"),
        ("2020-13-01T00:00:00Z", "invalid"),
        ("yesterday", "invalid"),
        (1_700_000_000, "invalid"),
    ],
)
def test_a_moment_is_a_real_one_in_the_past(world: World, moment: Any, code: str) -> None:
    calls = calls_of(world)
    items, consents = calls[next(name for name in calls if name.endswith("/items"))], calls["POST consents"]
    with nothing_changes():
        answers = {
            "$.items[0].obtained_at": items.send(
                {"items": [{"field": "identity.name", "value": "Ada", "obtained_at": moment}]}
            ),
            "$.at": consents.send({**consents.body, "at": moment}),
        }
    for place, answer in answers.items():
        assert is_problem(answer, 400)
        assert [(reason["code"], reason["pointer"]) for reason in answer.json()["reasons"]] == [(code, place)]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"purpose": "none"}, "unknown_purpose", "$.purpose"),
        ({"recipient": NOBODY}, "unknown_recipient", "$.recipient"),
        ({"text_version": 7}, "unknown_version", "$.text_version"),
        ({"state": "ConsentExpired"}, "not_allowed", "$.state"),
        ({"state": "ConsentUnknown"}, "not_allowed", "$.state"),
        ({"aspect": "other"}, "not_allowed", "$.aspect"),
        ({"language": "de"}, "not_allowed", "$.language"),
        ({"evidence": ""}, "wrong_length", "$.evidence"),
        ({"evidence": "Form\x001"}, "invalid", "$.evidence"),
        ({"evidence": "x" * 501}, "wrong_length", "$.evidence"),
    ],
    ids=lambda value: json.dumps(value)[:40] if isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_consent_is_told_with_its_place(
    world: World, change: dict[str, Any], code: str, place: str
) -> None:
    body = {**world.consent_of(world.bring_in()), **change}
    with nothing_changes():
        answer = world.website.post("consents", body, key="one")
    assert is_problem(answer, 400)
    assert [(reason["code"], reason["pointer"]) for reason in answer.json()["reasons"]] == [(code, place)]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"partner": NOBODY}, "unknown_partner", "$.partner"),
        ({"kind": "none"}, "unknown_kind", "$.kind"),
        ({"status": "closed"}, "not_allowed", "$.status"),
    ],
)
def test_what_is_wrong_with_a_service_request_is_told_with_its_place(
    world: World, change: dict[str, Any], code: str, place: str
) -> None:
    body = {
        "subject": {"id": world.bring_in()},
        "partner": str(world.northwind.partner.pk),
        "kind": "parcel-delivery",
        **change,
    }
    with nothing_changes():
        answer = world.website.post("service-requests", body, key="one")
    assert is_problem(answer, 400)
    assert [(reason["code"], reason["pointer"]) for reason in answer.json()["reasons"]] == [(code, place)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "ten"),
        ("limit", ""),
        ("limit", "٣"),
        ("limit", "1e2"),
        ("cursor", ""),
        ("cursor", "x"),
        ("cursor", "é"),
        ("cursor", "\x00"),
        ("cursor", "MjAyMC0wMS0wMVQwMDowMDowMCBub3BlCg=="),
        ("status", "lost"),
        ("status", "\x00"),
        ("purpose", "none"),
        ("purpose", "a\x00b"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_by_the_parameter(world: World, name: str, value: str) -> None:
    with nothing_changes():
        answer = world.northwind.get("disclosures", **{name: value})
    assert is_problem(answer, 400)
    assert [reason["pointer"] for reason in answer.json()["reasons"]] == [name]


# -- what else may go wrong ------------------------------------------------------------------


def test_while_the_cache_is_away_look_ups_by_address_wait_and_all_else_goes_on(
    world: World, settings: Settings
) -> None:
    subject = world.person_consenting()
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    with nothing_changes():
        for answer in (
            world.northwind.post("decisions", {"queries": [query()]}),
            world.northwind.post("disclosures", query(), key="one"),
            world.northwind.post("disclosures/batch", {"requests": [query()]}, key="two"),
        ):
            assert is_problem(answer, 503)
    by_name = query(subject={"id": world.name_of(world.northwind)})
    assert world.northwind.post("decisions", {"queries": [by_name]}).status_code == 200
    assert world.northwind.post("disclosures", by_name, key="one").status_code == 201
    assert world.consent(subject, "ConsentWithdrawn").status_code == 201


def test_a_days_look_ups_by_address_are_limited_for_each_partner_and_by_name_they_are_not(
    world: World, settings: Settings
) -> None:
    settings.ADDRESS_LOOKUPS_PER_DAY = 3
    world.person_consenting()
    assert world.northwind.post("decisions", {"queries": [query()] * 3}).status_code == 200
    with nothing_changes():
        for answer in (
            world.northwind.post("decisions", {"queries": [query()]}),
            world.northwind.post("disclosures", query(), key="one"),
            world.northwind.post("disclosures/batch", {"requests": [query()]}, key="two"),
        ):
            assert is_problem(answer, 429)
            now = timezone.now()
            left = 86_400 - now.hour * 3600 - now.minute * 60 - now.second
            assert left - 5 <= int(answer["Retry-After"]) <= left + 5
    assert world.harbour.post("decisions", {"queries": [query()]}).status_code == 200
    by_name = query(subject={"id": world.name_of(world.northwind)})
    assert world.northwind.post("decisions", {"queries": [by_name] * 10}).status_code == 200


def test_a_fault_of_ours_is_a_problem_too_that_tells_nothing(world: World, settings: Settings) -> None:
    settings.ADDRESS_LOOKUPS_PER_DAY = "many"
    with nothing_changes():
        answer = world.northwind.post("disclosures", query(), key="one")
    assert is_problem(answer, 500)
    assert answer.json()["title"] == "Something went wrong"
    assert "TypeError" not in answer.content.decode()
