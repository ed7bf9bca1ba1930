import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from users.models.accounts import User


class AccessDay(models.Model):
    """The key of one day's access records, wrapped under DATA_KEYS. It goes with the day's partition, in one transaction."""

    day = models.DateField(primary_key=True)
    key_id = models.CharField(max_length=32)
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return self.day.isoformat()


class AccessRecord(models.Model):
    """One request (COL-a). What it says is sealed under the day's key; `address_index` finds it by the address it came from.

    Partitioned by `day` (UTC), which is part of the key in the database. The reference to the person is not enforced there:
    dropping a day would have to wait for everybody who reads people. Who stores records makes sure of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField()
    at = models.DateTimeField()
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, db_constraint=False, related_name="+")
    address_index = models.BinaryField(null=True)
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")

    def __str__(self) -> str:
        return str(self.id)


class AccessTally(models.Model):
    """How many records there are of a person and a day, so that nobody counts them one by one."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="access_tally_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.day}"
