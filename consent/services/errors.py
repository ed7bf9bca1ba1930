from collections.abc import Sequence

from users.services.errors import Refused


class ConflictingChange(Refused):
    """The consent was changed meanwhile: what was decided was not what was shown."""


class TextNotShown(Refused):
    """The text version is not the one in force for this purpose, or does not name this recipient or aspect."""


class UnknownChoice(Refused):
    """There is no such purpose or recipient."""


class DatedBeforeLast(Refused):
    """A version would be in force before the one before it, or from a time that is past."""


class TextMissing(Refused):
    """A text is empty, or there is none in the language that prevails."""


class NothingToTell(Refused):
    """A notice needs a title and a text in every language."""


class NotAsked(Refused):
    """No purpose in force covers product news, so nobody may be sent any."""


class PublishedMeanwhile(Refused):
    """Another version was published since the one that this was compared with."""


class DisagreementUnexplained(Refused):
    """A version is marked otherwise than proposed, and no reason says why."""


class MeaningNeedsNotice(Refused):
    """A version that changes the meaning of what was named cannot be editorial."""


class DraftInWork(Refused):
    """There is a draft of the policy in work already; there is one at a time."""


class DraftMovedOn(Refused):
    """The draft is not what was shown, or it is over."""


class DraftConflict(Refused):
    """Somebody else changed the same words meanwhile. `parts` names those; nothing was saved."""

    def __init__(self, parts: Sequence[str]) -> None:
        super().__init__()
        self.parts = parts


class NotReady(Refused):
    """The draft cannot be published as it is."""


class SecondPersonNeeded(Refused):
    """Whoever wrote or submitted a draft does not publish it."""


class BaseReplaced(Refused):
    """Another version was published since the draft was begun: it has to be compared with that one."""


class NoteMissing(Refused):
    """Sending a draft back takes a word why."""
