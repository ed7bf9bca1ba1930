import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.mailing_states import State
from consent.models.announcements import Announcement

STATE_CHOICES = [
    (State.RUNNING.value, _("running")),
    (State.PAUSED.value, _("paused")),
    (State.FINISHED.value, _("finished")),
    (State.STOPPED.value, _("stopped for good")),
]


class Mailing(models.Model):
    """A notice on its way by mail to everybody who was there when it was posted.

    First its recipients are listed, in steps that `cursor` remembers (the last person listed); then they are written to,
    at most `per_minute`. The counts are of recipients: `listed` is the sum of what has become of them and of those to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    announcement = models.OneToOneField(Announcement, on_delete=models.PROTECT, related_name="mailing")
    state = models.CharField(_("state"), max_length=8, choices=STATE_CHOICES, default=State.RUNNING.value)
    per_minute = models.PositiveIntegerField(_("mails a minute"))
    begun_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    run = models.PositiveIntegerField(default=1)
    """Which run of steps is its own: one that was paused and resumed leaves the steps of the earlier run behind."""
    cursor = models.UUIDField(null=True)
    is_listed = models.BooleanField(default=False)
    paced_at = models.DateTimeField()
    """Up to when its mails are paid for, at its rate (consent/pacing.py)."""
    held_up_since = models.DateTimeField(null=True)
    """Since when the mail server takes nothing."""
    listed = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    bounced = models.PositiveIntegerField(default=0)
    skipped_unconfirmed = models.PositiveIntegerField(default=0)
    skipped_closed = models.PositiveIntegerField(default=0)
    skipped_objected = models.PositiveIntegerField(default=0)
    skipped_erased = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["finished", "stopped"], finished_at__isnull=False)
                | models.Q(state__in=["running", "paused"], finished_at__isnull=True),
                name="mailing_end_has_time",
            ),
            models.CheckConstraint(condition=models.Q(per_minute__gt=0), name="mailing_goes_on"),
            models.CheckConstraint(
                condition=models.Q(
                    listed__gte=models.F("sent")
                    + models.F("bounced")
                    + models.F("skipped_unconfirmed")
                    + models.F("skipped_closed")
                    + models.F("skipped_objected")
                    + models.F("skipped_erased")
                ),
                name="mailing_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def skipped(self) -> int:
        return self.skipped_unconfirmed + self.skipped_closed + self.skipped_objected + self.skipped_erased

    @property
    def settled(self) -> int:
        """How many recipients nothing is left to do for."""
        return self.sent + self.bounced + self.skipped

    @property
    def to_do(self) -> int:
        return self.listed - self.settled


class RecipientState(models.TextChoices):
    PENDING = "pending", _("to do")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("came back")
    SKIPPED = "skipped", _("skipped")


class SkipReason(models.TextChoices):
    """Why somebody is not written to. Each is counted in the mailing's `skipped_…`."""

    UNCONFIRMED = "unconfirmed", _("no confirmed address")
    CLOSED = "closed", _("account closed")
    OBJECTED = "objected", _("switched product news off")
    ERASED = "erased", _("erased meanwhile")


class MailingRecipient(models.Model):
    """One person of a mailing, once. Their address is read when they are written to, and stored nowhere here.

    Number and `key` make up the Message-ID, the same however often the mail is handed over; neither leads to a person
    without this row. `why` is the reason for which they were skipped, or the code with which the mail came back.
    """

    id = models.BigAutoField(primary_key=True)
    # A million rows are written at once, by one statement from the people themselves, who are never deleted, only emptied:
    # without an index each, which the two below make needless, and without a check each, which would look up and lock
    # every person's row.
    mailing = models.ForeignKey(
        Mailing, on_delete=models.PROTECT, related_name="recipients", db_index=False, db_constraint=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=8, choices=RecipientState, default=RecipientState.PENDING)
    why = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "person"], name="mailing_recipient_once"),
            models.CheckConstraint(
                condition=models.Q(state="pending", settled_at__isnull=True)
                | (~models.Q(state="pending") & models.Q(settled_at__isnull=False)),
                name="mailing_settled_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "due_at", "id"], condition=models.Q(state="pending"), name="mailing_recipient_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
