"""What the clauses on cookies mean for whoever reads them, in this browser, now. Unlike the others they need its request."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.cookie_choice import Standing
from consent.cookie_queries import gathered_count
from consent.margin import Note
from consent.standing import known_of
from privacy_app.clauses import BY_ID


def cookie_notes(request: HttpRequest, *, at: datetime) -> Mapping[str, Note]:
    """COO-a, COO-b and COO-c; for a visitor of whom nothing is known, what happens in general, and where to choose."""
    known, here, link = known_of(request), reverse("cookies"), _("Change it")
    standing = known.standing
    if known.person is None and standing == Standing():
        general = (BY_ID["COO-a"], BY_ID["COO-b"])
        return {promise.id: Note(promise.general_words, None, here, _("Choose"), True) for promise in general}
    since = standing.choice.made_at if standing.choice else None
    notes = {
        "COO-a": Note(_allowed(standing), since, here, link),
        "COO-b": Note(_refused(standing), since, here, link),
    }
    return {**notes, "COO-c": _gathered(gathered_count(known.person, at=at))} if known.person else notes


def _allowed(standing: Standing) -> str:
    if standing.without:
        return _("This page has set no cookie, and none will be set.")
    if standing.choice is None and standing.signal:
        return _("You have not chosen. Your browser sends Global Privacy Control: promotional cookies stay off.")
    if standing.choice is None:
        return _("You have not chosen: only strictly necessary cookies are set.")
    if standing.has_personalised and standing.has_promotional:
        return _("You allowed personalised and promotional cookies.")
    if standing.has_personalised:
        return _("You allowed personalised cookies, and no promotional ones.")
    if standing.has_promotional:
        return _("You allowed promotional cookies, and no personalised ones.")
    return _("Only strictly necessary cookies are set.")


def _refused(standing: Standing) -> str:
    if standing.without:
        return _("You chose no cookies at all. It is remembered nowhere but in the address of these pages.")
    if standing.is_held_back:
        return _("Your browser sends Global Privacy Control. It is honoured: promotional cookies are off.")
    if standing.has_promotional and standing.signal:
        return _("Your browser sends Global Privacy Control. You allowed promotional cookies by name all the same.")
    if standing.signal:
        return _("Your browser sends Global Privacy Control. It is honoured.")
    if standing.choice is None:
        return _("You can refuse all of them with one press.")
    return _("Your choice is remembered in one cookie. You can change it at any time.")


def _gathered(count: int) -> Note:
    sentence = (
        ngettext(
            "%(count)d value about you came from a cookie.", "%(count)d values about you came from cookies.", count
        )
        % {"count": count}
        if count
        else _("Nothing about you came from a cookie.")
    )
    return Note(sentence, href=f"{reverse('users:data')}#device" if count else "", link=_("See it") if count else "")
