"""The receipt of one change of a consent, as its owner reads it and as a record for machines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from consent.controller import controller
from consent.models import Aspect, ConsentChange, PurposeRecipient
from consent.significance import Coverage
from consent.states import LIVE, State
from consent.wording import change_words, clause_of, covered_words, origin_words, state_label
from privacy_app.ledger.canonical import instant
from privacy_app.ledger.models import Entry
from users.countries import country_name
from users.models import User
from users.queries import element_titles
from users.wording import day, listed


@dataclass(frozen=True, slots=True)
class Party:
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str | SafeString


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `includes/receipt.html` shows."""

    title: str
    id: str
    at: datetime
    clause: str
    what: str
    parties: tuple[Party, ...]
    facts: tuple[Fact, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where, in full, the text can be read, the consent withdrawn, and the policy read."""

    notice: str
    withdrawal: str
    policy: str


def receipt_of(change: ConsentChange, person: User) -> Receipt:
    """The receipt of a change, in the language of the page."""
    version, recipient, responsible = change.version, _recipient(change), controller()
    parties = [
        Party(_("You"), person.email or ""),
        Party(_("Responsible"), f"{responsible.name}, {responsible.contact}"),
    ]
    if recipient:
        contact = listed((recipient.legal_name, recipient.contact, country_name(recipient.country)))
        parties.append(Party(_("Recipient"), contact))
    titles = element_titles()
    notice = reverse("consent:notice_version", args=[version.purpose.key, version.version])
    read = _("Version %(version)s, in %(language)s") % {
        "version": version.version,
        "language": get_language_info(change.language)["name_local"],
    }
    facts = [
        Fact(_("Before"), state_label(State(change.before))),
        Fact(_("After"), state_label(State(change.after))),
        Fact(_("Purpose"), version.text().title),
        Fact(_("What of it"), str(Aspect(change.consent.aspect).label)),
        Fact(_("Data"), listed(titles.get(field, field) for field in version.fields)),
        Fact(_("Accessible from"), listed(country_name(code) for code in version.countries)),
        Fact(_("Text shown"), format_html('<a href="{}">{}</a>', notice, read)),
        Fact(_("SHA-256 of the text"), format_html('<span class="mono">{}</span>', _sha256(change))),
    ]
    if change.more:
        facts.append(Fact(_("Asked beyond what you allow"), covered_words(_more(change), titles)))
    if ends_at := _ends_at(change):
        facts.append(Fact(_("Ends by itself"), day(ends_at)))
    facts += [
        Fact(_("How"), origin_words(change.entry.body["origin"])),
        Fact(_("Entry in the record"), str(change.entry.seq)),
    ]
    return Receipt(
        title=_("Receipt of a choice"),
        id=str(change.pk),
        at=change.at,
        clause=clause_of(change.consent.recipient_id),
        what=change_words(change),
        parties=tuple(parties),
        facts=tuple(facts),
        digest=bytes(change.entry.leaf).hex(),
    )


def record_of(change: ConsentChange, addresses: Addresses) -> dict[str, Any]:
    """The receipt as a record whose names are those of ISO/IEC TS 27560, its terms those of the Data Privacy Vocabulary.

    `ledger_entry` is not of that standard: SHA-256 over a zero byte, the salt and the content in canonical JSON
    (RFC 8785) is the leaf.
    """
    version, recipient, entry = change.version, _recipient(change), change.entry
    text = version.text()
    return {
        "schema_version": "1",
        "receipt_id": str(change.pk),
        "record_id": str(change.consent_id),
        "pii_principal_id": str(entry.pseudonym) if entry.pseudonym else None,
        "pii_processing": {
            "privacy_notice": addresses.notice,
            "privacy_notice_version": version.version,
            "privacy_notice_sha256": _sha256(change),
            "language": change.language,
            "purpose": version.purpose.key,
            "purpose_title": text.title,
            "purpose_type": version.purpose.dpv_term,
            "lawful_basis": version.basis,
            "consent_aspect": change.consent.aspect,
            "pii_information": [{"pii_attribute_id": field} for field in version.fields],
            "pii_controllers": ["controller"],
            "recipient_third_parties": [str(recipient.partner_id)] if recipient else [],
            "collection_method": entry.body["origin"],
            "processing_method": text.method,
            "processing_actions": version.actions,
            "processing_locations": version.countries,
            "retention_period": text.duration,
            "jurisdiction": settings.HOME_COUNTRY,
            "withdrawal_method": addresses.withdrawal,
            "privacy_rights": addresses.policy,
        },
        "party_identification": _parties(recipient),
        "event": {
            "event_time": instant(change.at),
            "event_type": clause_of(recipient),
            "event_state": change.after,
            "event_state_before": change.before,
            "said_at": entry.body["said_at"],
            "validity_duration": f"P{version.valid_days}D" if _has_term(change) else None,
            "event_about": f"more_{change.more}" if change.more else None,
            "entity_id": entry.actor,
        },
        "ledger_entry": _checkable(entry),
    }


def _parties(recipient: PurposeRecipient | None) -> list[dict[str, str]]:
    responsible = controller()
    parties = [
        {
            "party_id": "controller",
            "party_type": "PII controller",
            "party_name": responsible.name,
            "party_contact": responsible.contact,
            "party_country": responsible.country,
        }
    ]
    if recipient:
        parties.append(
            {
                "party_id": str(recipient.partner_id),
                "party_type": "third party",
                "party_name": recipient.legal_name,
                "party_contact": recipient.contact,
                "party_country": recipient.country,
            }
        )
    return parties


def _checkable(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "salt": bytes(entry.salt).hex(),
        "content": {
            "actor": entry.actor,
            "at": instant(entry.at),
            "body": entry.body,
            "kind": entry.kind,
            "pseudonym": str(entry.pseudonym) if entry.pseudonym else None,
        },
        "leaf": bytes(entry.leaf).hex(),
    }


def _recipient(change: ConsentChange) -> PurposeRecipient | None:
    """The recipient as the text shown named it."""
    named = change.version.recipients.all()
    return next((one for one in named if one.partner_id == change.consent.recipient_id), None)


def _sha256(change: ConsentChange) -> str:
    """The digest of the text in the language it was shown in."""
    return next((text.sha256 for text in change.version.texts.all() if text.language == change.language), "")


def _has_term(change: ConsentChange) -> bool:
    return bool(change.after in LIVE and not change.more and change.version.valid_days)


def _more(change: ConsentChange) -> Coverage:
    """What was asked beyond what was allowed, as it was entered."""
    body = change.entry.body
    return Coverage(frozenset(body["fields"]), frozenset(body["actions"]), frozenset(body["countries"]))


def _ends_at(change: ConsentChange) -> datetime | None:
    """When what was allowed ends by itself: its term runs from when it was said."""
    if not _has_term(change):
        return None
    said_at = change.entry.body["said_at"]
    start = datetime.fromisoformat(said_at) if said_at else change.at
    return start + timedelta(days=change.version.valid_days or 0)
