import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.models.documents import Document


class Complaint(models.Model):
    """A complaint about intellectual property: who complains of whom, the right claimed, its proof (DIS-e).

    `fields` are those of the complainant that the respondent needs to answer. Nothing of the respondent's goes to the
    complainant.
    """

    class Right(models.TextChoices):
        COPYRIGHT = "copyright", _("copyright")
        TRADEMARK = "trademark", _("trademark")
        PATENT = "patent", _("patent")
        OTHER = "other", _("another right")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    complainant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("complainant")
    )
    respondent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="complaints_about",
        verbose_name=_("respondent"),
    )
    right = models.CharField(_("right claimed"), max_length=16, choices=Right)
    subject_matter = models.CharField(_("what it is about"), max_length=300)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("the complainant's data that an answer needs"))
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("proof"))
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    qualified_at = models.DateTimeField(_("qualified"), null=True)
    qualified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("qualified by")
    )
    qualified_how = models.CharField(_("how the complainant qualified"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(complainant=models.F("respondent")), name="complaint_of_somebody_else"
            ),
            models.CheckConstraint(
                condition=models.Q(qualified_at__isnull=True, qualified_how="")
                | (models.Q(qualified_at__isnull=False) & ~models.Q(qualified_how="")),
                name="complaint_qualified_says_how",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("opened_at")),
                name="complaint_closed_after_opened",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
