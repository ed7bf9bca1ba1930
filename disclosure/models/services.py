import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app.languages import localised


class ServiceKind(models.Model):
    """A kind of service that people request, and the fields that are necessary for it (DIS-b)."""

    key = models.SlugField(_("key"), max_length=64, primary_key=True)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_zh_hans = models.CharField(_("title in Chinese"), max_length=120)
    necessary_fields = ArrayField(models.CharField(max_length=64), verbose_name=_("necessary fields"))

    class Meta:
        verbose_name = _("kind of service")
        verbose_name_plural = _("kinds of service")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return localised(self, "title")


class ServiceRequest(models.Model):
    """A service that a person requested and a partner performs: a ground while it is open (DIS-b)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="service_requests", verbose_name=_("person")
    )
    partner = models.ForeignKey(
        "users.Partner", on_delete=models.PROTECT, related_name="service_requests", verbose_name=_("partner")
    )
    kind = models.ForeignKey(ServiceKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind of service"))
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["person", "partner"], name="service_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("opened_at")),
                name="service_closed_after_opened",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def status(self) -> str:
        return "closed" if self.closed_at else "open"
