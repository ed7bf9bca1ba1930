"""How the demo describes a purpose, and how it publishes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consent.models import Action, Basis, Purpose, PurposeVersion
from consent.services.purposes import Wording, add_purpose, publish_version
from privacy_app.ledger.actors import Actor
from users.models import Partner


@dataclass(frozen=True, slots=True)
class Sketch:
    """One version of a purpose, published on `day` of the demo's year. Owner and recipients are keys of partners."""

    key: str
    term: str
    basis: Basis
    fields: tuple[str, ...]
    en: Wording
    zh: Wording
    owner: str | None = None
    actions: tuple[Action, ...] = (Action.PROVIDE,)
    countries: tuple[str, ...] = ("CN",)
    recipients: tuple[str, ...] = ()
    valid_days: int | None = None
    day: int = 0


def publish(sketch: Sketch, partners: Mapping[str, Partner], *, by: Actor, at: datetime) -> PurposeVersion:
    """Publish the sketched version; its purpose comes into being with the first."""
    purpose = Purpose.objects.filter(key=sketch.key).first() or add_purpose(
        key=sketch.key,
        dpv_term=f"dpv:{sketch.term}",
        owner=partners[sketch.owner] if sketch.owner else None,
        by=by,
        at=at,
    )
    return publish_version(
        purpose,
        basis=sketch.basis,
        fields=sketch.fields,
        actions=sketch.actions,
        countries=sketch.countries,
        recipients=[partners[key] for key in sketch.recipients],
        wordings={"en": sketch.en, "zh-hans": sketch.zh},
        valid_days=sketch.valid_days,
        by=by,
        at=at,
    )
