"""The session store: Django's own in the database, with what it keeps encrypted, and each log-in listed as ours."""

import json
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from privacy_app.crypto import associated_data, seal, unseal
from privacy_app.keyrings import data_keys
from users.models import LoginSession

_CONTEXT = associated_data("session")


class EncryptedSerializer:
    """What a session holds can name a log-in address: it is sealed before it reaches the table."""

    def dumps(self, obj: Any) -> bytes:
        key = data_keys().newest
        return key.id.encode() + b":" + seal(json.dumps(obj).encode(), key=key.secret, context=_CONTEXT)

    def loads(self, data: bytes) -> Any:
        key_id, _, sealed = data.partition(b":")
        return json.loads(unseal(sealed, key=data_keys()[key_id.decode()].secret, context=_CONTEXT))


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    def save(self, must_create: bool = False) -> None:
        """As Django's, but a session that goes on keeps the id under which its owner sees it."""
        if self.session_key is not None and not must_create:
            data = dict(self.items())
            changed = LoginSession.objects.filter(session_key=self.session_key).update(
                session_data=self.encode(data), expire_date=self.get_expiry_date(), person_id=data.get(SESSION_KEY)
            )
            if changed:
                return
        super().save(must_create=must_create)

    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        session = super().create_model_instance(data)
        assert isinstance(session, LoginSession)
        session.person_id = data.get(SESSION_KEY)
        session.started_at = session.seen_at = timezone.now()
        return session
