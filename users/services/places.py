"""Where data is stored: entering a place, and changing what is said of one (STO-1)."""

from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import StorageLocation
from users.services.errors import Refused


class NoDefault(Refused):
    """New data must go somewhere: another place becomes the default first."""


@locks.in_transaction
def add_location(
    *, name: str, affiliate: str, country: str, is_default: bool, by: Actor, at: datetime
) -> StorageLocation:
    """Enter a place. As the default it takes over all data that is stored from now on."""
    location = StorageLocation(name=name, affiliate=affiliate, country=country, is_default=is_default)
    _save(location, kind="storage.added", by=by, at=at)
    return location


@locks.in_transaction
def change_location(
    location: StorageLocation,
    *,
    name: str,
    affiliate: str,
    country: str,
    is_default: bool,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is said of a place; people see it beside each of their values there. Raises NoDefault."""
    location.refresh_from_db()
    if location.is_default and not is_default:
        raise NoDefault
    location.name, location.affiliate, location.country, location.is_default = name, affiliate, country, is_default
    _save(location, kind="storage.changed", by=by, at=at)


def _save(location: StorageLocation, *, kind: str, by: Actor, at: datetime) -> None:
    if location.is_default:
        StorageLocation.objects.filter(is_default=True).exclude(pk=location.pk).update(is_default=False)
    location.save()
    append(
        kind=kind,
        pseudonym=None,
        actor=by,
        body={
            "name": location.name,
            "held_by": location.affiliate,
            "country": location.country,
            "is_default": location.is_default,
        },
        at=at,
    )
