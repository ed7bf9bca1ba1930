import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy_app.ledger.canonical import instant
from users.models.accounts import User
from users.models.partners import Partner


class EventType(models.TextChoices):
    """What partners are told of. Never of a freeze, and of nobody they have nothing to do with."""

    CONSENT_WITHDRAWN = "consent.withdrawn", _("a consent was withdrawn")
    CONSENT_EXPIRED = "consent.expired", _("a consent has expired")
    CONSENT_REVOKED = "consent.revoked", _("a consent was revoked")
    CONSENT_INVALIDATED = "consent.invalidated", _("a consent is no longer valid")
    ENGAGEMENT_ENDING = "engagement.ending", _("an engagement will end soon")
    ENGAGEMENT_ENDED = "engagement.ended", _("an engagement has ended")
    ITEM_CORRECTED = "item.corrected", _("a value was corrected")
    PERSON_ERASED = "person.erased", _("a person was erased")
    DISCLOSURE_REVOKED = "disclosure.revoked", _("a disclosure was revoked")


class PartnerEvent(models.Model):
    """One thing that one partner is told. Its id is that of its webhook, at every attempt.

    `subject` is the partner's own name for the person. It stands here because an erasure destroys the link behind it
    and must be told all the same; `person` is emptied then. `data` holds keys, ids and dates, nothing personal.
    `position` is the place in the order in which this partner reads, found once the change is committed.
    `occasion` names what is told of no more than once; it is empty where each time counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="events", verbose_name=_("partner"))
    type = models.CharField(_("what it is told"), max_length=32, choices=EventType)
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("person"))
    subject = models.UUIDField(_("the partner's id for the person"), null=True)
    data = models.JSONField(_("content"))
    occasion = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(_("when it happened"))
    position = models.BigIntegerField(_("position"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)

    class Meta:
        verbose_name = _("event for a partner")
        verbose_name_plural = _("events for partners")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "position"], name="event_position_once"),
            models.UniqueConstraint(
                fields=["partner", "type", "occasion"], condition=~models.Q(occasion=""), name="event_occasion_once"
            ),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at__isnull=True) | models.Q(position__isnull=False),
                name="event_acknowledged_has_position",
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], condition=models.Q(position__isnull=True), name="event_without_position"),
            models.Index(
                fields=["partner", "at"], condition=models.Q(acknowledged_at__isnull=True), name="event_unacknowledged"
            ),
            models.Index(fields=["-at", "-id"], name="event_newest_first"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def to_json(self) -> dict[str, object]:
        """The event as the partner gets it, whether it asks or is called."""
        return {
            "id": str(self.id),
            "position": self.position,
            "type": str(self.type),
            "at": instant(self.at),
            "subject": {"id": str(self.subject)} if self.subject else None,
            "data": self.data,
        }
