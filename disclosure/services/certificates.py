"""A partner certifies that it deleted what it had read; staff accept the certificate, or return it with a reason (USE-a)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from disclosure.certificate_states import Event, State, TransitionRefused, after
from disclosure.models import CertificateDemand, DeletionCertificate, Engagement
from disclosure.partner_mail import RETURNED, enqueue_partner_mail
from disclosure.services.demands import body_of
from disclosure.services.engagements import end_by_date
from disclosure.withheld import withheld_scopes
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import canonical_json, instant
from privacy_app.ledger.services import append
from users.models import ApiClient
from users.models.partners import Scope
from users.services.elements import registered
from users.services.errors import Refused
from users.services.partners import revoke_tokens


class EngagementLive(Refused):
    """The engagement has not ended: there is nothing to certify yet."""


class DeletedTooEarly(Refused):
    """What was deleted before the end is not all that was read until the end."""


class CertificateInReview(Refused):
    """A certificate was submitted and is being checked."""


class CertificateAccepted(Refused):
    """A certificate was accepted; nothing more is awaited."""


class NoCertificate(Refused):
    """No certificate waits to be checked."""


@locks.in_transaction
def submit(
    engagement: Engagement,
    *,
    client: ApiClient | None,
    certifier_name: str,
    certifier_office: str,
    fields: Iterable[str],
    method: str,
    deleted_at: datetime,
    statement: str,
    by: Actor,
    at: datetime,
) -> DeletionCertificate:
    """Take a partner's certificate for an engagement that has ended, by its date if no job has entered that.

    It comes by the partner's client, or on paper. Raises EngagementLive, CertificateInReview, CertificateAccepted,
    DeletedTooEarly, and DataElement.DoesNotExist where a field is not in the registry.
    """
    end_by_date(engagement, at=at)
    if engagement.ended_at is None:
        raise EngagementLive
    demand = CertificateDemand.objects.select_for_update().get(engagement=engagement)
    try:
        demand.state = after(State(demand.state), Event.SUBMIT)
    except TransitionRefused:
        raise (CertificateAccepted if demand.state == State.ACCEPTED else CertificateInReview) from None
    if deleted_at < engagement.ended_at:
        raise DeletedTooEarly
    demand.save(update_fields=["state"])
    certificate = DeletionCertificate.objects.create(
        demand=demand,
        client=client,
        certifier_name=certifier_name,
        certifier_office=certifier_office,
        fields=registered(fields),
        method=method,
        deleted_at=deleted_at,
        statement=statement,
        submitted_at=at,
    )
    append(
        kind="certificate.submitted",
        pseudonym=None,
        actor=by,
        body={
            **body_of(demand),
            "certificate": str(certificate.pk),
            "fields": certificate.fields,
            "deleted_at": instant(deleted_at),
            "sha256": digest_of(certificate),
        },
        at=at,
    )
    return certificate


def digest_of(certificate: DeletionCertificate) -> str:
    """What the ledger keeps of a certificate's words: they name somebody, but no letter of them can be changed unnoticed."""
    words = {
        "certificate": str(certificate.pk),
        "name": certificate.certifier_name,
        "office": certificate.certifier_office,
        "fields": certificate.fields,
        "method": certificate.method,
        "deleted_at": instant(certificate.deleted_at),
        "statement": certificate.statement,
    }
    return hashlib.sha256(canonical_json(words)).hexdigest()


@locks.in_transaction
def accept(engagement: Engagement, *, by: Actor, at: datetime) -> None:
    """Accept the certificate that was submitted. With a partner's last one, hearing of events ends, too. Raises NoCertificate."""
    demand, certificate = _hold_submitted(engagement, Event.ACCEPT)
    certificate.accepted_at = at
    certificate.save(update_fields=["accepted_at"])
    withheld = withheld_scopes(engagement.partner_id, at)
    if Scope.EVENTS in withheld:
        revoke_tokens(engagement.partner)
    body = {**body_of(demand), "certificate": str(certificate.pk), "withheld_scopes": sorted(withheld)}
    append(kind="certificate.accepted", pseudonym=None, actor=by, body=body, at=at)


@locks.in_transaction
def give_back(engagement: Engagement, *, reason: str, by: Actor, at: datetime) -> None:
    """Return the certificate that was submitted, and tell the partner why by mail; it is as due as it was. Raises NoCertificate."""
    demand, certificate = _hold_submitted(engagement, Event.RETURN)
    certificate.returned_at, certificate.return_reason = at, reason
    certificate.save(update_fields=["returned_at", "return_reason"])
    body = {**body_of(demand), "certificate": str(certificate.pk)}
    append(kind="certificate.returned", pseudonym=None, actor=by, body=body, at=at)
    enqueue_partner_mail(RETURNED, demand, at=at)


def _hold_submitted(engagement: Engagement, event: Event) -> tuple[CertificateDemand, DeletionCertificate]:
    """Keep the partner's token requests and other decisions out, and move on the demand. Raises NoCertificate."""
    locks.exclude(partners=[engagement.partner_id])
    demand = CertificateDemand.objects.select_for_update().filter(engagement=engagement).first()
    try:
        if demand is None:
            raise NoCertificate
        demand.state = after(State(demand.state), event)
    except TransitionRefused:
        raise NoCertificate from None
    demand.save(update_fields=["state"])
    return demand, demand.certificates.get(accepted_at=None, returned_at=None)
