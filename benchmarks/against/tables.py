"""Models that hold six values of a person in one row: in the clear, and in the fields of django-cryptography.

Those fields unpickle what they decrypt, and take their MAC key from SECRET_KEY whatever key they are given: they are
measured here, and used nowhere.
"""

from typing import ClassVar

from django.db import connections, models
from django_cryptography.fields import encrypt


class PlainPerson(models.Model):
    email = models.EmailField()
    phone = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    city = models.CharField(max_length=100)
    language = models.CharField(max_length=32)

    objects: ClassVar[models.Manager["PlainPerson"]] = models.Manager()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.pk)


class EncryptedPerson(models.Model):
    email = encrypt(models.EmailField())
    phone = encrypt(models.CharField(max_length=32))
    name = encrypt(models.CharField(max_length=200))
    address = encrypt(models.CharField(max_length=300))
    city = encrypt(models.CharField(max_length=100))
    language = encrypt(models.CharField(max_length=32))

    objects: ClassVar[models.Manager["EncryptedPerson"]] = models.Manager()

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return str(self.pk)


def create() -> None:
    """Make their tables, as the owner."""
    with connections["owner"].schema_editor() as editor:
        editor.create_model(PlainPerson)
        editor.create_model(EncryptedPerson)
