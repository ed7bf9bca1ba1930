from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CookieChoice(models.Model):
    """Which cookies a person with an account allows; one row, replaced by each new choice. Its history is the ledger.

    Without `made_at` they have not chosen. Global Privacy Control of one of their browsers counts in all of them from
    `signal_at` on. What browsers remember from before `void_before` no longer counts: then they wanted no cookies at all.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="cookie_choice"
    )
    personalised = models.BooleanField(_("personalised"), default=False)
    promotional = models.BooleanField(_("promotional"), default=False)
    despite_signal = models.BooleanField(_("promotional, despite the signal"), default=False)
    made_at = models.DateTimeField(_("chosen"), null=True)
    signal_at = models.DateTimeField(_("signal received"), null=True)
    void_before = models.DateTimeField(_("no cookies at all"), null=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=False) | models.Q(personalised=False, promotional=False),
                name="cookie_choice_allows_nothing_unasked",
            ),
            models.CheckConstraint(
                condition=models.Q(despite_signal=False) | models.Q(promotional=True),
                name="cookie_choice_despite_signal_is_promotional",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
