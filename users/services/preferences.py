"""The language and the time zone in which a person is served."""

from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import User
from users.services.actors import pseudonym_of


@locks.in_transaction
def change_preferences(person: User, *, locale: str, time_zone: str, by: Actor, at: datetime) -> bool:
    """Serve the person in this language and time zone from now on; False where both are so already."""
    locks.exclude(people=[person.pk])
    person.refresh_from_db(fields=["locale", "time_zone"])
    wanted = {"locale": locale, "time_zone": time_zone}
    changed = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    if not changed:
        return False
    person.locale, person.time_zone = locale, time_zone
    person.save(update_fields=changed)
    append(
        kind="person.preferences_changed",
        pseudonym=pseudonym_of(person),
        actor=by,
        body={"changed": changed},
        at=at,
    )
    return True
