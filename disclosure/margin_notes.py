"""The margin notes of what leaves, and of what is refused."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.margin import Note, writes_in_margin
from disclosure.gate import AVAILABLE, Ground
from disclosure.queries import ends_summary, engaged_partners_count, open_services_of, reading_summary
from users.models import User
from users.wording import day


def _ends_words(at: datetime) -> str:
    """How many engagements are over, and for how many the deletion is certified; nothing where none is over."""
    over, certified = ends_summary(at=at)
    if not over:
        return ""
    ended = ngettext("%(count)d engagement has ended.", "%(count)d engagements have ended.", over) % {"count": over}
    if certified == over:
        return f"{ended} " + _("The deletion is certified for all that ended.")
    words = ngettext(
        "The deletion is certified for %(count)d of them.",
        "The deletion is certified for %(count)d of them.",
        certified,
    )
    return f"{ended} " + (words % {"count": certified} if certified else _("No deletion is certified so far."))


@writes_in_margin
def disclosure_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """USE-a, PRE-2 and the grounds DIS-b to DIS-g."""
    notes = {
        ground.clause: Note(_("At present every request on this ground is refused."))
        for ground in Ground
        if ground not in AVAILABLE
    }
    engaged = engaged_partners_count(at=at)
    engaged_words = (
        ngettext("%(count)d partner is engaged at present.", "%(count)d partners are engaged at present.", engaged)
        % {"count": engaged}
        if engaged
        else _("No partner is engaged at present.")
    )
    notes["USE-a"] = Note(f"{engaged_words} {_ends_words(at)}".strip())
    if person is None:
        notes["DIS-b"] = Note(_("Only while a service that the person asked for is open."))
        return notes
    shared = reverse("disclosure:shared")
    services = len(open_services_of(person))
    notes["DIS-b"] = Note(
        ngettext("%(count)d service of yours is open.", "%(count)d services of yours are open.", services)
        % {"count": services}
        if services
        else _("No service of yours is open."),
        href=shared,
        link=_("See who received data"),
    )
    readers, last_at = reading_summary(person)
    notes["PRE-2"] = Note(
        ngettext(
            "%(count)d partner has read data of yours, last on %(date)s.",
            "%(count)d partners have read data of yours, last on %(date)s.",
            readers,
        )
        % {"count": readers, "date": day(last_at)}
        if last_at
        else _("Nobody has received data of yours."),
        href=shared,
        link=_("See every release"),
    )
    return notes
