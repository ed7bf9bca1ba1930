"""Purposes, and publishing what each covers and what people are told of it. A version is never changed afterwards."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from consent.models import Purpose, PurposeRecipient, PurposeText, PurposeVersion
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import canonical_json
from privacy_app.ledger.services import append
from users.models import Partner
from users.services.elements import registered


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person reads of a purpose, in one language. `abroad` is empty where nothing leaves the country."""

    title: str
    summary: str
    reason: str
    method: str
    duration: str
    abroad: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(canonical_json(asdict(self))).hexdigest()


@locks.in_transaction
def add_purpose(*, key: str, dpv_term: str, owner: Partner | None, by: Actor, at: datetime) -> Purpose:
    """Enter a purpose. Nothing rests on it before a version of it is published."""
    purpose = Purpose.objects.create(key=key, dpv_term=dpv_term, owner=owner)
    _record(purpose, kind="purpose.added", by=by, at=at)
    return purpose


@locks.in_transaction
def change_purpose(purpose: Purpose, *, dpv_term: str, owner: Partner | None, by: Actor, at: datetime) -> None:
    """Change what a purpose is filed under; what it covers changes by a new version alone. The gate reads none of it."""
    purpose.refresh_from_db()
    purpose.dpv_term, purpose.owner = dpv_term, owner
    purpose.save(update_fields=["dpv_term", "owner"])
    _record(purpose, kind="purpose.changed", by=by, at=at)


def _record(purpose: Purpose, *, kind: str, by: Actor, at: datetime) -> None:
    owner = str(purpose.owner_id) if purpose.owner_id else None
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={"purpose": purpose.key, "dpv_term": purpose.dpv_term, "owner": owner},
        at=at,
    )


@locks.in_transaction
def publish_version(
    purpose: Purpose,
    *,
    basis: str,
    fields: Iterable[str],
    actions: Iterable[str],
    countries: Iterable[str],
    recipients: Iterable[Partner],
    wordings: Mapping[str, Wording],
    valid_days: int | None,
    by: Actor,
    at: datetime,
) -> PurposeVersion:
    """Publish the next version of a purpose with its wording in each language.

    Raises DataElement.DoesNotExist where a field is not in the registry.
    """
    locks.exclude(purposes=[purpose.pk])
    recipients = list(recipients)
    last = purpose.versions.order_by("-version").first()
    version = PurposeVersion.objects.create(
        purpose=purpose,
        version=last.version + 1 if last else 1,
        basis=basis,
        fields=registered(fields),
        actions=sorted({str(action) for action in actions}),
        countries=sorted(set(countries)),
        valid_days=valid_days,
        published_at=at,
    )
    PurposeText.objects.bulk_create(
        PurposeText(version=version, language=language, sha256=wording.sha256, **asdict(wording))
        for language, wording in wordings.items()
    )
    PurposeRecipient.objects.bulk_create(
        PurposeRecipient(
            version=version,
            partner=partner,
            legal_name=partner.legal_name,
            contact=", ".join(filter(None, (partner.contact_email, partner.contact_address))),
            country=partner.country,
        )
        for partner in recipients
    )
    append(
        kind="purpose.published",
        pseudonym=None,
        actor=by,
        body={
            "purpose": purpose.key,
            "version": version.version,
            "basis": str(basis),
            "fields": version.fields,
            "actions": version.actions,
            "countries": version.countries,
            "recipients": sorted(str(partner.pk) for partner in recipients),
            "texts": {language: wording.sha256 for language, wording in wordings.items()},
        },
        at=at,
    )
    return version
