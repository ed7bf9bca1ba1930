import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Significance(models.TextChoices):
    """Whether a version is only posted, or told to everybody (CHG-b)."""

    EDITORIAL = "editorial", _("editorial: posted, and nobody is disturbed")
    SIGNIFICANT = "significant", _("significant: everybody is told")


class Published(models.Model):
    """A numbered text, immutable from its posting on (PRE-3). One number for all its languages.

    `posted_at` is when it could first be read. `published_at` is from when it is in force: the same moment, or a later
    one. Of several versions the highest one whose time has come is in force, so that a version of the same time as the
    one before takes its place.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    prevailing_language = models.CharField(_("language that prevails"), max_length=10, choices=settings.LANGUAGES)
    posted_at = models.DateTimeField(_("posted"))
    published_at = models.DateTimeField(_("in force from"))

    class Meta:
        abstract = True
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(posted_at__lte=models.F("published_at")),
                name="%(class)s_posted_before_in_force",
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class Text(models.Model):
    """A published text in one language, as Markdown, with the SHA-256 of its UTF-8 bytes."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    markdown = models.TextField(_("text"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk} ({self.language})"

    @staticmethod
    def digest(markdown: str) -> str:
        return hashlib.sha256(markdown.encode()).hexdigest()


class Policy(Published):
    """A version of the policy, with how much its difference to the one before matters (CHG-b).

    `proposed_significance` is what the product proposed; where the editor decided otherwise, `significance_reason`
    says why.
    """

    significance = models.CharField(_("significance"), max_length=16, choices=Significance)
    proposed_significance = models.CharField(_("significance that was proposed"), max_length=16, choices=Significance)
    significance_reason = models.TextField(_("why it differs from what was proposed"), blank=True)

    class Meta(Published.Meta):
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints = [
            *Published.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(significance=models.F("proposed_significance")) | ~models.Q(significance_reason=""),
                name="policy_disagreeing_takes_a_reason",
            ),
        ]


class PolicyText(Text):
    """The policy in one language. `summary` is plain text: what the version changes, in the editor's words."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="texts")
    summary = models.TextField(_("what changed, in short"), blank=True)

    class Meta:
        verbose_name = _("text of the policy")
        verbose_name_plural = _("texts of the policy")
        constraints = [models.UniqueConstraint(fields=["policy", "language"], name="policy_text_once")]


class Agreement(Published):
    """A version of the service agreement. It pins the policy that is part of it: the two cannot drift apart (PRE-5)."""

    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("policy version that is part of it")
    )

    class Meta(Published.Meta):
        verbose_name = _("agreement version")
        verbose_name_plural = _("agreement versions")


class AgreementText(Text):
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="texts")

    class Meta:
        verbose_name = _("text of the agreement")
        verbose_name_plural = _("texts of the agreement")
        constraints = [models.UniqueConstraint(fields=["agreement", "language"], name="agreement_text_once")]


class Acceptance(models.Model):
    """That a person accepted an agreement version, and with it the policy version it pins (PRE-4). Append-only."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acceptances")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    accepted_at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "agreement"], name="acceptance_once")]

    def __str__(self) -> str:
        return str(self.pk)
