"""A release as a receipt: what was released, by what right, and what to check it against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from disclosure.shared import Row
from privacy_app.languages import current
from privacy_app.ledger.canonical import leaf_content


@dataclass(frozen=True, slots=True)
class Party:
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `includes/receipt.html` shows. `digest` is the ledger entry's leaf; it is computed over `salt` and `content`."""

    title: str
    id: str
    at: datetime
    clause: str
    what: str
    parties: Sequence[Party]
    facts: Sequence[Fact]
    digest: str
    salt: str
    content: str


def receipt_of(row: Row) -> Receipt:
    """The receipt of a release."""
    release = row.release
    entry = release.entry
    partner = release.partner.legal_name
    facts = [
        (_("Purpose"), row.purpose),
        (_("Data"), row.fields),
        (_("Action"), row.action),
        (_("Accessible from"), row.countries),
        (_("Why"), row.ground),
        (_("Role of the recipient"), row.role),
        (_("Policy version"), str(entry.body["policy_version"])),
        (_("Ledger entry"), str(entry.seq)),
    ]
    content = leaf_content(
        kind=entry.kind, pseudonym=str(entry.pseudonym), actor=entry.actor, at=entry.at, body=entry.body
    )
    return Receipt(
        title=_("Receipt of a release"),
        id=str(release.pk),
        at=release.at,
        clause=row.clause,
        what=_("%(partner)s read data about you.") % {"partner": partner},
        parties=[
            Party(_("From"), settings.SITE_NAME[current()]),
            Party(_("To"), f"{partner} ({row.recipient_country})"),
        ],
        facts=[Fact(label, value) for label, value in facts if value],
        digest=row.leaf,
        salt=bytes(entry.salt).hex(),
        content=content.decode(),
    )
