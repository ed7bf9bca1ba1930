import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from privacy_app.languages import localised


class Scope(models.TextChoices):
    DECISIONS = "decisions", _("ask for decisions")
    DISCLOSURES = "disclosures", _("request and read disclosures")
    CONTRIBUTIONS = "contributions", _("contribute data")
    EVENTS = "events", _("hear of events")
    PLATFORM = "platform", _("act as the website")


class Partner(models.Model):
    """A party that may receive data, contribute it, or that a consent names (PIPL 23: name and contact)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200, unique=True)
    contact_email = models.EmailField(_("contact for data protection"))
    contact_address = models.CharField(_("postal address"), max_length=300, blank=True)
    country = models.CharField(_("country"), max_length=2)
    is_affiliate = models.BooleanField(_("affiliate of this website"), default=False)
    description_en = models.TextField(_("what it does, in English"))
    description_zh_hans = models.TextField(_("what it does, in Chinese"))
    privacy_url = models.URLField(_("its privacy policy"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["legal_name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="partner_country_code")
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def description(self) -> str:
        return localised(self, "description")


class ApiClient(AbstractApplication):
    """A partner's OAuth2 client. It may ask for the scopes named here and no others."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="clients", verbose_name=_("partner"))
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope), verbose_name=_("scopes"))

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(authorization_grant_type="client-credentials", client_type="confidential"),
                name="client_credentials_only",
            )
        ]

    def __str__(self) -> str:
        return str(self.client_id)

    @property
    def is_closed(self) -> bool:
        """A client without scopes may ask for nothing; it stays because requests and ledger entries name it."""
        return not self.scopes
