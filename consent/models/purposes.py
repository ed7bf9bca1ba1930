import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app.languages import current


class Basis(models.TextChoices):
    CONSENT = "consent", _("your consent")
    CONTRACT = "contract", _("a service you asked for")
    LAW = "law", _("a duty under law")
    POLICY_OPT_OUT = "policy_opt_out", _("the policy, unless you object")


class Action(models.TextChoices):
    """What USE-a says is never done without permission; each is decided separately."""

    PROVIDE = "provide", _("provide")
    SELL = "sell", _("sell")
    RENT = "rent", _("rent")
    SHARE = "share", _("share")
    TRADE = "trade", _("trade")


class Purpose(models.Model):
    """Why data is used: one's own purpose or a partner's. What people are told stands in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.SlugField(_("key"), max_length=64, unique=True)
    dpv_term = models.CharField(_("term in the Data Privacy Vocabulary"), max_length=80)
    owner = models.ForeignKey(
        "users.Partner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="purposes",
        verbose_name=_("whose purpose it is (empty: this website's)"),
    )

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class PurposeVersion(models.Model):
    """What a purpose covers, as it was told from its publication on. Immutable; consents are bound to it."""

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    basis = models.CharField(max_length=16, choices=Basis)
    fields = ArrayField(models.CharField(max_length=64))
    actions = ArrayField(models.CharField(max_length=8, choices=Action))
    countries = ArrayField(models.CharField(max_length=2))
    valid_days = models.PositiveIntegerField(null=True)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("purpose version")
        verbose_name_plural = _("purpose versions")
        ordering = ["purpose", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="purpose_version_once"),
            models.CheckConstraint(
                condition=models.Q(fields__len__gt=0, actions__len__gt=0, countries__len__gt=0),
                name="purpose_version_names_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id}/{self.version}"

    def text(self, language: str | None = None) -> "PurposeText":
        """The text in a language (the current one by default). Raises LookupError."""
        wanted = language or current()
        for text in self.texts.all():
            if text.language == wanted:
                return text
        raise LookupError(f"no text in {wanted}")


class PurposeText(models.Model):
    """What the person reads (PIPL 17 and 23, GDPR 13), in one language, with the SHA-256 of its parts."""

    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    reason = models.TextField()
    method = models.TextField()
    duration = models.CharField(max_length=300)
    abroad = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="purpose_text_once")]

    def __str__(self) -> str:
        return f"{self.version_id} ({self.language})"


class PurposeRecipient(models.Model):
    """A recipient that a version names, with name, contact and country as they stood then (PIPL 23)."""

    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="recipients")
    partner = models.ForeignKey("users.Partner", on_delete=models.PROTECT, related_name="+")
    legal_name = models.CharField(max_length=200)
    contact = models.CharField(max_length=400)
    country = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "partner"], name="purpose_recipient_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.partner_id}"
