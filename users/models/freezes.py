from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models.accounts import User


class Freeze(models.Model):
    """While one is open, nothing of this person is disclosed (SEC-b). Partners are never told."""

    class Cause(models.TextChoices):
        LEAK = "leak", _("a reported leak")
        REQUEST = "request", _("the person asked")
        SECURITY = "security", _("a security officer's decision")

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="freezes", verbose_name=_("person"))
    cause = models.CharField(_("cause"), max_length=16, choices=Cause)
    started_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cause"], condition=models.Q(ended_at__isnull=True), name="freeze_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="freeze_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.cause}"
