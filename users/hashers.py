import base64
import hashlib
import secrets
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare


class RandomSecretHasher(BasePasswordHasher):
    """Salted SHA-256, for secrets of 256 random bits alone: they cannot be guessed, so a slow hash would only cost time.

    It is never the first of PASSWORD_HASHERS: no password is hashed with it.
    """

    algorithm = "random_secret_sha256"

    def salt(self) -> str:
        return secrets.token_urlsafe(16)

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}:{password}".encode()).digest()
        return f"{self.algorithm}${salt}${base64.b64encode(digest).decode()}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to do: it takes the same short time for every secret."""
