import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Authority(models.Model):
    """An administrative or judicial institution that may demand data (DIS-c), and who made sure that it is one."""

    class Kind(models.TextChoices):
        COURT = "court", _("court")
        PROSECUTOR = "prosecutor", _("prosecutor's office")
        POLICE = "police", _("police")
        REGULATOR = "regulator", _("regulator")
        OTHER = "other", _("another authority")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    country = models.CharField(_("country"), max_length=2)
    contact_email = models.EmailField(_("official address"))
    verified_at = models.DateTimeField(_("verified"), null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("verified by")
    )
    verified_how = models.CharField(_("how it was verified"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="authority_country_code"),
            models.CheckConstraint(
                condition=models.Q(verified_at__isnull=True, verified_how="")
                | (models.Q(verified_at__isnull=False) & ~models.Q(verified_how="")),
                name="authority_verified_says_how",
            ),
        ]

    def __str__(self) -> str:
        return self.name
