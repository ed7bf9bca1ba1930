"""The margin notes of what leaves, on the partners' grounds and on those that people decide."""

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.margin import Note, writes_in_margin
from disclosure.filing_gate import REVIEWED
from disclosure.filing_queries import ToldReleases, disclosures_count, told_releases
from disclosure.gate import Ground
from disclosure.queries import (
    ends_summary,
    engaged_partners_count,
    open_services_of,
    reading_summary,
    refused_requests_of,
)
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
    """PRE-1, PRE-2, USE-a and the grounds DIS-b to DIS-g."""
    engaged = engaged_partners_count(at=at)
    engaged_words = (
        ngettext("%(count)d partner is engaged at present.", "%(count)d partners are engaged at present.", engaged)
        % {"count": engaged}
        if engaged
        else _("No partner is engaged at present.")
    )
    partners = f"{engaged_words} {_ends_words(at)}".strip()
    if person is None:
        counted = Note(_count_words(), is_general=True)
        return {"USE-a": Note(partners, is_general=True), Ground.OTHER_PROVISION.clause: counted}
    shared = reverse("disclosure:shared")
    received = shared, _("See who received data")
    notes = {**_told(person, at), "USE-a": Note(partners, None, *received)}
    refused = refused_requests_of(person).count()
    notes["PRE-1"] = Note(
        ngettext(
            "%(count)d request for data of yours was refused.",
            "%(count)d requests for data of yours were refused.",
            refused,
        )
        % {"count": refused}
        if refused
        else _("No request for data of yours was refused."),
        None,
        *received,
    )
    services = len(open_services_of(person))
    notes["DIS-b"] = Note(
        ngettext("%(count)d service of yours is open.", "%(count)d services of yours are open.", services)
        % {"count": services}
        if services
        else _("No service of yours is open."),
        None,
        *received,
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
        else _("No partner has read data of yours."),
        href=shared,
        link=_("See every release"),
    )
    return notes


def _count_words() -> str:
    count = disclosures_count(Ground.OTHER_PROVISION)
    if not count:
        return _("There was no disclosure on this ground so far.")
    return ngettext(
        "%(count)d disclosure on this ground so far.", "%(count)d disclosures on this ground so far.", count
    ) % {"count": count}


def _told(person: User, at: datetime) -> dict[str, Note]:
    """Whether something of the person's was released on each of them, as far as they may know at this moment."""
    told = told_releases(person, at=at)
    return {ground.clause: _told_on(ground, told.get(ground, ToldReleases())) for ground in REVIEWED}


def _told_on(ground: Ground, told: ToldReleases) -> Note:
    words = (
        ngettext(
            "Data about you was released on %(count)d request on this ground, last on %(date)s.",
            "Data about you was released on %(count)d requests on this ground, last on %(date)s.",
            told.count,
        )
        % {"count": told.count, "date": day(told.last_at)}
        if told.last_at
        else _("You were told of no release on this ground.")
    )
    if ground is Ground.OTHER_PROVISION:
        words = f"{words} {_count_words()}"
    return Note(words, href=reverse("disclosure:shared"), link=_("See who received data"))
