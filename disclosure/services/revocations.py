"""Taking one permitted request back: from the return on nothing is read through its handle any more (PRE-2)."""

from datetime import datetime

from disclosure.models import DisclosureRequest, Revocation, Status
from disclosure.services.errors import NotReleased
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import EventType
from users.services.actors import pseudonym_of
from users.services.errors import PersonErased
from users.services.events import tell


@locks.in_transaction
def revoke(request: DisclosureRequest, *, cause: Revocation.Cause, by: Actor, at: datetime) -> Revocation:
    """Revoke one handle, and tell the partner to delete what it read through it; why is not for the partner.

    It ends this handle alone: what the partner asks anew is decided anew. Raises NotReleased and PersonErased.
    """
    person = request.person
    if person is None:
        raise NotReleased
    locks.exclude(people=[person.pk])
    request.refresh_from_db(fields=["status"])
    person.refresh_from_db(fields=["erased_at"])
    if request.status != Status.RELEASED:
        raise NotReleased
    if person.erased_at is not None:
        raise PersonErased
    entry = append(
        kind="disclosure.revoked",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={
            "partner": str(request.partner_id),
            "purpose": request.purpose.key,
            "fields": list(request.fields),
            "cause": str(cause),
            "decided_in": request.entry_id,
        },
        at=at,
    )
    request.status = Status.REVOKED
    request.save(update_fields=["status"])
    revocation = Revocation.objects.create(request=request, cause=cause, at=at, entry_id=entry)
    data = {"disclosure": str(request.pk), "purpose": request.purpose.key, "fields": list(request.fields)}
    tell(EventType.DISCLOSURE_REVOKED, {request.partner_id: data}, person=person, at=at)
    return revocation
