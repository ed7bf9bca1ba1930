from users.services.errors import Refused


class AlreadyEnded(Refused):
    """The engagement or service request has ended; an end is not taken back."""
