"""How staff are told what a service refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disclosure.filing_states import TransitionRefused
from disclosure.services.documents import DocumentTooLarge, NotADocument
from disclosure.services.errors import (
    AlreadyEnded,
    AlreadyEntered,
    EvidenceGone,
    InstrumentExpired,
    MovedOn,
    NotAParty,
    NothingAsked,
    NotYours,
    OwnMatter,
    PerformedLess,
    ReasonMissing,
    ReferenceTaken,
    SameParty,
    WrongRecipient,
)
from users.services.errors import PersonErased, Refused
from users.services.violations import AlreadyDecided, OwnViolation, SameFinder

REFUSALS: Mapping[type[Exception], str | Promise] = {
    MovedOn: _(
        "Somebody changed it while you had this page open. Below you see how it stands now. Look at it again, then repeat what you wanted, if it still fits."
    ),
    TransitionRefused: _("It has moved on meanwhile, and as it stands now this cannot be done."),
    NotYours: _(
        "You cannot do this: whoever filed a request, is its subject or its recipient does not review it, and nobody approves twice."
    ),
    AlreadyDecided: _("The violation was confirmed or dismissed already."),
    SameFinder: _("Whoever found a violation does not confirm it. A colleague has to."),
    OwnViolation: _("Nobody decides on a violation that is said to be theirs. A colleague has to."),
    OwnMatter: _("You are a party to it yourself. A colleague has to do this."),
    AlreadyEnded: _("It has ended already; an end is not taken back."),
    AlreadyEntered: _("This is on record already."),
    ReferenceTaken: _("There is a transaction of this reference already."),
    SameParty: _("Two different people are needed: the same one stands on both sides."),
    NotAParty: _("This person is no party to it."),
    PerformedLess: _("What a party has performed never goes backwards."),
    InstrumentExpired: _("The instrument has expired."),
    WrongRecipient: _("This ground releases to another kind of recipient."),
    NothingAsked: _("Choose at least one field."),
    ReasonMissing: _("Say why."),
    NotADocument: _("This is not a whole PDF, PNG or JPEG file, whatever its name says."),
    DocumentTooLarge: _("The file is empty or larger than 10 MB."),
    EvidenceGone: _("Nothing of it is held any more, and the evidence went with it."),
    PersonErased: _("The person was erased. Nothing about them is held or disclosed any more."),
}
CAUGHT = (Refused, TransitionRefused)
"""What the desk catches. A refusal that is not in the table above is a fault of ours, and shows as one."""


def words_of(refused: Exception) -> str:
    """The sentence for a refusal. Raises KeyError for one that has none."""
    return str(REFUSALS[type(refused)])
