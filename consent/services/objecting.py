"""Objecting to product news by the link in a mail, and taking that back (USE-c, RFC 8058): as the switch does it."""

from datetime import datetime

from consent.models import Aspect, Basis, Consent, Purpose
from consent.queries import PRODUCT_NEWS, version_in_force
from consent.services.consents import Subject, change
from consent.states import Event
from privacy_app import locks
from users.models import User
from users.services.actors import as_person


def object_to_news(person: User, *, language: str, at: datetime) -> None:
    """From now on the person is sent no product news. Objecting twice is objecting once."""
    _change(person, Event.WITHDRAW, language=language, at=at)


@locks.in_transaction
def allow_news_again(person: User, *, language: str, at: datetime) -> bool:
    """Take an objection back, as its undo; whether there was one, and the news still are what was objected to."""
    purpose = Purpose.objects.get(key=PRODUCT_NEWS)
    locks.share(purposes=[purpose.pk])
    locks.exclude(people=[person.pk])
    consent = Consent.objects.filter(person=person, purpose=purpose, recipient=None, aspect=Aspect.BASE).first()
    version = version_in_force(purpose, at=at)
    if consent is None or consent.version_id != version.pk or version.basis != Basis.POLICY_OPT_OUT:
        return False
    _change(person, Event.GIVE, language=language, at=at)
    return True


def _change(person: User, event: Event, *, language: str, at: datetime) -> Consent:
    subject = Subject(person, Purpose.objects.get(key=PRODUCT_NEWS))
    return change(subject, event, by=as_person(person), at=at, language=language, origin="mail")
