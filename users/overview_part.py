"""What the data itself contributes to a person's overview: what came from others, and what needs their hand."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from users.models import PersonalDataItem, User
from users.overview import LATEST, Happening, Need, Part, contributes_to_overview
from users.queries import items_from_others, unreadable_count


@contributes_to_overview
def items_part(person: User, at: datetime) -> Part:
    """Values that others gave as happenings (COL-b: the person is told); values that do not open as a need."""
    here = reverse("users:data")
    unreadable = unreadable_count(person, at=at)
    return Part(
        happenings=tuple(
            Happening(
                at=item.stored_at,
                sentence=_told(item),
                clause=item.element.excluded_by or ("COL-b" if item.partner else "STO-1"),
                href=f"{here}#{item.element_id}",
            )
            for item in items_from_others(person, at=at)[:LATEST]
        ),
        needs=(
            Need(
                sentence=ngettext(
                    "%(count)d value about you can no longer be read. Please state it again.",
                    "%(count)d values about you can no longer be read. Please state them again.",
                    unreadable,
                )
                % {"count": unreadable},
                clause="SEC-a",
                href=here,
                link=_("See which"),
            ),
        )
        if unreadable
        else (),
    )


def _told(item: PersonalDataItem) -> str:
    facts = {"element": item.element.title}
    if item.partner:
        return _("%(partner)s gave us data about you: %(element)s.") % {**facts, "partner": item.partner.legal_name}
    return _("This website entered data about you: %(element)s.") % facts
