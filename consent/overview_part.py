"""What consents contribute to a person's overview."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.models import Aspect
from consent.queries import changes_of, choices_of
from consent.states import State
from consent.wording import change_words, clause_of, recipient_name
from users.models import User
from users.overview import LATEST, Access, Happening, Need, Part, contributes_to_overview


@contributes_to_overview
def consents_part(person: User, at: datetime) -> Part:
    """Live consents as access, the last changes as happenings, and what the person was asked as a need."""
    here = reverse("consent:consents")
    choices = choices_of(person, at=at)
    waiting = sum(choice.state is State.REQUESTED for choice in choices)
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
            if choice.aspect is Aspect.BASE and choice.is_on and choice.consent and choice.recipient
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
        needs=(
            Need(
                sentence=ngettext(
                    "%(count)d request waits for your answer.", "%(count)d requests wait for your answer.", waiting
                )
                % {"count": waiting},
                clause="DIS-a",
                href=here,
                link=_("Decide"),
            ),
        )
        if waiting
        else (),
    )
