"""Authorities and what they issue (DIS-c): entered by one member of staff, with who made sure and how."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from disclosure.models.authorities import Authority
from disclosure.models.documents import Document
from disclosure.models.instruments import LegalInstrument
from disclosure.services.documents import add_document
from disclosure.services.errors import AlreadyEntered, InstrumentExpired
from privacy_app import locks
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import append
from users.models import DataElement, User
from users.services.actors import as_staff


@locks.in_transaction
def add_authority(
    *, name: str, kind: Authority.Kind, country: str, contact_email: str, by: User, at: datetime
) -> Authority:
    """Enter an authority, not verified yet. Raises AlreadyEntered where there is one of this name."""
    authority, is_new = Authority.objects.get_or_create(
        name=name, defaults={"kind": kind, "country": country, "contact_email": contact_email}
    )
    if not is_new:
        raise AlreadyEntered
    _record(authority, kind="authority.added", by=by, at=at)
    return authority


@locks.in_transaction
def verify_authority(authority: Authority, *, how: str, by: User, at: datetime) -> None:
    """Somebody made sure that this is the authority it says it is, and says how."""
    locks.exclude(evidence=[authority.pk])
    authority.verified_at, authority.verified_by, authority.verified_how = at, by, how
    authority.save(update_fields=["verified_at", "verified_by", "verified_how"])
    _record(authority, kind="authority.verified", by=by, at=at)


@locks.in_transaction
def doubt_authority(authority: Authority, *, by: User, at: datetime) -> None:
    """It is not certain any more: from the return of this call on, nothing goes to it."""
    locks.exclude(evidence=[authority.pk])
    authority.verified_at, authority.verified_by, authority.verified_how = None, None, ""
    authority.save(update_fields=["verified_at", "verified_by", "verified_how"])
    _record(authority, kind="authority.doubted", by=by, at=at)


def _record(authority: Authority, *, kind: str, by: User, at: datetime) -> None:
    body = {"authority": str(authority.pk), "kind": str(authority.kind), "country": authority.country}
    append(kind=kind, pseudonym=None, actor=as_staff(by), body=body, at=at)


@locks.in_transaction
def enter_instrument(
    authority: Authority,
    *,
    kind: LegalInstrument.Kind,
    number: str,
    issued_on: date,
    received_at: datetime,
    expires_at: datetime,
    legal_basis: str,
    fields: Iterable[str],
    document: Document,
    by: User,
    at: datetime,
) -> LegalInstrument:
    """Enter what an authority issued, with the document itself.

    Raises InstrumentExpired, AlreadyEntered, and DataElement.DoesNotExist where a field is not in the registry.
    """
    if expires_at <= at:
        raise InstrumentExpired
    wanted = sorted(set(fields))
    known = set(DataElement.objects.filter(key__in=wanted).values_list("key", flat=True))
    if unknown := set(wanted) - known:
        raise DataElement.DoesNotExist(", ".join(sorted(unknown)))
    instrument, is_new = LegalInstrument.objects.get_or_create(
        authority=authority,
        number=number,
        defaults={
            "kind": kind,
            "issued_on": issued_on,
            "received_at": received_at,
            "expires_at": expires_at,
            "legal_basis": legal_basis,
            "fields": wanted,
            "document": document,
            "entered_by": by,
        },
    )
    if not is_new:
        raise AlreadyEntered
    append(
        kind="instrument.entered",
        pseudonym=None,
        actor=as_staff(by),
        body={
            "instrument": str(instrument.pk),
            "authority": str(authority.pk),
            "kind": str(kind),
            "issued_on": issued_on.isoformat(),
            "expires_at": instant(expires_at),
            "fields": wanted,
            "document_sha256": document.sha256,
        },
        at=at,
    )
    return instrument


@locks.in_transaction
def receive_instrument(
    content: bytes, *, authority: Authority, by: User, at: datetime, **details: Any
) -> LegalInstrument:
    """Take in the document and enter the instrument that it is (`details` as `enter_instrument`). Raises what both raise."""
    document = add_document(content, by=by, at=at)
    return enter_instrument(authority, document=document, by=by, at=at, **details)


@locks.in_transaction
def approve_at_home(instrument: LegalInstrument, *, reference: str, approved_on: date, by: User, at: datetime) -> None:
    """Enter the approval of the competent authority at home for what a foreign one demands (PIPL 41)."""
    locks.exclude(evidence=[instrument.pk])
    instrument.approval_reference, instrument.approved_on = reference, approved_on
    instrument.save(update_fields=["approval_reference", "approved_on"])
    append(
        kind="instrument.approved_at_home",
        pseudonym=None,
        actor=as_staff(by),
        body={"instrument": str(instrument.pk), "approved_on": approved_on.isoformat()},
        at=at,
    )
