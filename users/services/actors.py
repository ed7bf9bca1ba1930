"""Who acts, as the ledger may name them."""

from collections.abc import Iterable
from uuid import UUID

from privacy_app.ledger.actors import Actor
from users.models import ApiClient, LedgerPseudonym, User

# Django leaves out a query for an empty list; what it costs to ask must not say who is known.
NOBODY = UUID(int=0)


def pseudonyms_of(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The newest pseudonym of each of these people who still has one, in one query, also for nobody."""
    rows = LedgerPseudonym.objects.filter(person_id__in=[NOBODY, *person_ids]).order_by("created_at")
    return dict(rows.values_list("person_id", "pseudonym"))


def pseudonym_of(person: User) -> UUID | None:
    """The person's pseudonym; None once they are erased."""
    return pseudonyms_of([person.pk]).get(person.pk)


def as_person(person: User) -> Actor:
    """The person acting in their own matters."""
    pseudonym = pseudonym_of(person)
    return Actor.person(pseudonym) if pseudonym else Actor("person")


def as_staff(person: User) -> Actor:
    """The person acting in a role."""
    pseudonym = pseudonym_of(person)
    return Actor.staff(pseudonym) if pseudonym else Actor("staff")


def as_client(client: ApiClient) -> Actor:
    """A partner's API client."""
    return Actor.client(client.client_id)
