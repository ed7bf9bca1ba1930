import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models.policies import Policy


class AnnouncementKind(models.TextChoices):
    POLICY = "policy", _("change of the policy")
    NEWS = "news", _("product news")
    MESSAGE = "message", _("message")


class Announcement(models.Model):
    """A notice to everybody who was there when it was posted (CHG-a, CHG-b): one row that all see.

    From `until` on it is shown to nobody. What it says stays as it was posted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=AnnouncementKind)
    policy = models.OneToOneField(
        Policy, on_delete=models.PROTECT, null=True, related_name="announcement", verbose_name=_("policy version")
    )
    posted_at = models.DateTimeField(_("posted"))
    until = models.DateTimeField(_("shown until"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["-posted_at", "-id"], name="announcement_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=AnnouncementKind.POLICY, policy__isnull=False)
                | (~models.Q(kind=AnnouncementKind.POLICY) & models.Q(policy__isnull=True)),
                name="announcement_names_its_policy",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("posted_at")),
                name="announcement_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AnnouncementText(models.Model):
    """A notice in one language. The body is Markdown. Append-only."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of a notice")
        constraints = [models.UniqueConstraint(fields=["announcement", "language"], name="announcement_text_once")]

    def __str__(self) -> str:
        return f"{self.announcement_id} ({self.language})"

    @staticmethod
    def digest(title: str, body: str) -> str:
        """The SHA-256 of title and body in UTF-8, an empty line between them."""
        return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


class AnnouncementReceipt(models.Model):
    """That a person has read a notice. There is none before they have: a notice costs one row, however many see it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="receipts", db_index=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "announcement"], name="announcement_seen_once")]

    def __str__(self) -> str:
        return str(self.pk)
