"""What a service refuses, as types that the edges translate into words."""


class Refused(Exception):
    """The domain refuses this change; nothing was changed."""


class PersonErased(Refused):
    """The person was erased: nothing more is held about them, nothing can be allowed in their name."""


class AmbiguousContact(Refused):
    """The e-mail address and the telephone number belong to two different people."""


class AddressMissing(Refused):
    """A person is brought in by an e-mail address or a telephone number; neither was given."""
