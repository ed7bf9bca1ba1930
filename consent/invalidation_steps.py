"""Entering over the outbox, step by step, that the meaning of a text has changed."""

from django.utils import timezone

from consent.services import meaning
from privacy_app.outbox.handlers import handles
from privacy_app.outbox.models import Message


@handles(meaning.KIND)
def invalidate_consents(message: Message) -> None:
    """Enter for some more people that the meaning of what they allowed has changed."""
    meaning.take_step(message.payload["version"], at=timezone.now())
