"""Keys, envelope encryption and the blind index (SEC-a).

Values are sealed with AES-256-GCM. A sealed value is

    version (1 byte) · nonce (12 bytes) · ciphertext with its tag

and is bound to *associated data*: stable literals and the row's own key, so that a ciphertext moved to another
row or field does not open. A person's data key (DEK) is itself sealed under a key-encryption key from a ring.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.signing import BadSignature
from django_cryptography.core.signing import FernetSigner
from django_cryptography.utils.crypto import FernetBytes, InvalidToken

KEY_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12


class Unreadable(Exception):
    """A sealed value does not open: wrong key, wrong place, truncated or altered. It says nothing of the content."""


@dataclass(frozen=True)
class Key:
    id: str
    secret: bytes = field(repr=False)

    @cached_property
    def cipher(self) -> AESGCM:
        """The key made ready, since keys of a ring open much."""
        return cipher(self.secret)


class KeyRing:
    """Keys by id, newest first. New data uses the newest; old data opens with the key it names.

    Parses `id:base64,id:base64`; raises ValueError on an empty ring, a repeated id or a key that is not 32 bytes.
    """

    def __init__(self, text: str, *, name: str) -> None:
        self.keys: dict[str, Key] = {}
        # Errors tell a key by its place in the ring: where id and secret are mixed up, either could be the secret.
        for place, part in enumerate(filter(None, (piece.strip() for piece in text.split(","))), 1):
            key_id, _, encoded = part.partition(":")
            try:
                secret = base64.b64decode(encoded, validate=True)
            except ValueError:
                raise ValueError(f"{name}: key {place} is not base64") from None
            if not key_id or len(secret) != KEY_BYTES:
                raise ValueError(f"{name}: key {place} is not `id:base64` of {KEY_BYTES} bytes")
            if key_id in self.keys:
                raise ValueError(f"{name}: the id of key {place} stands twice")
            self.keys[key_id] = Key(key_id, secret)
        if not self.keys:
            raise ValueError(f"{name}: the ring is empty")

    @cached_property
    def newest(self) -> Key:
        return next(iter(self.keys.values()))

    def __getitem__(self, key_id: str) -> Key:
        try:
            return self.keys[key_id]
        except KeyError:
            raise Unreadable(f"no key {key_id!r} in the ring") from None


def associated_data(*parts: str) -> bytes:
    """Join the parts unambiguously: each is preceded by its length. What is joined may be joined on."""
    joined = b""
    for part in parts:
        raw = part.encode()
        joined += len(raw).to_bytes(4, "big") + raw
    return joined


def cipher(key: bytes) -> AESGCM:
    """A 32-byte key made ready, for where much is opened under it."""
    return AESGCM(key)


def seal(plaintext: bytes, *, key: bytes | AESGCM, context: bytes) -> bytes:
    """Encrypt `plaintext` under a 32-byte key, or what `cipher` made of it, bound to `context`."""
    nonce = os.urandom(_NONCE_BYTES)
    ready = cipher(key) if isinstance(key, bytes) else key
    return _VERSION + nonce + ready.encrypt(nonce, plaintext, context)


def unseal(sealed: bytes, *, key: bytes | AESGCM, context: bytes) -> bytes:
    """Decrypt what `seal` made, under the key or what `cipher` made of it. Raises Unreadable."""
    if sealed[:1] != _VERSION:
        raise Unreadable("unknown format version")
    try:
        opened = cipher(key) if isinstance(key, bytes) else key
        return opened.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], context)
    except (InvalidTag, ValueError):
        raise Unreadable("does not open") from None


def new_data_key() -> bytes:
    """A fresh data key for one person."""
    return AESGCM.generate_key(KEY_BYTES * 8)


def wrap(data_key: bytes, *, ring: KeyRing, owner: str) -> tuple[str, bytes]:
    """Seal a data key under the newest key of the ring; returns the key's id and the wrapped key."""
    kek = ring.newest
    return kek.id, seal(data_key, key=kek.secret, context=associated_data("data-key", owner, kek.id))


def unwrap(wrapped: bytes, *, ring: KeyRing, key_id: str, owner: str) -> bytes:
    """Open a wrapped data key. Raises Unreadable."""
    return unseal(wrapped, key=ring[key_id].cipher, context=associated_data("data-key", owner, key_id))


def blind_index(value: str, *, key: Key, kind: str) -> bytes:
    """HMAC-SHA-256 of a normalised contact address: equal addresses are found, none can be read back."""
    return hmac.digest(key.secret, associated_data("contact-index", kind, value), "sha256")


def fingerprint(payload: bytes, *, key: Key, purpose: str) -> bytes:
    """HMAC-SHA-256 of a request or other bytes, to recognise it again without keeping it."""
    return hmac.digest(key.secret, associated_data(purpose) + payload, "sha256")


def _fernet(key: Key) -> FernetBytes:
    # The MAC key is derived here, since the library would otherwise take it from SECRET_KEY.
    encryption, mac = (
        hashlib.sha256(label + key.secret).digest() for label in (b"rare-secret-enc", b"rare-secret-mac")
    )
    return FernetBytes(encryption, FernetSigner(mac))


def seal_rare_secret(plaintext: bytes, *, ring: KeyRing, owner: str) -> str:
    """Seal a secret that is seldom read (a TOTP seed). The key's id stands in front, the owner's id inside."""
    key = ring.newest
    token: bytes = _fernet(key).encrypt(associated_data(owner) + plaintext)
    return f"{key.id}:{base64.urlsafe_b64encode(token).decode()}"


def unseal_rare_secret(sealed: str, *, ring: KeyRing, owner: str) -> bytes:
    """Open what `seal_rare_secret` made for this owner. Raises Unreadable."""
    key_id, _, encoded = sealed.partition(":")
    try:
        token = base64.urlsafe_b64decode(encoded)
        content: bytes = _fernet(ring[key_id]).decrypt(token)
    except (BadSignature, InvalidToken, ValueError):
        raise Unreadable("does not open") from None
    if base64.urlsafe_b64encode(token).decode() != encoded:
        raise Unreadable("not as it was written")
    prefix = associated_data(owner)
    if not content.startswith(prefix):
        raise Unreadable("sealed for somebody else")
    return content[len(prefix) :]
