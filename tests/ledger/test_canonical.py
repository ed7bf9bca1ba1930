"""Canonical JSON and the leaf of an entry: the same bytes as everybody else's reading of RFC 8785."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.ledger.canonical import NotCanonical, canonical_json, check, instant, leaf_content, leaf_hash

AT = datetime(2026, 5, 3, 12, 30, 15, 250, tzinfo=UTC)
SALT = bytes(range(16))
SAFE = 2**53 - 1

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
keys = st.text(st.characters(min_codepoint=1, max_codepoint=127))
scalars = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts
bodies = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=20)


# -- canonical JSON ---------------------------------------------------------------------------------------


@pytest.mark.clause("SEC-a")
@given(bodies)
def test_what_passes_the_check_is_written_as_rfc_8785_wants_it(body: Any) -> None:
    check(body)
    assert canonical_json(body) == rfc8785.dumps(body)
    assert json.loads(canonical_json(body)) == body


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": 2, "B": 3, "": 4, "a.b": 5}, '{"":4,"B":3,"a":2,"a.b":5,"b":1}'),
        ('é€𝄞\u2028/\\"\b\t\n\f\r\x1f\x7f', '"é€𝄞\u2028/\\\\\\"\\b\\t\\n\\f\\r\\u001f\x7f"'),
        ([True, False, None, -0, SAFE, -SAFE, (), {}], f"[true,false,null,0,{SAFE},-{SAFE},[],{{}}]"),
    ],
)
def test_canonical_json_by_example(value: Any, written: str) -> None:
    check(value)
    assert canonical_json(value) == written.encode() == rfc8785.dumps(value)


class Word(StrEnum):
    ONE = "one"


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    ("value", "place"),
    [
        (1.0, "body: a float"),
        (1.5, "body: a float"),
        (float("nan"), "body: a float"),
        (float("inf"), "body: a float"),
        (2**53, "body: a number beyond 2^53"),
        (-(2**53), "body: a number beyond 2^53"),
        (10**400, "body: a number beyond 2^53"),
        ("secret\x00", "body: a NUL character"),
        ("secret\ud800", "body: half of a surrogate pair"),
        ("secret\udc00\ud800", "body: half of a surrogate pair"),
        ({"ключ": 1}, "body: a key that is not ASCII"),
        ({1: "secret"}, "body: a key that is not ASCII"),
        ({None: "secret"}, "body: a key that is not ASCII"),
        ({"secret\x00": 1}, "body: a key: a NUL character"),
        (b"secret", "body: a bytes"),
        (AT, "body: a datetime"),
        ({"secret"}, "body: a set"),
        (Word.ONE, "body: a Word"),
        ({"a": [{"b": ["", 1.5]}]}, r"body.a\[\].b\[\]: a float"),
        ({"a": ({"b": "secret\x00"},)}, r"body.a\[\].b: a NUL character"),
    ],
)
def test_what_has_no_one_form_is_refused_by_its_place_and_never_quoted(value: Any, place: str) -> None:
    with pytest.raises(NotCanonical, match=f"^{place.replace('^', chr(92) + '^')}$") as refused:
        check(value)
    assert "secret" not in str(refused.value)


@pytest.mark.clause("SEC-a")
@given(
    st.recursive(
        scalars | st.floats() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
        max_leaves=8,
    )
)
def test_anything_is_either_refused_or_written_so_that_it_reads_back(value: Any) -> None:
    try:
        check(value)
    except NotCanonical:
        return
    assert json.loads(canonical_json(value)) == value


# -- leaves -------------------------------------------------------------------------------------------------


@pytest.mark.clause("PRE-2")
def test_an_instant_is_named_in_utc_to_the_microsecond() -> None:
    assert instant(AT) == "2026-05-03T12:30:15.000250Z"
    assert instant(AT.astimezone(timezone(timedelta(hours=8)))) == instant(AT)
    assert datetime.fromisoformat(instant(AT)) == AT


@pytest.mark.clause("SEC-a")
def test_the_leaf_of_an_entry_never_changes() -> None:
    """A stored ledger must verify with every later version of the product."""
    entry: dict[str, Any] = {
        "kind": "consent.changed",
        "pseudonym": "5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11",
        "actor": "client:northwind",
        "at": AT,
        "body": {"after": "ConsentGiven", "fields": ["contact.email"], "said": None, "words": "同意"},
    }
    content = (
        '{"actor":"client:northwind","at":"2026-05-03T12:30:15.000250Z","body":{"after":"ConsentGiven","fields":'
        '["contact.email"],"said":null,"words":"同意"},"kind":"consent.changed",'
        '"pseudonym":"5e2f8c58-6c0f-4f0e-9a39-0d1f7f3b0a11"}'
    ).encode()
    assert leaf_content(**entry) == content
    assert leaf_hash(salt=SALT, **entry) == hashlib.sha256(b"\x00" + SALT + content).digest()
    assert leaf_hash(salt=SALT, **entry).hex() == "3f40387cfa31c1dcc48ac884f1e803e294ecc6500fea3872a0970fea0011db06"
    assert (
        leaf_hash(salt=SALT, **{**entry, "pseudonym": None}).hex()
        == "2ff67e590422cde18847539cc3e9517eff88a3a32d49081924c2393ecf8d50b9"
    )
