"""Keys, sealed values, rare secrets and the blind index: what opens, and that nothing else does (SEC-a)."""

import base64
from itertools import combinations

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from privacy_app import crypto
from privacy_app.crypto import (
    Key,
    KeyRing,
    Unreadable,
    associated_data,
    blind_index,
    fingerprint,
    new_data_key,
    seal,
    seal_rare_secret,
    unseal,
    unseal_rare_secret,
    unwrap,
    wrap,
)
from privacy_app.keyrings import data_keys, index_keys, ledger_keys

pytestmark = pytest.mark.clause("SEC-a")


def encoded(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


OLD, NEW, KEY = (bytes(range(start, start + 32)) for start in (7, 100, 200))
OLD_RING = KeyRing(f"k1:{encoded(OLD)}", name="DATA_KEYS")
RING = KeyRing(f"k2:{encoded(NEW)}, k1:{encoded(OLD)}", name="DATA_KEYS")
CONTEXT = associated_data("personal-data-item", "one")
SEALED = seal(b"ada@lantern.example", key=KEY, context=CONTEXT)


# -- rings of keys --------------------------------------------------------------------------------------------


def test_a_ring_is_written_newest_first() -> None:
    assert list(RING.keys) == ["k2", "k1"]
    assert RING.newest == Key("k2", NEW)
    assert RING["k1"].secret == OLD


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the ring is empty"),
        (" , ", "the ring is empty"),
        ("k1:***", "key 1 is not base64"),
        (f"k1:{encoded(OLD)[:-2]}", "key 1 is not base64"),
        ("k1", "key 1 is not `id:base64` of 32 bytes"),
        (f":{encoded(OLD)}", "key 1 is not `id:base64` of 32 bytes"),
        (encoded(OLD), "key 1 is not `id:base64` of 32 bytes"),
        (f"k1:{encoded(OLD[:31])}", "key 1 is not `id:base64` of 32 bytes"),
        (f"k1:{encoded(OLD + b'x')}", "key 1 is not `id:base64` of 32 bytes"),
        (f"k1:{encoded(OLD)},k1:{encoded(NEW)}", "the id of key 2 stands twice"),
        (f"k1:{encoded(OLD)},{encoded(NEW)}:k2", "key 2 is not base64"),
    ],
)
def test_a_ring_that_is_not_one_is_refused_without_a_word_of_its_keys(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"^DATA_KEYS: ") as refused:
        KeyRing(text, name="DATA_KEYS")
    assert str(refused.value) == f"DATA_KEYS: {fault}"


def test_a_key_does_not_show_itself() -> None:
    """Tracebacks and logs print what they are handed."""
    for shown in (repr(RING.newest), str(RING.newest), repr(RING), f"{RING['k1']}"):
        assert encoded(NEW) not in shown and repr(NEW) not in shown and repr(OLD) not in shown


def test_a_key_that_is_not_in_the_ring_opens_nothing() -> None:
    with pytest.raises(Unreadable):
        OLD_RING["k2"]


def test_the_rings_of_an_installation_share_no_key() -> None:
    rings = [data_keys(), index_keys(), ledger_keys()]
    for one, other in combinations(rings, 2):
        assert not {key.secret for key in one.keys.values()} & {key.secret for key in other.keys.values()}
    assert settings.SECRET_KEY.encode() not in {key.secret for ring in rings for key in ring.keys.values()}


# -- sealed values --------------------------------------------------------------------------------------------


@given(st.binary(), st.binary())
def test_what_is_sealed_opens_with_its_key_and_context(plaintext: bytes, context: bytes) -> None:
    sealed = seal(plaintext, key=KEY, context=context)
    assert unseal(sealed, key=KEY, context=context) == plaintext
    assert sealed[0] == 1 and len(sealed) == 1 + 12 + len(plaintext) + 16


def test_the_same_value_never_looks_the_same() -> None:
    assert len({seal(b"", key=KEY, context=CONTEXT) for _ in range(100)}) == 100


@given(st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
def test_another_key_opens_nothing(key: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(SEALED, key=key, context=CONTEXT)


@given(st.binary().filter(lambda context: context != CONTEXT))
def test_another_context_opens_nothing(context: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(SEALED, key=KEY, context=context)


def test_a_truncated_value_does_not_open() -> None:
    for length in range(len(SEALED)):
        for part in (SEALED[:length], SEALED[len(SEALED) - length :]):
            with pytest.raises(Unreadable):
                unseal(part, key=KEY, context=CONTEXT)


@given(flip=st.integers(1, 255))
def test_a_value_with_any_byte_flipped_does_not_open(flip: int) -> None:
    for place in range(len(SEALED)):
        altered = bytearray(SEALED)
        altered[place] ^= flip
        with pytest.raises(Unreadable):
            unseal(bytes(altered), key=KEY, context=CONTEXT)


@given(st.binary())
def test_whatever_was_not_sealed_does_not_open(sealed: bytes) -> None:
    for candidate in (sealed, b"\x01" + sealed, SEALED + sealed + b"\x00"):
        with pytest.raises(Unreadable):
            unseal(candidate, key=KEY, context=CONTEXT)


def test_what_does_not_open_is_not_quoted() -> None:
    with pytest.raises(Unreadable) as unreadable:
        unseal(SEALED, key=OLD, context=CONTEXT)
    assert (str(unreadable.value), unreadable.value.__cause__) == ("does not open", None)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_different_parts_never_make_the_same_context(one: list[str], other: list[str]) -> None:
    assert (associated_data(*one) == associated_data(*other)) is (one == other)


# -- data keys and their wrapping -----------------------------------------------------------------------------


def test_a_data_key_is_wrapped_under_the_newest_key_for_its_owner() -> None:
    data_key = new_data_key()
    key_id, wrapped = wrap(data_key, ring=RING, owner="ada")
    assert (key_id, len(data_key)) == ("k2", 32)
    assert unwrap(wrapped, ring=RING, key_id=key_id, owner="ada") == data_key
    assert new_data_key() != data_key


def test_after_a_rotation_the_old_opens_and_the_new_is_under_the_newest() -> None:
    key_id, wrapped = wrap(KEY, ring=OLD_RING, owner="ada")
    assert unwrap(wrapped, ring=RING, key_id=key_id, owner="ada") == KEY
    assert wrap(KEY, ring=RING, owner="ada")[0] == "k2"


def test_a_wrapped_key_opens_for_its_owner_and_under_its_key_alone() -> None:
    key_id, wrapped = wrap(KEY, ring=RING, owner="ada")
    same_secret = KeyRing(f"k3:{encoded(NEW)},k2:{encoded(OLD)}", name="DATA_KEYS")
    for ring, name, owner in (
        (RING, key_id, "ben"),
        (RING, "k1", "ada"),
        (RING, "k9", "ada"),
        (OLD_RING, key_id, "ada"),
        (same_secret, "k3", "ada"),
        (same_secret, "k2", "ada"),
    ):
        with pytest.raises(Unreadable):
            unwrap(wrapped, ring=ring, key_id=name, owner=owner)
    with pytest.raises(Unreadable):
        unwrap(wrapped[:-1], ring=RING, key_id=key_id, owner="ada")


# -- rare secrets ---------------------------------------------------------------------------------------------

SECRET = b"JBSWY3DPEHPK3PXP"
RARE = seal_rare_secret(SECRET, ring=RING, owner="ada")


@given(st.binary(), st.text())
def test_a_rare_secret_opens_for_its_owner(secret: bytes, owner: str) -> None:
    sealed = seal_rare_secret(secret, ring=RING, owner=owner)
    assert sealed.startswith("k2:") and sealed.isascii()
    assert unseal_rare_secret(sealed, ring=RING, owner=owner) == secret


@given(st.text().filter(lambda owner: owner != "ada"))
def test_a_rare_secret_opens_for_nobody_else(owner: str) -> None:
    with pytest.raises(Unreadable):
        unseal_rare_secret(RARE, ring=RING, owner=owner)


def test_a_rare_secret_of_one_owner_is_no_secret_of_a_longer_name() -> None:
    sealed = seal_rare_secret(b"bert", ring=RING, owner="ro")
    with pytest.raises(Unreadable):
        unseal_rare_secret(sealed, ring=RING, owner="robert")


def test_a_rare_secret_survives_rotation_and_not_the_loss_of_its_key() -> None:
    old = seal_rare_secret(SECRET, ring=OLD_RING, owner="ada")
    assert unseal_rare_secret(old, ring=RING, owner="ada") == SECRET
    for sealed, ring in ((RARE, OLD_RING), (RARE.replace("k2:", "k1:"), RING), (RARE.replace("k2:", ":"), RING)):
        with pytest.raises(Unreadable):
            unseal_rare_secret(sealed, ring=ring, owner="ada")


@given(character=st.characters() | st.sampled_from("A_=:\n"))
def test_a_rare_secret_with_any_character_altered_or_put_in_does_not_open(character: str) -> None:
    for place in range(len(RARE)):
        for altered in (RARE[:place] + character + RARE[place + 1 :], RARE[:place] + character + RARE[place:]):
            if altered != RARE:
                with pytest.raises(Unreadable):
                    unseal_rare_secret(altered, ring=RING, owner="ada")


def test_a_truncated_rare_secret_does_not_open() -> None:
    for length in range(len(RARE)):
        with pytest.raises(Unreadable):
            unseal_rare_secret(RARE[:length], ring=RING, owner="ada")


@given(st.binary())
def test_whatever_was_not_sealed_is_no_rare_secret(content: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal_rare_secret(f"k2:{base64.urlsafe_b64encode(content).decode()}", ring=RING, owner="ada")


def test_nothing_is_unpickled_and_no_key_is_the_secret_key() -> None:
    """What a pickle would execute is read as the bytes that it is; and the library's own keys are not asked for."""
    bomb = b"cos\nsystem\n(S'touch /tmp/pickled'\ntR."
    sealed = seal_rare_secret(bomb, ring=RING, owner="ada")
    assert unseal_rare_secret(sealed, ring=RING, owner="ada") == bomb
    assert "pickle" not in vars(crypto)


# -- the blind index ------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_equal_addresses_have_equal_marks_and_others_have_others(one: str, other: str) -> None:
    marks = [blind_index(value, key=RING.newest, kind="email") for value in (one, other)]
    assert (marks[0] == marks[1]) is (one == other)
    assert {len(mark) for mark in marks} == {32}


def test_a_mark_depends_on_the_kind_of_address_and_the_key() -> None:
    marks = {
        blind_index(value, key=key, kind=kind)
        for value in ("+8613800138000", "+8613800138001")
        for key in RING.keys.values()
        for kind in ("email", "phone")
    }
    assert len(marks) == 8
    assert not any(b"13800138000" in mark for mark in marks)


def test_a_fingerprint_depends_on_payload_purpose_and_key() -> None:
    marks = {
        fingerprint(payload, key=key, purpose=purpose)
        for payload in (b"{}", b"{} ")
        for key in RING.keys.values()
        for purpose in ("POST /a", "POST /b")
    }
    assert len(marks) == 8
    assert fingerprint(b"b{}", key=RING.newest, purpose="a") != fingerprint(b"{}", key=RING.newest, purpose="ab")
