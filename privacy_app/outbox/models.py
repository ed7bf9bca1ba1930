import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One effect that must follow a committed change. Its id is the id of the mail or webhook, at every attempt.

    The payload holds ids and a template's name: never an address, rendered text or a secret.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=64)
    payload = models.JSONField(_("content"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="outbox_due"),
            models.Index(fields=["kind", "-created_at"], name="outbox_by_kind"),
            models.Index(fields=["settled_at"], condition=models.Q(state="delivered"), name="outbox_delivered"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="pending", settled_at__isnull=True)
                | (~models.Q(state="pending") & models.Q(settled_at__isnull=False)),
                name="outbox_settled_has_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
