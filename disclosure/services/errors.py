from users.services.errors import Refused


class AlreadyEnded(Refused):
    """It has ended (an engagement, a service request, a complaint, a transaction); an end is not taken back."""


class InstrumentExpired(Refused):
    """What an authority issued has expired."""


class SameParty(Refused):
    """Two different people are needed; one stands on both sides."""


class NotAParty(Refused):
    """The person is no party to this transaction or complaint."""


class PerformedLess(Refused):
    """What a party has performed never goes backwards."""


class ReferenceTaken(Refused):
    """There is a transaction of this reference already."""


class MovedOn(Refused):
    """Somebody else changed it meanwhile: what was decided was not what was shown."""


class NotYours(Refused):
    """Whoever filed it, or is its subject or recipient, does not review it; and nobody approves twice."""


class OwnMatter(Refused):
    """Nobody makes sure, as staff, of what speaks for themselves in a complaint or a transaction."""


class WrongRecipient(Refused):
    """This ground releases to another kind of recipient."""


class NothingAsked(Refused):
    """A filing names at least one field."""


class ReasonMissing(Refused):
    """This needs a reason."""


class AlreadyEntered(Refused):
    """The same authority, instrument or provision is on record already."""


class AlreadyAsked(Refused):
    """There is a request of theirs about this matter already, and it is not over."""


class NothingPerformed(Refused):
    """A party that has fulfilled none of its obligations cannot ask (DIS-f)."""


class NotWarned(Refused):
    """The parties were not warned yet that the other may see how to reach them (SEC-b)."""


class NotOffered(Refused):
    """A field that cannot be asked for in this matter."""


class NotReleased(Refused):
    """A request that was not permitted, or was revoked already: there is nothing to revoke."""


class EvidenceGone(Refused):
    """Nothing is held any more of what was contributed, and its evidence went with it."""
