"""Getting an access token, and what a call is answered without a good one."""

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.settings import oauth2_settings
from pytest_django import Settings

from privacy_app.ledger.actors import SYSTEM
from tests.api.callers import FORM, JSON, Caller, World, ask_for_token, codes, everything, is_problem
from users.models import ApiClient
from users.models.partners import Scope
from users.services.partners import rotate_secret
from users.services.quotas import WRONG_SECRETS_PER_MINUTE

pytestmark = [pytest.mark.django_db, pytest.mark.clause("SEC-a")]


def _basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote(client_id)}:{quote(secret)}".encode()
    return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _is_error(answer: Any, status: int, error: str) -> bool:
    """Whether this is an error as RFC 6749 has it, in words, that nobody keeps and that sets no cookie."""
    body = answer.json()
    return bool(
        answer.status_code == status
        and set(body) == {"error", "error_description"}
        and body["error"] == error
        and body["error_description"]
        and answer["Content-Type"] == JSON
        and answer["Cache-Control"] == "no-store"
        and not answer.cookies
    )


# -- getting one ------------------------------------------------------------------------------


def test_a_client_gets_a_token_for_all_its_scopes_by_a_secret_in_the_body(world: World) -> None:
    answer = ask_for_token(world.northwind.credentials)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "expires_in", "token_type", "scope"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"].split() == ["contributions", "decisions", "disclosures", "events"]
    assert answer["Content-Type"] == JSON
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_a_client_gets_a_token_by_http_basic_too(world: World) -> None:
    headers = _basic(world.northwind.client.client_id, world.northwind.secret)
    answer = ask_for_token({"grant_type": "client_credentials"}, headers)
    assert answer.status_code == 200
    world.northwind.token = answer.json()["access_token"]
    assert world.northwind.get("disclosures").status_code == 200


def test_a_client_may_ask_for_fewer_scopes_than_it_has(world: World) -> None:
    answer = ask_for_token({**world.northwind.credentials, "scope": "decisions"})
    assert answer.json()["scope"] == "decisions"
    world.northwind.token = answer.json()["access_token"]
    assert world.northwind.get("disclosures").status_code == 403


def test_neither_the_token_nor_the_secret_is_kept_in_the_clear(world: World) -> None:
    row = AccessToken.objects.get(application=world.northwind.client)
    assert row.token == ""
    assert row.token_checksum == hashlib.sha256(world.northwind.token.encode()).hexdigest()
    stored = ApiClient.objects.get(pk=world.northwind.client.pk).client_secret
    assert stored.startswith("random_secret_sha256$")
    assert world.northwind.secret not in stored
    assert check_password(world.northwind.secret, stored)


def test_a_new_secret_makes_the_old_one_worthless(world: World) -> None:
    old = world.northwind.credentials
    world.northwind.secret = rotate_secret(world.northwind.client, by=SYSTEM, at=timezone.now())
    assert _is_error(ask_for_token(old), 401, "invalid_client")
    assert ask_for_token(world.northwind.credentials).status_code == 200


# -- being refused one ------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_secret": ""}])
def test_an_unknown_client_and_a_wrong_secret_get_the_same_answer(world: World, change: dict[str, str]) -> None:
    before = everything()
    answer = ask_for_token({**world.northwind.credentials, **change})
    assert _is_error(answer, 401, "invalid_client")
    assert answer["WWW-Authenticate"] == 'Basic realm="api"'
    assert answer.content == ask_for_token({**world.harbour.credentials, "client_secret": "no"}).content
    assert everything() == before


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode(), "Bearer x", "basic eDp5", "Basic /w=="],
)
def test_a_malformed_authorization_header_is_an_unknown_client(world: World, header: str) -> None:
    answer = ask_for_token({"grant_type": "client_credentials"}, {"authorization": header})
    assert _is_error(answer, 401, "invalid_client")


def test_an_authorization_header_that_is_not_ascii_is_refused(world: World) -> None:
    answer = ask_for_token({"grant_type": "client_credentials"}, HTTP_AUTHORIZATION="Basic \xe9")
    assert _is_error(answer, 400, "invalid_request")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"scope": "platform"}, "invalid_scope"),
        ({"scope": "decisions platform"}, "invalid_scope"),
        ({"scope": "no-such-scope"}, "invalid_scope"),
        ({"client_id": "a\x00b"}, "invalid_request"),
        ({"client_secret": "é"}, "invalid_request"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_the_error_of_rfc_6749(
    world: World, change: dict[str, str], error: str
) -> None:
    before = everything()
    assert _is_error(ask_for_token({**world.northwind.credentials, **change}), 400, error)
    assert everything() == before


def test_the_grant_must_be_named(world: World) -> None:
    form = world.northwind.credentials
    del form["grant_type"]
    assert _is_error(ask_for_token(form), 400, "invalid_request")


def test_a_parameter_that_stands_twice_is_refused(world: World) -> None:
    form = [*world.northwind.credentials.items(), ("client_id", "other")]
    assert _is_error(ask_for_token(form), 400, "invalid_request")


def test_the_secret_is_given_in_one_place_only(world: World) -> None:
    headers = _basic(world.northwind.client.client_id, world.northwind.secret)
    assert _is_error(ask_for_token(world.northwind.credentials, headers), 400, "invalid_request")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (json.dumps({"grant_type": "client_credentials"}), JSON),
        ("", ""),
        ("x", "multipart/form-data; boundary="),
        ("a=1&" * 2000, FORM),
        ("grant_type=" + "x" * 3_000_000, FORM),
        ("grant_type=client_credentials", FORM + "; charset=utf-16"),
    ],
    ids=["json", "empty", "multipart", "too many parameters", "too large", "odd charset"],
)
def test_a_body_that_is_no_plain_form_is_refused(world: World, content: str, content_type: str) -> None:
    answer = world.northwind.http.post("/oauth/token", content, content_type=content_type)
    assert _is_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_a_token_is_had_by_post_alone(world: World, method: str) -> None:
    answer = world.northwind.http.generic(method, "/oauth/token")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert answer["Cache-Control"] == "no-store"


def test_the_secret_is_not_taken_from_the_address(world: World) -> None:
    answer = world.northwind.http.post(
        f"/oauth/token?{urlencode(world.northwind.credentials)}", "grant_type=client_credentials", content_type=FORM
    )
    assert _is_error(answer, 400, "invalid_request")


def test_too_many_wrong_secrets_are_told_to_wait_and_nobody_else_is(world: World) -> None:
    wrong = {**world.northwind.credentials, "client_secret": "wrong"}
    with time_machine.travel(timezone.now().replace(second=5, microsecond=0), tick=False) as clock:
        for _ in range(WRONG_SECRETS_PER_MINUTE):
            assert ask_for_token(wrong).status_code == 401
        for form in (wrong, world.northwind.credentials):
            answer = ask_for_token(form)
            assert _is_error(answer, 429, "invalid_client")
            assert answer["Retry-After"] == "55"
        assert ask_for_token(world.harbour.credentials).status_code == 200
        assert ask_for_token(world.northwind.credentials, REMOTE_ADDR="203.0.113.9").status_code == 200
        clock.shift(timedelta(seconds=55))
        assert ask_for_token(world.northwind.credentials).status_code == 200


def test_wrong_secrets_over_http_basic_are_counted_as_well(world: World) -> None:
    headers = _basic(world.northwind.client.client_id, "wrong")
    form = {"grant_type": "client_credentials"}
    with time_machine.travel(timezone.now().replace(second=5, microsecond=0), tick=False):
        answers = [ask_for_token(form, headers).status_code for _ in range(WRONG_SECRETS_PER_MINUTE + 1)]
    assert answers == [401] * WRONG_SECRETS_PER_MINUTE + [429]


def test_tokens_are_still_given_while_the_cache_is_away(world: World, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert ask_for_token(world.northwind.credentials).status_code == 200
    wrong = {**world.northwind.credentials, "client_secret": "wrong"}
    assert _is_error(ask_for_token(wrong), 401, "invalid_client")


# -- calling with one -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("", None),
        ("Bearer", 'error="invalid_token"'),
        ("Bearer unknown", 'error="invalid_token"'),
        ("Bearer {token} {token}", 'error="invalid_token"'),
        ("Bearer {token}x", 'error="invalid_token"'),
        ("{token}", None),
        ("Basic {token}", None),
        ("Token {token}", None),
    ],
)
def test_without_a_good_token_a_call_is_refused_and_says_so(world: World, header: str, error: str | None) -> None:
    before = everything()
    answer = world.northwind.send("GET", "disclosures", authorization=header.format(token=world.northwind.token))
    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == ", ".join(filter(None, ['Bearer realm="api"', error]))
    assert everything() == before


def test_a_token_in_the_address_or_the_body_is_not_taken(world: World) -> None:
    http = Client(SERVER_NAME="localhost")
    token = world.northwind.token
    assert http.get(f"/api/v1/disclosures?access_token={token}").status_code == 401
    body = json.dumps({"access_token": token})
    assert http.post("/api/v1/decisions", body, content_type=JSON).status_code == 401


def test_the_scheme_is_written_as_one_likes(world: World) -> None:
    assert (
        world.northwind.send("GET", "disclosures", authorization=f"bearer {world.northwind.token}").status_code == 200
    )


def test_a_spent_token_is_refused_to_the_second(world: World) -> None:
    expires = AccessToken.objects.get(application=world.northwind.client).expires
    with time_machine.travel(expires - timedelta(seconds=1), tick=False):
        assert world.northwind.get("disclosures").status_code == 200
    with time_machine.travel(expires, tick=False):
        answer = world.northwind.get("disclosures")
    assert is_problem(answer, 401)
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert "run out" in answer.json()["detail"]


def test_a_revoked_token_is_refused(world: World) -> None:
    AccessToken.objects.get(application=world.northwind.client).revoke()
    assert is_problem(world.northwind.get("disclosures"), 401)
    assert world.harbour.get("disclosures").status_code == 200


def test_a_wrong_scope_is_refused_and_the_right_one_is_named(world: World) -> None:
    before = everything()
    for caller, method, path, scope in [
        (world.northwind, "POST", "people", "platform"),
        (world.northwind, "PUT", "people/00000000-0000-4000-8000-000000000000/items", "platform"),
        (world.northwind, "POST", "consents", "platform"),
        (world.northwind, "POST", "service-requests", "platform"),
        (world.northwind, "PATCH", "service-requests/00000000-0000-4000-8000-000000000000", "platform"),
        (world.website, "POST", "decisions", "decisions"),
        (world.website, "GET", "disclosures", "disclosures"),
        (world.website, "POST", "disclosures", "disclosures"),
        (world.website, "POST", "disclosures/batch", "disclosures"),
        (world.website, "POST", "disclosures/read", "disclosures"),
        (world.website, "GET", "disclosures/00000000-0000-4000-8000-000000000000", "disclosures"),
        (world.website, "GET", "disclosures/00000000-0000-4000-8000-000000000000/data", "disclosures"),
        (world.website, "GET", "engagements", "events"),
        (world.website, "POST", "contributions", "contributions"),
    ]:
        answer = caller.send(method, path, "{}", key="any")
        assert is_problem(answer, 403), (method, path)
        assert codes(answer) == ["insufficient_scope"]
        assert answer["WWW-Authenticate"] == f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'
    assert everything() == before


def test_a_scope_that_the_client_lost_is_lost_to_the_tokens_it_has(world: World) -> None:
    assert world.northwind.get("disclosures").status_code == 200
    ApiClient.objects.filter(pk=world.northwind.client.pk).update(scopes=["decisions"])
    assert is_problem(world.northwind.get("disclosures"), 403)
    assert _is_error(ask_for_token({**world.northwind.credentials, "scope": "disclosures"}), 400, "invalid_scope")


def test_every_scope_that_is_described_is_one_that_a_client_may_have() -> None:
    assert set(oauth2_settings.SCOPES) == set(Scope.values)


def test_a_call_costs_one_query_to_know_its_client(world: World, django_assert_num_queries: Any) -> None:
    other = Caller(world.northwind.partner, ["contributions"])
    with django_assert_num_queries(1):
        assert other.get("disclosures").status_code == 403
