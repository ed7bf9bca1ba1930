from django.db import models
from django.utils.translation import gettext_lazy as _


class StorageLocation(models.Model):
    """Where data is stored: servers of the application or of an affiliate (STO-1)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    affiliate = models.CharField(_("held by"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    is_default = models.BooleanField(_("new data goes here"), default=False)

    class Meta:
        verbose_name = _("storage location")
        verbose_name_plural = _("storage locations")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="storage_one_default"
            ),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="storage_country_code"),
        ]

    def __str__(self) -> str:
        return self.name
