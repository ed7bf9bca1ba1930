"""Canonical JSON (RFC 8785) and the leaf hash of an entry.

Bodies are limited to what RFC 8785 and PostgreSQL's jsonb both keep exactly: strings of whole characters without NUL,
whole numbers within ±2^53, booleans, null, lists, and objects with ASCII keys. For these msgspec's encoder, told to
sort keys, writes the canonical form.
"""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

_SAFE_INTEGER = 2**53
_encode = msgspec.json.Encoder(order="sorted").encode


class NotCanonical(ValueError):
    """A body holds something that has no one canonical form. The message names its place, never its content."""


def check(value: Any, place: str = "body") -> None:
    """Raise NotCanonical unless `value` is of the limited kind above."""
    if fault := _fault(value):
        raise NotCanonical(place + fault)


def _fault(value: Any) -> str:
    """What is wrong with a value, after the place within it; empty if nothing is. This runs for all that is recorded."""
    kind = type(value)
    if kind is str:
        return "" if value.isascii() and "\x00" not in value else _fault_of_text(value)
    if value is None or kind is bool:
        return ""
    if kind is dict:
        for key, member in value.items():
            if type(key) is not str or not key.isascii():
                return ": a key that is not ASCII"
            if "\x00" in key:
                return ": a key: a NUL character"
            if fault := _fault(member):
                return f".{key}{fault}"
        return ""
    if kind is list or kind is tuple:
        for member in value:
            if fault := _fault(member):
                return f"[]{fault}"
        return ""
    if kind is int:
        return "" if -_SAFE_INTEGER < value < _SAFE_INTEGER else ": a number beyond 2^53"
    return f": a {kind.__name__}"


def _fault_of_text(text: str) -> str:
    if "\x00" in text:
        return ": a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return ": half of a surrogate pair"
    return ""


def canonical_json(value: Any) -> bytes:
    """The canonical form of a checked value, in UTF-8. A part may be given in its canonical form, as msgspec.Raw."""
    try:
        return _encode(value)
    except OverflowError:
        raise NotCanonical("a number beyond 2^64") from None


def instant(at: datetime) -> str:
    """An instant as entries name it: UTC, to the microsecond."""
    return _written(at.astimezone(UTC))


@lru_cache(maxsize=1024)
def _written(at: datetime) -> str:
    """A batch names the same few instants over and over."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_content(*, kind: str, pseudonym: str | None, actor: str, at: datetime, body: Any) -> bytes:
    """An entry's canonical content: what its leaf is computed over."""
    return canonical_json({"actor": actor, "at": instant(at), "body": body, "kind": kind, "pseudonym": pseudonym})


def leaf_hash(*, salt: bytes, kind: str, pseudonym: str | None, actor: str, at: datetime, body: Any) -> bytes:
    """SHA-256 over a leaf prefix (RFC 9162), the entry's salt and its canonical content: 32 bytes."""
    content = leaf_content(kind=kind, pseudonym=pseudonym, actor=actor, at=at, body=body)
    return hashlib.sha256(b"\x00" + salt + content).digest()
