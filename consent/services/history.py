"""Entering what happened to consents: history, ledger and word to the recipient, in a constant number of writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.models import Consent, ConsentChange, More, PurposeVersion
from consent.services.telling import tell_recipient
from consent.significance import Coverage
from consent.states import State
from privacy_app.crypto import associated_data, seal
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.services import Draft, append_all
from users.services.actors import pseudonyms_of
from users.services.data_keys import open_data_keys


@dataclass(frozen=True, slots=True)
class Changed:
    """A consent as it stands after a change, and how it stood before."""

    consent: Consent
    before: State
    said_at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Widened:
    """That somebody was asked for what `version` names beyond the text they allow, or refused it. The consent stays."""

    consent: Consent
    version: PurposeVersion
    more: More
    names: Coverage
    language: str


def enter(changes: Sequence[Changed], *, by: Actor, at: datetime, origin: str) -> None:
    """Enter these changes of consents, which are stored already, and tell recipients of what holds no more."""
    pseudonyms = pseudonyms_of({change.consent.person_id for change in changes})
    drafts = [
        Draft(
            "consent.changed",
            pseudonyms.get(change.consent.person_id),
            by,
            {
                "before": str(change.before),
                "after": str(change.consent.state),
                **_about(change.consent, change.consent.version, change.consent.language),
                "origin": origin,
                "said_at": instant(change.said_at) if change.said_at else None,
            },
            at,
        )
        for change in changes
    ]
    ConsentChange.objects.bulk_create(
        ConsentChange(
            consent=change.consent,
            before=change.before,
            after=change.consent.state,
            version=change.consent.version,
            language=change.consent.language,
            at=at,
            evidence=_sealed_evidence(change.consent, change.evidence),
            entry_id=seq,
        )
        for change, seq in zip(changes, append_all(drafts), strict=True)
    )
    for change in changes:
        tell_recipient(change.consent, before=change.before, at=at)


def enter_widened(
    widened: Sequence[Widened], *, pseudonyms: Mapping[UUID, UUID], by: Actor, at: datetime
) -> list[ConsentChange]:
    """Enter what was asked beyond consents that stay as they are, or refused."""
    drafts = [
        Draft(
            f"consent.more_{one.more}",
            pseudonyms.get(one.consent.person_id),
            by,
            {
                **_about(one.consent, one.version, one.language),
                "allowed_version": one.consent.version.version,
                "fields": sorted(one.names.fields),
                "actions": sorted(one.names.actions),
                "countries": sorted(one.names.countries),
                "origin": "page",
                "said_at": None,
            },
            at,
        )
        for one in widened
    ]
    return ConsentChange.objects.bulk_create(
        ConsentChange(
            consent=one.consent,
            before=one.consent.state,
            after=one.consent.state,
            version=one.version,
            language=one.language,
            more=one.more,
            at=at,
            entry_id=seq,
        )
        for one, seq in zip(widened, append_all(drafts), strict=True)
    )


def _about(consent: Consent, version: PurposeVersion, language: str) -> dict[str, Any]:
    return {
        "purpose": consent.purpose.key,
        "recipient": str(consent.recipient_id) if consent.recipient_id else None,
        "aspect": str(consent.aspect),
        "text_version": version.version,
        "language": language,
    }


def _sealed_evidence(consent: Consent, evidence: str) -> bytes | None:
    """Evidence can name people, so it lives and dies with the person's key."""
    if not evidence:
        return None
    data_key = open_data_keys([consent.person_id]).get(consent.person_id)
    if data_key is None:
        return None
    return seal(evidence.encode(), key=data_key, context=associated_data("consent-evidence", str(consent.pk)))
