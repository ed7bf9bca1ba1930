import uuid
from collections.abc import Iterable

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.filing_gate import REVIEWED
from disclosure.filing_states import IN_REVIEW, OPEN, OVER, State
from disclosure.gate import Ground
from disclosure.models.authorities import Authority
from disclosure.models.complaints import Complaint
from disclosure.models.instruments import LegalInstrument
from disclosure.models.provisions import Provision
from disclosure.models.transactions import Transaction
from users.models import Violation

STATE_CHOICES = [
    (State.DRAFT.value, _("draft")),
    (State.SUBMITTED.value, _("submitted")),
    (State.INFORMATION_WANTED.value, _("more information wanted")),
    (State.APPROVED_ONCE.value, _("approved once")),
    (State.APPROVED.value, _("approved")),
    (State.REFUSED.value, _("refused")),
    (State.RELEASED.value, _("released")),
    (State.EXPIRED.value, _("expired")),
    (State.WITHDRAWN.value, _("taken back")),
    (State.REVOKED.value, _("revoked")),
]
FILING_GROUNDS = [
    (Ground.LEGAL_INSTRUMENT.value, _("required by law or by an authority")),
    (Ground.VIOLATION.value, _("required because of a violation")),
    (Ground.IP_COMPLAINT.value, _("an intellectual property complaint")),
    (Ground.TRANSACTION.value, _("the counterparty in a transaction")),
    (Ground.OTHER_PROVISION.value, _("another provision")),
]
EVIDENCE = {
    Ground.LEGAL_INSTRUMENT: "instrument",
    Ground.VIOLATION: "violation",
    Ground.IP_COMPLAINT: "complaint",
    Ground.TRANSACTION: "transaction",
    Ground.OTHER_PROVISION: "provision",
}
"""Which of a filing's references holds its evidence, by its ground."""


def _at_one_of(states: Iterable[State]) -> models.Q:
    return models.Q(state__in=sorted(state.value for state in states))


_GOES_ON = _at_one_of(state for state in State if state not in OVER)


def _rests_on_one() -> models.Q:
    """Exactly the evidence that the ground calls for."""
    condition = models.Q()
    for ground in REVIEWED:
        empty = {f"{name}__isnull": name != EVIDENCE[ground] for name in EVIDENCE.values()}
        condition |= models.Q(ground=ground.value, **empty)
    return condition


class AskedFor(models.TextChoices):
    """What a party to a transaction may ask for the counterparty's contact data for (DIS-f)."""

    COMPLETION = "completion", _("to complete the transaction")
    DISPUTE = "dispute", _("to settle a dispute about it")


class Filing(models.Model):
    """A request on one of the grounds that people decide (DIS-c to DIS-g): what it rests on, and where it stands.

    It is filed by staff, or by the respondent or party whom it concerns. Approvals bind to `version`: any edit makes a
    new one. `justification` says why the disclosure is required; it is sealed under the key of the person it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ground = models.CharField(_("ground"), max_length=20, choices=FILING_GROUNDS)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="filings_about", verbose_name=_("person")
    )
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, related_name="filings", verbose_name=_("to an authority")
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="filings_for",
        verbose_name=_("to a person"),
    )
    instrument = models.ForeignKey(LegalInstrument, on_delete=models.PROTECT, null=True, related_name="filings")
    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, null=True, related_name="filings")
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, null=True, related_name="filings")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, null=True, related_name="filings")
    provision = models.ForeignKey(Provision, on_delete=models.PROTECT, null=True, related_name="filings")
    asked_for = models.CharField(_("asked for"), max_length=16, choices=AskedFor, blank=True)
    justification = models.BinaryField(_("why it is required"), null=True)
    state = models.CharField(_("state"), max_length=20, choices=STATE_CHOICES, default=State.DRAFT.value)
    version = models.PositiveIntegerField(_("version"), default=1)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("filed by")
    )
    filed_at = models.DateTimeField(_("filed"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    due_at = models.DateTimeField(_("to be decided by"), null=True)
    paused_at = models.DateTimeField(_("clock stopped"), null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("assigned to")
    )
    expires_at = models.DateTimeField(_("expires"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    notice_due_at = models.DateTimeField(_("the person is told on"), null=True)
    notice_delay_reason = models.CharField(_("legal reason for telling later"), max_length=300, blank=True)
    notified_at = models.DateTimeField(_("the person was told"), null=True)

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["-filed_at", "-id"]
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="filing_queue"),
            models.Index(fields=["ground", "state", "due_at", "id"], name="filing_queue_of_ground"),
            models.Index(fields=["-filed_at", "-id"], name="filing_by_time"),
            models.Index(fields=["person", "-filed_at"], name="filing_by_person"),
            models.Index(fields=["recipient", "-filed_at"], name="filing_by_recipient"),
            models.Index(fields=["ground", "-filed_at", "-id"], name="filing_by_ground"),
            models.Index(fields=["authority", "-filed_at", "-id"], name="filing_by_authority"),
            models.Index(fields=["authority", "state", "due_at", "id"], name="filing_queue_for_authority"),
            models.Index(fields=["assigned_to", "state", "due_at", "id"], name="filing_queue_of_assigned"),
            models.Index(fields=["filed_by", "state", "due_at", "id"], name="filing_queue_of_filer"),
            # What is not over is little beside what is: the pages that reviewers open most go by these.
            models.Index(fields=["due_at", "id"], condition=_at_one_of(IN_REVIEW), name="filing_in_review"),
            models.Index(fields=["-filed_at", "-id"], condition=_at_one_of(OPEN), name="filing_open_by_time"),
            # What is open is the newest: a search for what is over begins behind it.
            models.Index(fields=["-filed_at", "-id"], condition=_at_one_of(OVER), name="filing_over_by_time"),
            models.Index(
                fields=["state", "due_at", "paused_at"],
                condition=_at_one_of(OPEN | {State.APPROVED}),
                name="filing_tally",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=_rests_on_one(), name="filing_rests_on_its_evidence"),
            models.CheckConstraint(
                condition=models.Q(authority__isnull=True) ^ models.Q(recipient__isnull=True),
                name="filing_has_one_recipient",
            ),
            models.CheckConstraint(condition=models.Q(fields__len__gt=0), name="filing_names_fields"),
            models.CheckConstraint(
                condition=~models.Q(ground=Ground.OTHER_PROVISION.value) | models.Q(expires_at__isnull=False),
                name="filing_other_provision_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(ground=Ground.TRANSACTION.value) ^ models.Q(asked_for=""),
                name="filing_of_a_party_says_what_for",
            ),
            models.CheckConstraint(
                condition=models.Q(notice_delay_reason="") | models.Q(notice_due_at__isnull=False),
                name="filing_delay_has_date",
            ),
            # A respondent or a party asks once about a matter, until that request is over.
            models.UniqueConstraint(fields=["complaint"], condition=_GOES_ON, name="filing_one_about_a_complaint"),
            models.UniqueConstraint(
                fields=["transaction", "recipient"], condition=_GOES_ON, name="filing_one_of_a_party"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Approval(models.Model):
    """That one reviewer approved this very version of a filing, and why. Append-only; the reason is sealed."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="approvals")
    version = models.PositiveIntegerField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.BinaryField()
    at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "version", "reviewer"], name="approval_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Remark(models.Model):
    """What was said on a filing: a comment, a question, an answer, the reason of a refusal. Append-only and sealed."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        QUESTION = "question", _("question")
        ANSWER = "answer", _("answer")
        OBJECTION = "objection", _("objection of the person")
        REFUSAL = "refusal", _("reason of the refusal")
        REVOCATION = "revocation", _("reason of the revocation")
        LOOK = "look", _("why the values were looked at")

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=16, choices=Kind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)


class AccessLink(models.Model):
    """The way of an authority to what it may have: for one person, until a date, every opening on record.

    The address of the link is signed, not stored. The first browser that opens it is the only one that it opens for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="links")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    browser_hash = models.BinaryField(max_length=32, null=True)
    first_opened_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(browser_hash__isnull=True, first_opened_at__isnull=True)
                | models.Q(browser_hash__isnull=False, first_opened_at__isnull=False),
                name="link_opened_is_bound",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="link_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Opening(models.Model):
    """That data was shown under a filing: to its recipient, or to a reviewer who looked. Append-only."""

    class By(models.TextChoices):
        RECIPIENT = "recipient", _("the recipient")
        REVIEWER = "reviewer", _("a reviewer, to decide")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="openings")
    by = models.CharField(max_length=16, choices=By)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="openings")
    fields = ArrayField(models.CharField(max_length=64))
    at = models.DateTimeField()
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at"], name="opening_by_person")]

    def __str__(self) -> str:
        return str(self.id)
