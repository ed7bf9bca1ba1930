from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.models.requests import DisclosureRequest


class Revocation(models.Model):
    """That staff took a permitted request back: nothing is read through its handle any more (PRE-2). Append-only.

    A row of its own, so that a read looks for it behind its locks at the cost of one small table.
    """

    class Cause(models.TextChoices):
        """Why. The person and colleagues read it; partners do not: it may be what is suspected of them."""

        MISTAKE = "mistake", _("it should not have been permitted")
        OBJECTION = "objection", _("an objection to it was right")
        MISUSE = "misuse", _("the recipient is suspected of misusing it")
        NOT_NEEDED = "not_needed", _("it is no longer needed for its purpose")
        LAW = "law", _("a law or an authority requires it to be stopped")

    request = models.OneToOneField(
        DisclosureRequest,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="revocation",
        verbose_name=_("disclosure request"),
    )
    cause = models.CharField(_("why it was revoked"), max_length=16, choices=Cause)
    at = models.DateTimeField(_("revoked on"))
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return str(self.pk)
