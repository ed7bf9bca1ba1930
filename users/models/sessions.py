import uuid

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from users.models.accounts import User


class LoginSession(AbstractBaseSession):
    """A log-in: Django's session row, sealed, plus whose it is. Ending a log-in is deleting its row."""

    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="login_sessions")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "users_loginsession"

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def get_session_store_class(cls) -> type:
        from users.sessions import SessionStore  # the store needs this model first

        return SessionStore
