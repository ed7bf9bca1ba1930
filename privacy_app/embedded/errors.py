"""What keeps the embedded default from starting."""


class CannotStart(Exception):
    """The message is one sentence for the person at the keyboard: what is wrong, and what to do."""
