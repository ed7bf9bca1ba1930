from django.db import models


class Entry(models.Model):
    """One thing that must be provable. Append-only; `seq` is the one total order (PRE-2).

    The body holds no personal data and no id that joins to a person once they are erased: a person appears, as
    subject or actor, only under a random pseudonym whose link is destroyed with them.
    """

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=64)
    pseudonym = models.UUIDField(null=True)
    actor = models.CharField(max_length=160)
    body = models.JSONField()
    at = models.DateTimeField()
    salt = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["pseudonym", "-seq"], name="ledger_by_pseudonym"),
            models.Index(fields=["kind", "-seq"], name="ledger_by_kind"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["leaf"], name="ledger_leaf_once"),
            models.CheckConstraint(
                condition=models.Q(kind__regex=r"^[a-z_]+(\.[a-z_]+)+$"), name="ledger_kind_is_dotted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.seq)
