"""What people decide (DIS-c to DIS-g), on a person's overview: what was shown, who may look now, what waits for them."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from disclosure.filing_words import clause_of, ground_words, recipient_words
from disclosure.gate import Ground
from disclosure.models import Filing, Opening
from disclosure.person_queries import grants_about, openings_of, undecided_against, unopened_grants, waits_for_answer
from disclosure.shown import who_words
from users.models import User
from users.overview import LATEST, Access, Happening, Need, Part, contributes_to_overview


@contributes_to_overview
def filings_part(person: User, at: datetime) -> Part:
    """Who may look as access, what was shown as happenings; requests to object to, to answer or to open as needs."""
    return Part(
        access=tuple(_access(filing) for filing in grants_about(person, at=at)),
        happenings=tuple(_happening(opening) for opening in openings_of(person, at=at)[:LATEST]),
        needs=(*_about_their_data(person, at), *_of_their_own(person)),
    )


def _access(filing: Filing) -> Access:
    return Access(
        recipient=recipient_words(filing),
        sentence=ground_words(filing),
        clause=clause_of(filing),
        href=f"{reverse('disclosure:shared')}#decided",
        since=filing.decided_at or filing.filed_at,
        until=filing.expires_at,
        ending=_("Until the matter is closed, or the reviewers end it."),
    )


def _happening(opening: Opening) -> Happening:
    sentence = (
        _("A reviewer of this website looked at data about you, to decide on a request.")
        if opening.by == Opening.By.REVIEWER
        else _("%(recipient)s has seen data about you.") % {"recipient": who_words(opening)}
    )
    return Happening(
        at=opening.at,
        sentence=sentence,
        clause=clause_of(opening.filing),
        href=f"{reverse('disclosure:shared')}#{opening.pk}",
    )


def _about_their_data(person: User, at: datetime) -> Iterator[Need]:
    """What others ask of them and nobody has decided yet."""
    for filing in undecided_against(person, at=at)[:LATEST]:
        yield Need(
            sentence=_("Your counterparty asked to reach you. Reviewers will decide.")
            if filing.ground == Ground.TRANSACTION
            else _("Somebody you complained about asked for data of yours. Reviewers will decide."),
            clause=clause_of(filing),
            href=reverse("requests:request", args=[filing.pk]),
            link=_("See what for, or object"),
        )


def _of_their_own(person: User) -> Iterator[Need]:
    """What they asked for themselves, where it is their turn."""
    for filing in waits_for_answer(person)[:LATEST]:
        yield _own(filing, _("The reviewers want to know more about a request of yours."), _("Answer"))
    for filing in unopened_grants(person)[:LATEST]:
        yield _own(filing, _("A request of yours was approved."), _("See what you may look at"))


def _own(filing: Filing, sentence: str, link: str) -> Need:
    return Need(
        sentence=sentence, clause=clause_of(filing), href=reverse("requests:request", args=[filing.pk]), link=link
    )
