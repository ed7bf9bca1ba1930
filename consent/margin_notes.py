"""The margin notes of what people were told and allowed, and of what is held about them."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.margin import Note, writes_in_margin
from consent.queries import latest_acceptance, live_consent_counts
from users.countries import country_name
from users.models import User
from users.queries import holdings_summary
from users.wording import listed


@writes_in_margin
def consent_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """PRE, USE, DIS-a and STO-2: acceptance and consents."""
    if person is None:
        return {
            "PRE-1": Note(_("A refusal is recorded with its reasons, like a permission.")),
            "PRE-4": Note(_("Recorded once, when an account is opened. It allows no purpose.")),
            "DIS-a": Note(_("Off for everybody until they switch it on, for each recipient apart.")),
            "STO-2": Note(_("Going abroad has a switch of its own.")),
            "COO-a": Note(_("This page has set no cookie.")),
        }
    consents = reverse("consent:consents")
    notes = {}
    if acceptance := latest_acceptance(person):
        notes["PRE-4"] = Note(
            _("You accepted version %(version)s of the agreement, and this policy with it.")
            % {"version": acceptance.agreement.version},
            since=acceptance.accepted_at,
            href=reverse("agreement_version", args=[acceptance.agreement.version]),
            link=_("Read what you accepted"),
        )
    recipients, abroad = live_consent_counts(person, at=at)
    notes["DIS-a"] = Note(
        ngettext("You allowed %(count)d recipient.", "You allowed %(count)d recipients.", recipients)
        % {"count": recipients}
        if recipients
        else _("You have allowed nobody."),
        href=consents,
        link=_("Change it"),
    )
    notes["STO-2"] = Note(
        ngettext(
            "You allowed going abroad for %(count)d purpose.",
            "You allowed going abroad for %(count)d purposes.",
            abroad,
        )
        % {"count": abroad}
        if abroad
        else _("You have not consented to anything going abroad."),
        href=consents,
        link=_("Change it"),
    )
    return notes


@writes_in_margin
def holding_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """COL, EXC and STO-1: what is held, from whom, and where."""
    if person is None:
        return {}
    data = reverse("users:data")
    summary = holdings_summary(person, at=at)
    notes = {
        "COL-b": Note(
            ngettext(
                "%(count)d value about you came from a partner.",
                "%(count)d values about you came from partners.",
                summary.from_partners,
            )
            % {"count": summary.from_partners}
            if summary.from_partners
            else _("Nothing about you came from a partner."),
            href=data,
            link=_("See your data"),
        )
    }
    if summary.countries:
        notes["STO-1"] = Note(
            _("Your data is stored in: %(countries)s.")
            % {"countries": listed(country_name(code) for code in summary.countries)},
            href=data,
            link=_("See where each value is"),
        )
    for clause, count in summary.excluded.items():
        notes[clause] = Note(
            ngettext("%(count)d value is held apart.", "%(count)d values are held apart.", count) % {"count": count},
            href=f"{data}#outside",
            link=_("See it"),
        )
    return notes
