import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models.accounts import User
from users.models.elements import DataElement
from users.models.partners import Partner
from users.models.places import StorageLocation


class Source(models.TextChoices):
    PERSON = "person", _("You")
    PLATFORM = "platform", _("This website")
    AUTOMATIC = "automatic", _("Recorded automatically")
    COOKIE = "cookie", _("A cookie")
    PARTNER = "partner", _("A partner")


class ChannelBasis(models.TextChoices):
    """What lets a partner pass on what it gives (PIPL 13, GDPR 6), in the terms of the Data Privacy Vocabulary."""

    CONSENT = "consent", _("you consented to it")
    CONTRACT = "contract", _("a contract with you needs it")
    LEGAL_OBLIGATION = "legal_obligation", _("a law requires it")
    VITAL_INTEREST = "vital_interest", _("an emergency, to protect life, health or property")
    PUBLIC_INTEREST = "public_interest", _("a task in the public interest needs it")
    PUBLIC_SOURCE = "public_source", _("you made it public, or it was lawfully published")


class PersonalDataItem(models.Model):
    """One value of one person, encrypted under their data key and bound to this row; so is a partner's evidence.

    Values from several sources stand side by side; at most one of an element is the chosen one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="items")
    element = models.ForeignKey(DataElement, on_delete=models.PROTECT, related_name="+")
    ciphertext = models.BinaryField()
    source = models.CharField(max_length=16, choices=Source)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=200, blank=True)
    channel_basis = models.CharField(max_length=20, choices=ChannelBasis, blank=True)
    channel_evidence = models.BinaryField(null=True)
    obtained_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    location = models.ForeignKey(StorageLocation, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)
    is_chosen = models.BooleanField(default=True)
    unreadable_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="item_by_expiry")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "element"], condition=models.Q(is_chosen=True), name="item_one_chosen"
            ),
            models.CheckConstraint(
                condition=models.Q(source="partner", partner__isnull=False, channel_evidence__isnull=False)
                & ~models.Q(channel="")
                & ~models.Q(channel_basis="")
                | ~models.Q(source="partner"),
                name="item_from_partner_has_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(obtained_at__lte=models.F("stored_at")), name="item_obtained_before_stored"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
