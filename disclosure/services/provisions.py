"""The register of laws and site policies under which DIS-g may be claimed, kept by the policy editor."""

from datetime import datetime

from disclosure.models.provisions import Provision
from disclosure.services.errors import AlreadyEnded, AlreadyEntered
from privacy_app import locks
from privacy_app.ledger.services import append
from users.models import User
from users.services.actors import as_staff


@locks.in_transaction
def enter_provision(
    *,
    kind: Provision.Kind,
    title_en: str,
    title_zh_hans: str,
    citation: str,
    in_force_from: datetime,
    by: User,
    at: datetime,
) -> Provision:
    """Enter a provision. Nothing that is not in the register is a ground. Raises AlreadyEntered."""
    provision, is_new = Provision.objects.get_or_create(
        kind=kind,
        citation=citation,
        defaults={"title_en": title_en, "title_zh_hans": title_zh_hans, "in_force_from": in_force_from},
    )
    if not is_new:
        raise AlreadyEntered
    _record(provision, kind="provision.entered", by=by, at=at)
    return provision


@locks.in_transaction
def repeal_provision(provision: Provision, *, by: User, at: datetime) -> None:
    """From the return of this call on, the provision is no ground any more. Raises AlreadyEnded."""
    locks.exclude(evidence=[provision.pk])
    provision.refresh_from_db()
    if provision.repealed_at is not None and provision.repealed_at <= at:
        raise AlreadyEnded
    provision.repealed_at = at
    provision.save(update_fields=["repealed_at"])
    _record(provision, kind="provision.repealed", by=by, at=at)


def _record(provision: Provision, *, kind: str, by: User, at: datetime) -> None:
    body = {"provision": str(provision.pk), "kind": str(provision.kind), "citation": provision.citation}
    append(kind=kind, pseudonym=None, actor=as_staff(by), body=body, at=at)
