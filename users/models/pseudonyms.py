import uuid

from django.db import models

from users.models.accounts import User
from users.models.partners import Partner


class LedgerPseudonym(models.Model):
    """The name under which the ledger knows a person. Many to one; erasure destroys the link, the entries stay."""

    pseudonym = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ledger_pseudonyms")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pseudonym)


class PairwiseId(models.Model):
    """The name under which one partner knows a person: random, and different for each partner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pairwise_ids")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="pairwise_ids")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "partner"], name="pairwise_once")]

    def __str__(self) -> str:
        return str(self.id)
