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
            ),
            # Finds those who are still to be told that the meaning of their text changed.
            models.Index(
                fields=["version"],
                condition=models.Q(state__in=["ConsentGiven", "RenewedConsentGiven"]),
                name="live_consent_by_version",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class More(models.TextChoices):
    """What happened about that which a newer text names beyond the one that is allowed."""

    ASKED = "asked"
    REFUSED = "refused"


class ConsentChange(models.Model):
    """One change of a consent: the history, append-only. Evidence of a consent given elsewhere is sealed.

    Where `more` is set, the consent stayed as it was: its owner was asked for what `version` names beyond the text
    that is allowed, or refused it.
    """

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=32, choices=STATE_CHOICES)
    after = models.CharField(max_length=32, choices=STATE_CHOICES)
    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    more = models.CharField(max_length=8, choices=More, blank=True)
    at = models.DateTimeField()
    evidence = models.BinaryField(null=True)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["consent", "-at"], name="consent_history")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(more="")
                | models.Q(before=models.F("after"), after__in=["ConsentGiven", "RenewedConsentGiven"]),
                name="consent_stays_where_more_is_asked",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
