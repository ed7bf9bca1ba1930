import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.policies import Significance
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
    """What a purpose covers, as it was told from its publication on. Immutable; consents are bound to it.

    `proposed_significance` is what the product proposed; where the editor decided otherwise, `significance_reason` says
    why (CHG-b).
    `meaning_changed`: what earlier versions named means something else now, so that consents to them count no more.
    """

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="versions", verbose_name=_("purpose"))
    version = models.PositiveIntegerField(_("version"))
    basis = models.CharField(_("what it rests on"), max_length=16, choices=Basis)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    actions = ArrayField(models.CharField(max_length=8, choices=Action), verbose_name=_("actions"))
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"))
    valid_days = models.PositiveIntegerField(_("a consent lasts (days)"), null=True)
    significance = models.CharField(_("significance"), max_length=16, choices=Significance)
    proposed_significance = models.CharField(_("significance that was proposed"), max_length=16, choices=Significance)
    significance_reason = models.TextField(_("why it differs from what was proposed"), blank=True)
    meaning_changed = models.BooleanField(_("the meaning of what was named has changed"), default=False)
    published_at = models.DateTimeField(_("published"))

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
            models.CheckConstraint(
                condition=models.Q(significance=models.F("proposed_significance")) | ~models.Q(significance_reason=""),
                name="purpose_version_disagreeing_takes_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(meaning_changed=False) | models.Q(significance="significant"),
                name="purpose_version_of_new_meaning_is_significant",
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
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("in one sentence"), max_length=300)
    reason = models.TextField(_("why"))
    method = models.TextField(_("how"))
    duration = models.CharField(_("for how long"), max_length=300)
    abroad = models.TextField(_("what going abroad means"), blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("text of a purpose")
        verbose_name_plural = _("texts of a purpose")
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="purpose_text_once")]

    def __str__(self) -> str:
        return f"{self.version_id} ({self.language})"


class PurposeRecipient(models.Model):
    """A recipient that a version names, with name, contact and country as they stood then (PIPL 23)."""

    version = models.ForeignKey(PurposeVersion, on_delete=models.PROTECT, related_name="recipients")
    partner = models.ForeignKey("users.Partner", on_delete=models.PROTECT, related_name="+", verbose_name=_("partner"))
    legal_name = models.CharField(_("legal name"), max_length=200)
    contact = models.CharField(_("contact"), max_length=400)
    country = models.CharField(_("country"), max_length=2)

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [models.UniqueConstraint(fields=["version", "partner"], name="purpose_recipient_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.partner_id}"
