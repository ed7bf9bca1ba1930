import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.purposes import Purpose, PurposeVersion
from consent.states import State

STATE_CHOICES = [(state.value, state.value) for state in State]


class Aspect(models.TextChoices):
    """What is allowed: the use as such, or one of the things that the law wants allowed separately (PIPL 23, 29, 39)."""

    BASE = "base", _("this use")
    SENSITIVE = "sensitive", _("sensitive data")
    ABROAD = "abroad", _("going abroad")
    SELL = "sell", _("selling")
    RENT = "rent", _("renting out")
    TRADE = "trade", _("trading")


class Consent(models.Model):
    """Where one person stands towards one purpose, recipient and aspect. No row means ConsentUnknown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="consents")
    recipient = models.ForeignKey("users.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    aspect = models.CharField(max_length=16, choices=Aspect, default=Aspect.BASE)
    state = models.CharField(max_length=32, choices=STATE_CHOICES)
    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "recipient", "aspect"], nulls_distinct=False, name="consent_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=["ConsentGiven", "RenewedConsentGiven"]),
                name="consent_by_expiry",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class ConsentChange(models.Model):
    """One change of a consent: the history, append-only. Evidence of a consent given elsewhere is sealed."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=32, choices=STATE_CHOICES)
    after = models.CharField(max_length=32, choices=STATE_CHOICES)
    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    at = models.DateTimeField()
    evidence = models.BinaryField(null=True)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["consent", "-at"], name="consent_history")]

    def __str__(self) -> str:
        return str(self.pk)
