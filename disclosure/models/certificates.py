import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.certificate_states import AWAITED
from disclosure.models.engagements import Engagement


class CertificateState(models.TextChoices):
    """As `certificate_states.State`, in words."""

    DEMANDED = "demanded", _("demanded")
    SUBMITTED = "submitted", _("submitted, to be checked")
    RETURNED = "returned", _("returned to the partner")
    ACCEPTED = "accepted", _("accepted")


class CertificateDemand(models.Model):
    """That a partner whose engagement ended has to certify, by a date, that it deleted what it had read (USE-a).

    `overdue_at` is when it was entered that the date had passed in vain.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    engagement = models.OneToOneField(
        Engagement, on_delete=models.PROTECT, related_name="demand", verbose_name=_("engagement")
    )
    demanded_at = models.DateTimeField(_("demanded"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=16, choices=CertificateState, default=CertificateState.DEMANDED)
    overdue_at = models.DateTimeField(_("entered as overdue"), null=True)

    class Meta:
        verbose_name = _("demand for a deletion certificate")
        verbose_name_plural = _("demands for deletion certificates")
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(overdue_at=None), name="demand_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_at__gt=models.F("demanded_at")), name="demand_due_after_demanded"
            ),
            models.CheckConstraint(
                condition=models.Q(overdue_at__isnull=True) | models.Q(overdue_at__gte=models.F("due_at")),
                name="demand_overdue_after_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def is_overdue(self, at: datetime) -> bool:
        """Whether the partner should have acted by now."""
        return self.state in AWAITED and self.due_at <= at


class DeletionCertificate(models.Model):
    """What a partner says it deleted, and who says so in its name. Staff accept it or return it with a reason.

    `client` is empty where it came on paper and staff entered it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demand = models.ForeignKey(
        CertificateDemand, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("demand")
    )
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("API client"),
    )
    certifier_name = models.CharField(_("who certifies"), max_length=200)
    certifier_office = models.CharField(_("in which office"), max_length=200)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("deleted fields"))
    method = models.CharField(_("how it was deleted"), max_length=500)
    deleted_at = models.DateTimeField(_("deleted"))
    statement = models.TextField(_("statement"))
    submitted_at = models.DateTimeField(_("submitted"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    returned_at = models.DateTimeField(_("returned"), null=True)
    return_reason = models.CharField(_("why it was returned"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("deletion certificate")
        verbose_name_plural = _("deletion certificates")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(returned_at__isnull=True),
                name="certificate_one_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at__isnull=True, return_reason="")
                | (models.Q(returned_at__isnull=False) & ~models.Q(return_reason="")),
                name="certificate_return_has_reason",
            ),
            models.UniqueConstraint(
                fields=["demand"], condition=models.Q(returned_at=None), name="certificate_one_that_counts"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
