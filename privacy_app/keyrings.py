"""The key rings of this installation, from the environment."""

from functools import cache

from django.conf import settings

from privacy_app.crypto import KeyRing


@cache
def data_keys() -> KeyRing:
    """Key-encryption keys, under which each person's data key is wrapped."""
    return KeyRing(settings.DATA_KEYS, name="DATA_KEYS")


@cache
def index_keys() -> KeyRing:
    """Keys of the blind index over contact addresses and of request fingerprints."""
    return KeyRing(settings.INDEX_KEYS, name="INDEX_KEYS")


@cache
def ledger_keys() -> KeyRing:
    """Keys that will sign checkpoints of the ledger."""
    return KeyRing(settings.LEDGER_KEYS, name="LEDGER_KEYS")
