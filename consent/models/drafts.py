import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.draft_states import OPEN, DraftEvent, DraftState
from consent.models.policies import Policy

_IN_WORK = models.Q(state__in=sorted(state.value for state in OPEN))
STATE_CHOICES = [
    (DraftState.DRAFTING.value, _("being written")),
    (DraftState.SUBMITTED.value, _("waits for a second person")),
    (DraftState.PUBLISHED.value, _("published")),
    (DraftState.DISCARDED.value, _("discarded")),
]
EVENT_CHOICES = [
    (DraftEvent.SAVE.value, _("saved")),
    (DraftEvent.COMPARE.value, _("compared with the newest version")),
    (DraftEvent.SUBMIT.value, _("submitted")),
    (DraftEvent.RETURN.value, _("sent back")),
    (DraftEvent.PUBLISH.value, _("published")),
    (DraftEvent.DISCARD.value, _("discarded")),
]


class PolicyDraft(models.Model):
    """The next version of policy and agreement while it is written. There is one in work at most.

    `content` holds its parts by name (see `consent/drafting.py`). `revision` is the number of its newest step: whoever
    submits or publishes says which one they saw. `base` is the version that it changes; none where none is published.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    base = models.ForeignKey(Policy, on_delete=models.PROTECT, null=True, related_name="drafts")
    state = models.CharField(max_length=16, choices=STATE_CHOICES, default=DraftState.DRAFTING.value)
    revision = models.PositiveIntegerField(default=0)
    content = models.JSONField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    policy = models.OneToOneField(Policy, on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        verbose_name = _("draft of the policy")
        verbose_name_plural = _("drafts of the policy")
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=_IN_WORK, name="draft_one_in_work"),
            models.CheckConstraint(
                condition=models.Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | models.Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="draft_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[DraftState.DRAFTING.value, DraftState.DISCARDED.value])
                | models.Q(submitted_by__isnull=False),
                name="draft_waits_once_submitted",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.PUBLISHED.value, policy__isnull=False, published_by__isnull=False)
                | ~models.Q(state=DraftState.PUBLISHED.value)
                & models.Q(policy__isnull=True, published_by__isnull=True),
                name="draft_published_is_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by__isnull=True) | ~models.Q(published_by=models.F("submitted_by")),
                name="draft_published_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DraftStep(models.Model):
    """One thing done to a draft: what of its content was changed to what, by whom. Append-only: no save is ever lost."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=16, choices=EVENT_CHOICES)
    changed = models.JSONField(default=dict)
    note = models.TextField(_("why"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["draft", "-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draft_step_once")]

    def __str__(self) -> str:
        return f"{self.draft_id}/{self.number}"
