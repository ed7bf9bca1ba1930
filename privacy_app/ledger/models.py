from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One thing that must be provable. Append-only; `seq` is the one total order (PRE-2).

    The body holds no personal data and no id that joins to a person once they are erased: a person appears, as
    subject or actor, only under a random pseudonym whose link is destroyed with them.
    """

    seq = models.BigAutoField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=64)
    pseudonym = models.UUIDField(_("pseudonym"), null=True)
    actor = models.CharField(_("who did it"), max_length=160)
    body = models.JSONField(_("content"))
    at = models.DateTimeField(_("when"))
    salt = models.BinaryField(_("salt"), max_length=16)
    leaf = models.BinaryField(_("leaf"), max_length=32)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        indexes = [
            models.Index(fields=["pseudonym", "-seq"], name="ledger_by_pseudonym"),
            models.Index(fields=["kind", "-seq"], name="ledger_by_kind"),
            models.Index(fields=["-at", "-seq"], name="ledger_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["leaf"], name="ledger_leaf_once"),
            models.CheckConstraint(
                condition=models.Q(kind__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="ledger_kind_is_dotted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.seq)
