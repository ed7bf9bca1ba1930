from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app.languages import localised


class Category(models.TextChoices):
    IDENTITY = "identity", _("Who you are")
    CONTACT = "contact", _("How to reach you")
    PREFERENCE = "preference", _("What you like")
    PAYMENT = "payment", _("How you pay")
    LOCATION = "location", _("Where you are")
    HEALTH = "health", _("Your health")
    DEVICE = "device", _("Your device and visits")
    ACTIVITY = "activity", _("What you do here")
    ENFORCEMENT = "enforcement", _("Rules and measures")


# What lies outside the policy, whichever kind of it, and by which clauses (EXC-a to EXC-c).
OUTSIDE: Mapping[str, tuple[str, ...]] = {Category.ACTIVITY: ("EXC-a", "EXC-b"), Category.ENFORCEMENT: ("EXC-c",)}

# What allauth confirms and people log in with; held as an item too, so that it can be shown and disclosed.
LOGIN_ADDRESS = "contact.email"


class ValueFormat(models.TextChoices):
    TEXT = "text", _("text")
    EMAIL = "email", _("e-mail address")
    PHONE = "phone", _("telephone number")
    DATE = "date", _("date")
    COUNTRY = "country", _("country code")


class DataElement(models.Model):
    """One kind of data that can be held about a person. What is not in this registry cannot be held."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_zh_hans = models.CharField(_("title in Chinese"), max_length=120)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    dpv_term = models.CharField(_("term in the Data Privacy Vocabulary"), max_length=80)
    format = models.CharField(_("format"), max_length=8, choices=ValueFormat, default=ValueFormat.TEXT)
    is_sensitive = models.BooleanField(_("sensitive (PIPL 28)"), default=False)
    excluded_by = models.CharField(
        _("outside the policy, by clause"),
        max_length=8,
        blank=True,
        choices=[(clause, clause) for clause in ("EXC-a", "EXC-b", "EXC-c")],
    )
    retention_days = models.PositiveIntegerField(_("kept for (days)"), null=True, blank=True)

    class Meta:
        verbose_name = _("data element")
        verbose_name_plural = _("data elements")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z_]+\.[a-z_]+$"), name="element_key_is_dotted"),
            models.CheckConstraint(
                condition=~models.Q(category__in=list(OUTSIDE))
                | models.Q(category=Category.ACTIVITY, excluded_by__in=OUTSIDE[Category.ACTIVITY])
                | models.Q(category=Category.ENFORCEMENT, excluded_by__in=OUTSIDE[Category.ENFORCEMENT]),
                name="element_outside_stays_outside",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return localised(self, "title")

    @property
    def is_excluded(self) -> bool:
        return bool(self.excluded_by)

    @property
    def is_told_by_people(self) -> bool:
        """Whether people state it here: not what machines record, what lies outside the policy, or an address to confirm."""
        return not self.excluded_by and self.category != Category.DEVICE and self.key != LOGIN_ADDRESS
