import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Performance(models.TextChoices):
    """How far a party has fulfilled its obligations. It never goes backwards."""

    NONE = "none", _("nothing yet")
    PARTIAL = "partial", _("in part")
    FULL = "full", _("in whole")


class Transaction(models.Model):
    """A transaction between two people, and what each has done of their part (DIS-f).

    `reference` is the website's own name for it. Both were warned that the other may get to see how to reach them
    (SEC-b), or nothing is released.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("the website's reference"), max_length=100, unique=True)
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("one party")
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("the other party")
    )
    first_performance = models.CharField(
        _("what the one has done"), max_length=8, choices=Performance, default=Performance.NONE
    )
    second_performance = models.CharField(
        _("what the other has done"), max_length=8, choices=Performance, default=Performance.NONE
    )
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    warned_at = models.DateTimeField(_("parties warned"), null=True)

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["first"], name="transaction_by_first"),
            models.Index(fields=["second"], name="transaction_by_second"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="transaction_of_two"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("opened_at")),
                name="transaction_closed_after_opened",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
