"""Canonical JSON (RFC 8785) and the leaf hash of an entry.

Bodies are limited to what RFC 8785 and PostgreSQL's jsonb both keep exactly: strings of whole characters without NUL,
whole numbers within ±2^53, booleans, null, lists, and objects with ASCII keys. For these the standard library's encoder, told to sort keys and
leave out spaces, writes the canonical form.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

_SAFE_INTEGER = 2**53
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class NotCanonical(ValueError):
    """A body holds something that has no one canonical form. The message names its place, never its content."""


def check(value: Any, place: str = "body") -> None:
    """Raise NotCanonical unless `value` is of the limited kind above."""
    kind = type(value)
    if kind is str:
        _check_text(value, place)
    elif kind is dict:
        for key, member in value.items():
            if type(key) is not str or not key.isascii():
                raise NotCanonical(f"{place}: a key that is not ASCII")
            _check_text(key, f"{place}: a key")
            check(member, f"{place}.{key}")
    elif kind is list or kind is tuple:
        for member in value:
            check(member, f"{place}[]")
    elif kind is int:
        if not -_SAFE_INTEGER < value < _SAFE_INTEGER:
            raise NotCanonical(f"{place}: a number beyond 2^53")
    elif value is not None and kind is not bool:
        raise NotCanonical(f"{place}: a {kind.__name__}")


def _check_text(text: str, place: str) -> None:
    if "\x00" in text:
        raise NotCanonical(f"{place}: a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NotCanonical(f"{place}: half of a surrogate pair") from None


def canonical_json(value: Any) -> bytes:
    """The canonical form of a checked value, in UTF-8."""
    return _encode(value).encode()


def instant(at: datetime) -> str:
    """An instant as entries name it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_content(*, kind: str, pseudonym: str | None, actor: str, at: datetime, body: Any) -> bytes:
    """An entry's canonical content: what its leaf is computed over."""
    return canonical_json({"actor": actor, "at": instant(at), "body": body, "kind": kind, "pseudonym": pseudonym})


def leaf_hash(*, salt: bytes, kind: str, pseudonym: str | None, actor: str, at: datetime, body: Any) -> bytes:
    """SHA-256 over a leaf prefix (RFC 9162), the entry's salt and its canonical content: 32 bytes."""
    content = leaf_content(kind=kind, pseudonym=pseudonym, actor=actor, at=at, body=body)
    return hashlib.sha256(b"\x00" + salt + content).digest()
