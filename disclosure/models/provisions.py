import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app.languages import localised


class Provision(models.Model):
    """A law or a site policy under which something may be disclosed that no other ground covers (DIS-g).

    The register is kept by the policy editor; nothing that is not in it is a ground.
    """

    class Kind(models.TextChoices):
        LAW = "law", _("law or regulation")
        SITE_POLICY = "site_policy", _("site policy")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title_en = models.CharField(_("title in English"), max_length=200)
    title_zh_hans = models.CharField(_("title in Chinese"), max_length=200)
    citation = models.CharField(_("article or section"), max_length=200)
    in_force_from = models.DateTimeField(_("in force from"))
    repealed_at = models.DateTimeField(_("repealed"), null=True, blank=True)

    class Meta:
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        ordering = ["citation"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "citation"], name="provision_once"),
            models.CheckConstraint(
                condition=models.Q(repealed_at__isnull=True) | models.Q(repealed_at__gt=models.F("in_force_from")),
                name="provision_repealed_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def title(self) -> str:
        return localised(self, "title")
