import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Contribution(models.Model):
    """That a partner gave data about a person, and which of the fields were accepted (COL-b). Append-only.

    The decision is its ledger entry. `person` is empty where nobody matched, so that an unknown person leaves the same
    trace as a known one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("API client"),
    )
    partner = models.ForeignKey(
        "users.Partner", on_delete=models.PROTECT, related_name="contributions", verbose_name=_("partner")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="contributions",
        verbose_name=_("person"),
    )
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    accepted = ArrayField(models.CharField(max_length=64), verbose_name=_("accepted fields"))
    at = models.DateTimeField(_("contributed"))
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person", "-at"], name="contribution_by_person"),
            models.Index(fields=["-at", "-id"], name="contribution_newest_first"),
            models.Index(fields=["partner", "-at", "-id"], name="contribution_by_partner"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted__contained_by=models.F("fields")), name="contribution_accepts_what_came"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(accepted=[]), name="contribution_is_about_somebody"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class EvidenceReading(models.Model):
    """That a member of staff read the evidence of a contribution, which the person sees. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="evidence_readings")
    fields = ArrayField(models.CharField(max_length=64))
    at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="evidence_reading_by_person")]

    def __str__(self) -> str:
        return str(self.id)
