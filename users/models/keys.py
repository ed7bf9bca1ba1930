from django.db import models

from users.models.accounts import User


class PersonKey(models.Model):
    """The data key of one person, wrapped under a key-encryption key. Destroying this row is the erasure."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="data_key")
    key_id = models.CharField(max_length=32)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
