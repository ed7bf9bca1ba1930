"""What a service refuses, as types that the edges translate into words."""


class Refused(Exception):
    """The domain refuses this change; nothing was changed."""


class ScopeWithheld(Refused):
    """The client was granted this scope and may not use it at present."""


class PersonErased(Refused):
    """The person was erased: nothing more is held about them, nothing can be allowed in their name."""


class AmbiguousContact(Refused):
    """The e-mail address and the telephone number belong to two different people."""


class AddressMissing(Refused):
    """A person is brought in by an e-mail address or a telephone number; neither was given."""


class NotTheirsToWrite(Refused):
    """What machines record, what lies outside the policy and the log-in address are not stated by the person here."""


class ItemGone(Refused):
    """The person has no such item, or no longer."""


class ItemUnreadable(Refused):
    """The item does not open, so nobody could be given it."""
