"""What every installation needs before anybody can sign up: the reference data below, and a policy with its agreement."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from consent.models import Agreement, Policy
from consent.services.policies import publish
from privacy_app import locks
from privacy_app.languages import CODES
from privacy_app.ledger.actors import Actor
from users.models import StorageLocation
from users.services.reference import add_missing_elements, add_missing_location

_TEXTS = Path(__file__).resolve().parent.parent / "texts"
_PREVAILING = "zh-hans"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` added: keys of elements, a storage location, an agreement with its policy."""

    elements: list[str]
    location: StorageLocation | None
    agreement: Agreement | None


@locks.in_transaction
def prepare(*, by: Actor, at: datetime) -> Prepared:
    """Add what is missing. What is there keeps what an administrator made of it; a second run adds nothing."""
    return Prepared(
        elements=add_missing_elements(by=by, at=at),
        location=add_missing_location(by=by, at=at),
        agreement=None if Policy.objects.exists() else publish_shipped_texts(by=by, at=at),
    )


def publish_shipped_texts(*, by: Actor, at: datetime) -> Agreement:
    """Publish the policy and the agreement that come with the product, as the next version."""
    return publish(
        policy_texts=_shipped("policy"),
        agreement_texts=_shipped("agreement"),
        prevailing_language=_PREVAILING,
        by=by,
        at=at,
    )


def _shipped(noun: str) -> dict[str, str]:
    return {code: (_TEXTS / f"{noun}-1.{code}.md").read_text(encoding="utf-8") for code in CODES}
