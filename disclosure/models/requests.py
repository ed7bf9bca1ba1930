import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models import Action, Purpose
from disclosure.gate import Ground
from disclosure.models.engagements import Engagement
from disclosure.models.services import ServiceRequest

GROUND_CHOICES = [
    (Ground.CONSENT.value, _("you consented")),
    (Ground.SERVICE_REQUEST.value, _("a service you asked for needs it")),
    (Ground.LEGAL_INSTRUMENT.value, _("a law or an authority requires it")),
    (Ground.VIOLATION.value, _("a broken rule requires it")),
    (Ground.IP_COMPLAINT.value, _("a complaint about intellectual property")),
    (Ground.TRANSACTION.value, _("the other party to a transaction asked")),
    (Ground.OTHER_PROVISION.value, _("another named provision")),
]


class Status(models.TextChoices):
    RELEASED = "released", _("released")
    IN_REVIEW = "in_review", _("in review")
    REFUSED = "refused", _("refused")
    REVOKED = "revoked", _("revoked")


class DisclosureRequest(models.Model):
    """A partner's request, and the handle it reads through if it was permitted. The decision is its ledger entry.

    `person` is empty where nobody matched, so that an unknown person leaves the same trace as a known one.
    `country` is empty where the request was for all countries of the engagement.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("API client"),
    )
    partner = models.ForeignKey(
        "users.Partner", on_delete=models.PROTECT, related_name="disclosure_requests", verbose_name=_("partner")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="disclosure_requests",
        verbose_name=_("person"),
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+", verbose_name=_("purpose"))
    engagement = models.ForeignKey(
        Engagement, on_delete=models.PROTECT, null=True, related_name="requests", verbose_name=_("engagement")
    )
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("service request")
    )
    ground = models.CharField(_("ground"), max_length=20, choices=GROUND_CHOICES)
    action = models.CharField(_("action"), max_length=8, choices=Action)
    country = models.CharField(_("country"), max_length=2, blank=True)
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    status = models.CharField(_("status"), max_length=16, choices=Status)
    requested_at = models.DateTimeField(_("asked"))
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("disclosure request")
        verbose_name_plural = _("disclosure requests")
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["partner", "-requested_at", "-id"], name="request_by_partner"),
            models.Index(fields=["person", "-requested_at"], name="request_by_person"),
            models.Index(fields=["-requested_at", "-id"], name="request_by_time"),
            models.Index(fields=["ground", "-requested_at", "-id"], name="request_by_ground"),
            # There is nearly nothing of this: a search for it must not read all that there is.
            models.Index(
                fields=["-requested_at", "-id"],
                condition=models.Q(status=Status.IN_REVIEW.value),
                name="request_in_review",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Release(models.Model):
    """That data left: one permitted read through a handle. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(
        DisclosureRequest, on_delete=models.PROTECT, related_name="releases", verbose_name=_("disclosure request")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="releases", verbose_name=_("person")
    )
    partner = models.ForeignKey(
        "users.Partner", on_delete=models.PROTECT, related_name="releases", verbose_name=_("partner")
    )
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("fields"))
    at = models.DateTimeField(_("read"))
    entry = models.ForeignKey(
        "ledger.Entry", on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["person", "-at", "-id"], name="release_by_person")]

    def __str__(self) -> str:
        return str(self.id)
