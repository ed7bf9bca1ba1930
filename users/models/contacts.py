from django.db import models

from users.models.accounts import User


class ContactIndex(models.Model):
    """A contact address by which a person can be found: its HMAC only.

    Rows exist for addresses that the person confirmed or the platform vouched for, never for one that a partner
    contributed. One owner each.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=Kind)
    key_id = models.CharField(max_length=32)
    hmac = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "hmac"], name="contact_one_owner")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind}"
