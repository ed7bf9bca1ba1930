"""What consents contribute to a person's overview."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.models import Aspect
from consent.queries import changes_of
from consent.rows import row_id
from consent.significance import NOTHING, Coverage
from consent.standings import Choice, choices_of
from consent.states import LIVE
from consent.wording import change_words, clause_of, covered_words, recipient_name
from users.models import User
from users.overview import LATEST, Access, Happening, Need, Part, contributes_to_overview
from users.queries import element_titles


@contributes_to_overview
def consents_part(person: User, at: datetime) -> Part:
    """Live consents as access, the last changes as happenings, and what the person was asked as a need."""
    here = reverse("consent:consents")
    choices = choices_of(person, at=at)
    waiting = sum(choice.waits and choice.state not in LIVE for choice in choices)
    more = [choice for choice in choices if choice.asks and choice.state in LIVE]
    return Part(
        access=tuple(
            Access(
                recipient=recipient_name(choice.recipient),
                sentence=_("You allowed it: %(purpose)s.") % {"purpose": choice.version.text().title},
                clause=clause_of(choice.recipient),
                href=reverse("consent:notice", args=[choice.version.purpose.key]),
                since=choice.consent.changed_at,
                until=choice.consent.expires_at,
            )
            for choice in choices
            if choice.aspect is Aspect.BASE and choice.counts and choice.consent and choice.recipient
        ),
        happenings=tuple(
            Happening(
                at=change.at,
                sentence=change_words(change),
                clause=clause_of(change.consent.recipient_id),
                href=reverse("consent:receipt", args=[change.pk]),
            )
            for change in changes_of(person)[:LATEST]
        ),
        needs=(*_question(waiting, here), *_questions_for_more(more, here)),
    )


def _question(waiting: int, here: str) -> Iterator[Need]:
    if waiting:
        yield Need(
            sentence=ngettext(
                "%(count)d request waits for your answer.", "%(count)d requests wait for your answer.", waiting
            )
            % {"count": waiting},
            clause="DIS-a",
            href=here,
            link=_("Decide"),
        )


def _questions_for_more(choices: Iterable[Choice], here: str) -> Iterator[Need]:
    """One for each purpose and recipient, whichever parts of it are allowed separately."""
    of_row: dict[str, Choice] = {}
    more: dict[str, Coverage] = {}
    for choice in choices:
        row = row_id(choice.version.purpose.key, choice.recipient.partner_id if choice.recipient else None)
        of_row[row] = choice
        more[row] = more.get(row, NOTHING) | choice.more
    titles = element_titles() if more else {}
    for row, choice in of_row.items():
        facts = {
            "recipient": recipient_name(choice.recipient),
            "purpose": choice.version.text().title,
            "more": covered_words(more[row], titles),
        }
        yield Need(
            sentence=_("%(recipient)s: %(purpose)s. New: also %(more)s.") % facts,
            clause="CHG-b",
            href=f"{here}#{row}",
            link=_("Decide"),
        )
