"""Services that people request and partners perform: a ground while they are open (DIS-b)."""

from datetime import datetime

from disclosure.models import DisclosureRequest, ServiceKind, ServiceRequest, Status
from disclosure.services.errors import AlreadyEnded
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import Partner, User
from users.services.actors import pseudonym_of
from users.services.errors import PersonErased


@locks.in_transaction
def open_service(*, person: User, partner: Partner, kind: ServiceKind, by: Actor, at: datetime) -> ServiceRequest:
    """Record that the person requested this kind of service from the partner. Raises PersonErased."""
    locks.exclude(people=[person.pk])
    person.refresh_from_db()
    if person.erased_at is not None:
        raise PersonErased
    request = ServiceRequest.objects.create(person=person, partner=partner, kind=kind, opened_at=at)
    _record(request, kind="service.opened", by=by, at=at)
    return request


@locks.in_transaction
def close_service(request: ServiceRequest, *, by: Actor, at: datetime) -> None:
    """The service ends: from the return on it is no ground any more, and what waits on it is refused. Raises AlreadyEnded."""
    locks.exclude(people=[request.person_id])
    request.refresh_from_db()
    if request.closed_at is not None:
        raise AlreadyEnded
    request.closed_at = at
    request.save(update_fields=["closed_at"])
    DisclosureRequest.objects.filter(service_request=request, status=Status.IN_REVIEW).update(status=Status.REFUSED)
    _record(request, kind="service.closed", by=by, at=at)


def _record(request: ServiceRequest, *, kind: str, by: Actor, at: datetime) -> None:
    append(
        kind=kind,
        pseudonym=pseudonym_of(request.person),
        actor=by,
        body={"service_kind": request.kind_id, "partner": str(request.partner_id)},
        at=at,
    )
