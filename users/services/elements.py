"""The registry of what can be held: entering an element, and changing what is said of one."""

from collections.abc import Iterable
from datetime import datetime

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import Category, DataElement


def registered(fields: Iterable[str]) -> list[str]:
    """These keys, sorted, each once. Raises DataElement.DoesNotExist where one is not in the registry."""
    wanted = set(fields)
    known = set(DataElement.objects.filter(key__in=wanted).values_list("key", flat=True))
    if unknown := wanted - known:
        raise DataElement.DoesNotExist(", ".join(sorted(unknown)))
    return sorted(wanted)


@locks.in_transaction
def register_element(
    *,
    key: str,
    title_en: str,
    title_zh_hans: str,
    dpv_term: str,
    format: str,
    is_sensitive: bool,
    excluded_by: str,
    retention_days: int | None,
    by: Actor,
    at: datetime,
) -> DataElement:
    """Enter an element that can be held from now on. Its category is what its key begins with: `contact.email`.

    Raises ValueError where there is no such category. Needs no lock: what was unknown was denied.
    """
    element = DataElement.objects.create(
        key=key,
        category=Category(key.partition(".")[0]),
        title_en=title_en,
        title_zh_hans=title_zh_hans,
        dpv_term=dpv_term,
        format=format,
        is_sensitive=is_sensitive,
        excluded_by=excluded_by,
        retention_days=retention_days,
    )
    append(kind="registry.extended", pseudonym=None, actor=by, body={"fields": [key]}, at=at)
    return element


@locks.in_transaction
def change_element(
    element: DataElement,
    *,
    title_en: str,
    title_zh_hans: str,
    dpv_term: str,
    format: str,
    is_sensitive: bool,
    excluded_by: str,
    retention_days: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Change all of an element but its key. What it makes sensitive or excludes is denied from the return on."""
    locks.exclude(registry=True)
    element.refresh_from_db()
    element.title_en, element.title_zh_hans, element.dpv_term = title_en, title_zh_hans, dpv_term
    element.format, element.retention_days = format, retention_days
    element.is_sensitive, element.excluded_by = is_sensitive, excluded_by
    element.save()
    append(
        kind="registry.changed",
        pseudonym=None,
        actor=by,
        body={
            "field": element.key,
            "is_sensitive": is_sensitive,
            "excluded_by": excluded_by,
            "retention_days": retention_days,
        },
        at=at,
    )
