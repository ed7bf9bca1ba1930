"""Secrets of an installation that was given none: made once, kept in DATA_DIR/secrets.json."""

import base64
import json
import os
import secrets as randomness
import tempfile
from pathlib import Path

from privacy_app.embedded.errors import CannotStart
from privacy_app.embedded.filelocks import exclusive

EXPORTED = ("SECRET_KEY", "DATA_KEYS", "INDEX_KEYS", "LEDGER_KEYS")
"""What settings read from the environment; the passwords of the database roles leave only inside URLs."""
PASSWORDS = ("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD")
CLUSTER = "postgres"
"""Where the embedded PostgreSQL keeps its files, below DATA_DIR."""


def secrets(data_dir: Path) -> dict[str, str]:
    """The secrets for the environment, made at the first call."""
    everything = all_secrets(data_dir)
    return {name: everything[name] for name in EXPORTED}


def all_secrets(data_dir: Path) -> dict[str, str]:
    """Every secret, those of the database roles included. Of two processes that race, both get the same."""
    path = data_dir / "secrets.json"
    known = _read(path)
    if _complete(known):
        return known
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive(data_dir / "secrets.lock"):
        known = _read(path)
        if not _complete(known):
            _refuse_to_orphan(data_dir, known)
            known = {**_fresh(), **known}
            _replace(path, known)
    return known


def _complete(known: dict[str, str]) -> bool:
    return all(name in known for name in (*EXPORTED, *PASSWORDS))


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except PermissionError:
        raise CannotStart(f"{path} belongs to another user: start this as the user who started it first.") from None
    except (OSError, ValueError) as error:
        raise CannotStart(
            f"{path} cannot be read ({error}): restore it from a backup, the data needs its keys."
        ) from None
    if not isinstance(known, dict):
        raise CannotStart(f"{path} holds no secrets: restore it from a backup, the data needs its keys.")
    return known


def _refuse_to_orphan(data_dir: Path, known: dict[str, str]) -> None:
    """New keys beside old data would make all of it unreadable, and look like a working product."""
    if not known and (data_dir / CLUSTER).exists():
        raise CannotStart(f"{data_dir} holds data but its secrets.json is gone: restore it, the data needs its keys.")


def _fresh() -> dict[str, str]:
    return {
        "SECRET_KEY": randomness.token_urlsafe(50),
        **{name: f"k1:{_random_key()}" for name in ("DATA_KEYS", "INDEX_KEYS", "LEDGER_KEYS")},
        **{name: randomness.token_urlsafe(24) for name in PASSWORDS},
    }


def _random_key() -> str:
    return base64.b64encode(randomness.token_bytes(32)).decode()


def _replace(path: Path, content: dict[str, str]) -> None:
    """Write the whole file or nothing, readable by its owner alone from the first byte on."""
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=".secrets-")
    try:
        with os.fdopen(fd, "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
