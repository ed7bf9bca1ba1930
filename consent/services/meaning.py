"""A text whose words mean something else now: consents to what it meant before count no more (CHG-b).

The gate sees it from the publication on. Entering it for each person takes time where they are many, so it goes in
steps over the outbox; whatever a person does meanwhile enters it for them first.
"""

from datetime import datetime, timedelta

from consent.models import Consent, PurposeVersion
from consent.services.history import Changed, enter
from consent.states import LIVE, Event, State, after
from privacy_app import locks
from privacy_app.ledger.actors import SYSTEM
from privacy_app.outbox.services import enqueue

KIND = "consents.meaning_changed"
_PAUSE = timedelta(seconds=5)


def meaning_has_changed(consent: Consent, *, at: datetime) -> bool:
    """Whether it holds on record, although the meaning of its text has changed since."""
    return (
        consent.state in LIVE
        and PurposeVersion.objects.filter(
            purpose=consent.purpose_id,
            version__gt=consent.version.version,
            meaning_changed=True,
            published_at__lte=at,
        ).exists()
    )


def invalidate(*consents: Consent, at: datetime) -> None:
    """Enter these live consents as invalidated; their people are locked by the caller."""
    changes = []
    for consent in consents:
        before = State(consent.state)
        consent.state, consent.changed_at = after(before, Event.INVALIDATE), at
        consent.expires_at = None
        consent.revision += 1
        changes.append(Changed(consent, before))
    Consent.objects.bulk_update(consents, ["state", "changed_at", "expires_at", "revision"])
    enter(changes, by=SYSTEM, at=at, origin="system")


def enqueue_invalidation(version: PurposeVersion, *, at: datetime) -> None:
    """Have it entered for everybody who allows an earlier text, from the publication on."""
    enqueue(KIND, {"version": version.pk}, at=at, due_at=max(at, version.published_at))


@locks.in_transaction
def take_step(version_id: int, *, at: datetime, limit: int = 200) -> int:
    """Enter it for some of those who allow a text older than this version; returns for how many.

    Another message takes the next step, as long as there is one to take. Who is being read from in this moment is left
    to it. Whatever was cut off is done again: a consent that is entered already is not live any more.
    """
    version = PurposeVersion.objects.get(pk=version_id)
    due = Consent.objects.filter(
        version__purpose=version.purpose_id, version__version__lt=version.version, state__in=LIVE
    ).select_related("purpose", "version", "person")
    people = locks.exclude_free(due.values_list("person_id", flat=True)[:limit])
    consents = list(due.filter(person_id__in=people))
    if consents:
        invalidate(*consents, at=at)
    if due.exists():
        enqueue(KIND, {"version": version_id}, at=at, due_at=at if consents else at + _PAUSE)
    return len(consents)
