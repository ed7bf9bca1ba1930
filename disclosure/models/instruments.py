import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.models.authorities import Authority
from disclosure.models.documents import Document


class LegalInstrument(models.Model):
    """By which an authority demands data: its number, its legal basis, what it demands, and the document itself (DIS-c).

    A foreign authority's needs the approval of the competent one at home (PIPL 41): its reference and date.
    """

    class Kind(models.TextChoices):
        COURT_ORDER = "court_order", _("court order")
        WARRANT = "warrant", _("warrant")
        SUBPOENA = "subpoena", _("subpoena")
        ADMINISTRATIVE_DECISION = "administrative_decision", _("administrative decision")
        INVESTIGATION_NOTICE = "investigation_notice", _("notice of investigation")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, related_name="instruments", verbose_name=_("authority")
    )
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    number = models.CharField(_("number"), max_length=100)
    issued_on = models.DateField(_("issued on"))
    received_at = models.DateTimeField(_("received"))
    expires_at = models.DateTimeField(_("expires"))
    legal_basis = models.CharField(_("legal basis"), max_length=300)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields demanded"))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))
    approval_reference = models.CharField(_("approval of the competent authority at home"), max_length=200, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("legal instrument")
        verbose_name_plural = _("legal instruments")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="instrument_number_once"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("received_at")), name="instrument_expires_after_receipt"
            ),
            models.CheckConstraint(condition=models.Q(fields__len__gt=0), name="instrument_demands_something"),
            models.CheckConstraint(
                condition=models.Q(approval_reference="", approved_on__isnull=True)
                | (~models.Q(approval_reference="") & models.Q(approved_on__isnull=False)),
                name="instrument_approval_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id}: {self.number}"
