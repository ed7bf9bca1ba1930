import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models.partners import Partner


class WebhookEndpoint(models.Model):
    """An address at which a partner is called with its events, and the sealed secret that signs the calls.

    A secret that was replaced signs beside the new one until `previous_until`, so that a partner can change over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, related_name="webhook_endpoints", verbose_name=_("partner")
    )
    url = models.CharField(_("address"), max_length=500)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(_("the former secret still signs until"), null=True)
    created_at = models.DateTimeField(_("added"))
    disabled_at = models.DateTimeField(_("switched off"), null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["partner__legal_name", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "url"], condition=models.Q(disabled_at__isnull=True), name="webhook_url_once"
            ),
            models.CheckConstraint(
                condition=models.Q(previous_secret="", previous_until__isnull=True)
                | (~models.Q(previous_secret="") & models.Q(previous_until__isnull=False)),
                name="webhook_previous_secret_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
