"""How staff are told what a service refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.services.errors import (
    BaseReplaced,
    DraftInWork,
    DraftMovedOn,
    NoteMissing,
    NotReady,
    SecondPersonNeeded,
)
from users.services.errors import Refused

_REFUSALS: Mapping[type[Refused], str | Promise] = {
    DraftInWork: _("A draft is in work already. There is one at a time, so that nothing is written twice."),
    DraftMovedOn: _(
        "Somebody did something to the draft while you had this page open. Below you see how it stands now. Look at it again, then repeat what you wanted, if it still fits."
    ),
    NotReady: _("Something is missing still; it is listed below."),
    SecondPersonNeeded: _("You wrote or submitted some of it. Somebody else has to publish it."),
    BaseReplaced: _("Another version was published since this draft was begun. Compare it with that one first."),
    NoteMissing: _("Say why it goes back."),
}


def words_of(refused: Refused) -> str:
    """The sentence for a refusal. Raises KeyError for one that has none: a fault of ours, which shows as one."""
    return str(_REFUSALS[type(refused)])
