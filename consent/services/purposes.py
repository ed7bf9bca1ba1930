"""Purposes, and publishing what each covers and what people are told of it. A version is never changed afterwards."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from consent.lineages import scope_of
from consent.models import Purpose, PurposeRecipient, PurposeText, PurposeVersion, Significance
from consent.queries import last_version
from consent.services.errors import DisagreementUnexplained, MeaningNeedsNotice, PublishedMeanwhile
from consent.services.meaning import enqueue_invalidation
from consent.significance import Proposal, differences_of_purpose, propose
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


@dataclass(frozen=True, slots=True)
class Marking:
    """What the editor makes of a version: editorial or significant (None: as proposed), and why otherwise than proposed.

    `meaning_changed`: what earlier versions named means something else now. `base` is the number of the version that the
    proposal was made against (None: whichever is the last); 0 stands for none.
    """

    significance: Significance | None = None
    reason: str = ""
    meaning_changed: bool = False
    base: int | None = None


AS_PROPOSED = Marking()


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
    marking: Marking = AS_PROPOSED,
    by: Actor,
    at: datetime,
) -> PurposeVersion:
    """Publish the next version of a purpose with its wording in each language.

    Raises DataElement.DoesNotExist where a field is not in the registry, PublishedMeanwhile, DisagreementUnexplained and
    MeaningNeedsNotice.
    """
    locks.exclude(purposes=[purpose.pk])
    recipients = list(recipients)
    last = last_version(purpose)
    number = last.version if last else 0
    if marking.base is not None and marking.base != number:
        raise PublishedMeanwhile
    version = PurposeVersion(
        purpose=purpose,
        version=number + 1,
        basis=basis,
        fields=registered(fields),
        actions=sorted({str(action) for action in actions}),
        countries=sorted(set(countries)),
        valid_days=valid_days,
        meaning_changed=marking.meaning_changed and last is not None,
        published_at=at,
    )
    _mark(version, marking, proposal_for(version, last, recipients=recipients, wordings=wordings))
    version.save()
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
            "significance": str(version.significance),
            "proposed_significance": str(version.proposed_significance),
            "meaning_changed": version.meaning_changed,
        },
        at=at,
    )
    if version.meaning_changed:
        enqueue_invalidation(version, at=at)
    return version


def proposal_for(
    version: PurposeVersion,
    last: PurposeVersion | None,
    *,
    recipients: Iterable[Partner],
    wordings: Mapping[str, Wording],
) -> Proposal:
    """What is proposed of a version that is not published yet, against the last one (None: there is none)."""
    scope = scope_of(version, recipients={partner.pk for partner in recipients}, words=words_of(wordings))
    return propose(differences_of_purpose(version.purpose.key, scope_of(last) if last else None, scope))


def _mark(version: PurposeVersion, marking: Marking, proposal: Proposal) -> None:
    """Set what the version is marked and proposed as. Raises DisagreementUnexplained and MeaningNeedsNotice."""
    proposed = Significance.SIGNIFICANT if version.meaning_changed else Significance(proposal.significance)
    version.proposed_significance, version.significance = proposed, marking.significance or proposed
    if version.meaning_changed and version.significance == Significance.EDITORIAL:
        raise MeaningNeedsNotice
    if version.significance != proposed:
        version.significance_reason = marking.reason.strip()
        if not version.significance_reason:
            raise DisagreementUnexplained


def words_of(wordings: Mapping[str, Wording]) -> dict[str, str]:
    """What is read of a purpose, by language and part (`en.reason`)."""
    return {
        f"{language}.{part}": text for language, wording in wordings.items() for part, text in asdict(wording).items()
    }
