import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models.accounts import User


class Violation(models.Model):
    """That a person broke a law, the agreement or a rule: found by one member of staff, confirmed by another (DIS-d).

    The evidence is sealed under the person's key.
    """

    class State(models.TextChoices):
        FOUND = "found", _("found, not confirmed yet")
        CONFIRMED = "confirmed", _("confirmed")
        DISMISSED = "dismissed", _("dismissed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="violations", verbose_name=_("person"))
    rule = models.CharField(_("the law or rule that was broken"), max_length=200)
    evidence = models.BinaryField(_("evidence"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.FOUND)
    found_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("found by")
    )
    found_at = models.DateTimeField(_("found"))
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering = ["-found_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="found", decided_at__isnull=True)
                | (~models.Q(state="found") & models.Q(decided_at__isnull=False)),
                name="violation_decided_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(found_by__isnull=True)
                | ~models.Q(decided_by=models.F("found_by")),
                name="violation_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
