"""The kinds of service that people request, and what each makes necessary (DIS-b)."""

from collections.abc import Iterable
from datetime import datetime

from disclosure.models import ServiceKind
from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.services.elements import registered


@locks.in_transaction
def add_kind(
    *, key: str, title_en: str, title_zh_hans: str, necessary_fields: Iterable[str], by: Actor, at: datetime
) -> ServiceKind:
    """Enter a kind of service. Raises DataElement.DoesNotExist where a field is not in the registry."""
    kind = ServiceKind.objects.create(
        key=key, title_en=title_en, title_zh_hans=title_zh_hans, necessary_fields=registered(necessary_fields)
    )
    _record(kind, "service_kind.added", by=by, at=at)
    return kind


@locks.in_transaction
def change_kind(
    kind: ServiceKind,
    *,
    title_en: str,
    title_zh_hans: str,
    necessary_fields: Iterable[str],
    by: Actor,
    at: datetime,
) -> None:
    """Change all of a kind but its key: what is no longer necessary is denied from the return on, open services included.

    Raises DataElement.DoesNotExist where a field is not in the registry.
    """
    # Which kinds a decision rests on is known only from its facts, so it cannot share a lock on one of them.
    locks.exclude(registry=True)
    kind.refresh_from_db()
    kind.title_en, kind.title_zh_hans = title_en, title_zh_hans
    kind.necessary_fields = registered(necessary_fields)
    kind.save()
    _record(kind, "service_kind.changed", by=by, at=at)


def _record(kind: ServiceKind, entry_kind: str, *, by: Actor, at: datetime) -> None:
    append(
        kind=entry_kind,
        pseudonym=None,
        actor=by,
        body={"service_kind": kind.key, "fields": kind.necessary_fields},
        at=at,
    )
