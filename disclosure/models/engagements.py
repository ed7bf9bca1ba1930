import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models import Action, Purpose


class Role(models.TextChoices):
    """Which role the partner plays, in the terms of the Data Privacy Vocabulary."""

    PROCESSOR = "processor", _("processor: works for this website only")
    JOINT_CONTROLLER = "joint_controller", _("joint controller: decides together with this website")
    THIRD_PARTY = "third_party", _("third party: uses the data for itself")


class TransferMechanism(models.TextChoices):
    """What makes a transfer abroad lawful (PIPL 38, GDPR 46)."""

    NONE = "", _("none: within the country")
    SECURITY_ASSESSMENT = "security_assessment", _("security assessment by the authority")
    CERTIFICATION = "certification", _("certification")
    STANDARD_CONTRACT = "standard_contract", _("standard contract")
    ADEQUACY = "adequacy", _("treaty or adequacy decision")


class Engagement(models.Model):
    """What a partner is engaged for: dates, purposes, fields, actions and countries (USE-a). Nothing beyond it leaves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        "users.Partner", on_delete=models.PROTECT, related_name="engagements", verbose_name=_("partner")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True, editable=False)
    purposes = models.ManyToManyField(Purpose, related_name="engagements", verbose_name=_("purposes"))
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    actions = ArrayField(models.CharField(max_length=8, choices=Action), verbose_name=_("actions"))
    contributes = ArrayField(
        models.CharField(max_length=64), default=list, blank=True, verbose_name=_("fields it may contribute")
    )

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
                name="engagement_until_after_from",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="engagement_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class EngagementCountry(models.Model):
    """A country from which the partner may access the data, and the mechanism that allows it (STO-2)."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="countries")
    country = models.CharField(_("country"), max_length=2)
    mechanism = models.CharField(
        _("transfer mechanism"), max_length=24, choices=TransferMechanism, blank=True, default=TransferMechanism.NONE
    )
    reference = models.CharField(_("its reference"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("country of an engagement")
        verbose_name_plural = _("countries of an engagement")
        constraints = [
            models.UniqueConstraint(fields=["engagement", "country"], name="engagement_country_once"),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="engagement_country_code"),
            models.CheckConstraint(
                condition=models.Q(mechanism="") | ~models.Q(reference=""), name="engagement_mechanism_has_reference"
            ),
        ]

    def __str__(self) -> str:
        return self.country
