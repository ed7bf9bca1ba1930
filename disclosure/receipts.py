"""A release as a receipt: what was released, by what right, and what to check it against."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consent.controller import controller
from consent.receipts import Fact, Party, Receipt
from disclosure.shared import Row
from privacy_app.ledger.canonical import leaf_content
from users.wording import listed


@dataclass(frozen=True, slots=True)
class Proof:
    """What the leaf is computed over: SHA-256 of a zero byte, the salt (here in hex) and the content."""

    salt: str
    content: str


def receipt_of(row: Row) -> Receipt:
    """The receipt of a release."""
    release, partner, responsible = row.release, row.release.partner, controller()
    facts: list[tuple[str, str | SafeString]] = [
        (_("Purpose"), row.purpose),
        (_("Data"), row.fields),
        (_("Action"), row.action),
        (_("Accessible from"), row.countries),
        (_("Why"), row.ground),
        (_("Text you agreed to"), _text_agreed_to(row)),
        (_("Role of the recipient"), row.role),
        (_("Policy version"), str(release.entry.body["policy_version"])),
        (_("Entry in the record"), str(release.entry_id)),
    ]
    return Receipt(
        title=_("Receipt of a release"),
        id=str(release.pk),
        at=release.at,
        clause=row.clause,
        what=_("%(partner)s read data about you.") % {"partner": partner.legal_name},
        parties=(
            Party(_("Responsible"), listed((responsible.name, responsible.contact))),
            Party(_("Recipient"), listed((partner.legal_name, partner.contact_email, row.recipient_country))),
        ),
        facts=tuple(Fact(label, value) for label, value in facts if value),
        digest=row.leaf,
    )


def proof_of(row: Row) -> Proof:
    """What is needed to compute the leaf of a release's ledger entry anew."""
    entry = row.release.entry
    pseudonym = str(entry.pseudonym) if entry.pseudonym else None
    content = leaf_content(kind=entry.kind, pseudonym=pseudonym, actor=entry.actor, at=entry.at, body=entry.body)
    return Proof(bytes(entry.salt).hex(), content.decode())


def _text_agreed_to(row: Row) -> str | SafeString:
    """The version of the text that the consent was bound to when the data was read; empty where it rested on none."""
    consent = row.release.entry.body["facts"]["consents"].get("base")
    if not row.rests_on_consent or not consent:
        return ""
    version = consent["text_version"]
    notice = reverse("consent:notice_version", args=[row.release.request.purpose.key, version])
    return format_html('<a href="{}">{}</a>', notice, _("Version %(version)s") % {"version": version})
