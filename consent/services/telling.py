"""Telling the partner that a consent named when it no longer holds (DIS-a)."""

from datetime import datetime

from consent.models import Consent
from consent.states import LIVE, State
from users.models import EventType
from users.services.events import tell

_NEWS = {
    State.WITHDRAWN: EventType.CONSENT_WITHDRAWN,
    State.EXPIRED: EventType.CONSENT_EXPIRED,
    State.REVOKED: EventType.CONSENT_REVOKED,
    State.INVALIDATED: EventType.CONSENT_INVALIDATED,
}


def tell_recipient(consent: Consent, *, before: State, at: datetime) -> None:
    """Tell the recipient where a consent that held does not any more; of one that never held nobody is told."""
    type_ = _NEWS.get(State(consent.state))
    if consent.recipient_id is None or before not in LIVE or type_ is None:
        return
    data = {
        "purpose": consent.purpose.key,
        "aspect": str(consent.aspect),
        "text_version": consent.version.version,
        "fields": sorted(consent.version.fields),
    }
    tell(type_, {consent.recipient_id: data}, person=consent.person, at=at)
