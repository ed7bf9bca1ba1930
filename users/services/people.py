"""Bringing people in: those who sign up, and those whom the website or a partner vouches for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import IntegrityError

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from privacy_app.ledger.services import append
from users.models import ContactIndex, LedgerPseudonym, PairwiseId, Partner, Source, User
from users.models.elements import LOGIN_ADDRESS
from users.queries import find_people
from users.services.actors import NOBODY, pseudonym_of
from users.services.contacts import index_contact, unindex_contact
from users.services.data_keys import create_data_key
from users.services.errors import AddressMissing, AmbiguousContact
from users.services.items import NewValue, store


@locks.in_transaction
def register(person: User, *, origin: str, at: datetime, by: Actor | None = None) -> UUID:
    """Give a person whose row exists a data key and a pseudonym, and enter it; returns the pseudonym.

    `origin` is `sign_up` or `platform`.
    """
    create_data_key(person, at=at)
    pseudonym = LedgerPseudonym.objects.create(person=person, created_at=at).pseudonym
    append(
        kind="person.registered",
        pseudonym=pseudonym,
        actor=by or Actor.person(pseudonym),
        body={"origin": origin},
        at=at,
    )
    return pseudonym


@locks.in_transaction
def confirm_email(person: User, address: str, *, by: Actor, at: datetime, is_main: bool = True) -> None:
    """The person showed that this normalised address is theirs: it can find them and, as the main one, is held as theirs.

    Whoever else typed it into a form without showing that much loses it. Raises AmbiguousContact where the platform
    vouches for it as somebody else's.
    """
    claimants = set(User.objects.filter(email__iexact=address).exclude(pk=person.pk).values_list("pk", flat=True))
    locks.exclude(people={person.pk, *claimants})
    try:
        index_contact(person, kind=ContactIndex.Kind.EMAIL, address=address, at=at)
    except IntegrityError as error:
        raise AmbiguousContact from error
    EmailAddress.objects.filter(email__iexact=address, verified=False).exclude(user=person).delete()
    User.objects.filter(pk__in=claimants).update(email=None)
    append(kind="address.confirmed", pseudonym=pseudonym_of(person), actor=by, body={"kind": "email"}, at=at)
    if is_main:
        use_as_main(person, address, by=by, at=at)


@locks.in_transaction
def use_as_main(person: User, address: str, *, by: Actor, at: datetime) -> None:
    """From now on this normalised address of the person's is the one that is held as theirs."""
    store(person, [NewValue(LOGIN_ADDRESS, address, at)], source=Source.PERSON, by=by, at=at)


@locks.in_transaction
def give_up_email(person: User, address: str, *, by: Actor, at: datetime) -> None:
    """The person removed this normalised address: it finds them no more."""
    locks.exclude(people=[person.pk])
    if unindex_contact(person, kind=ContactIndex.Kind.EMAIL, address=address):
        append(kind="address.removed", pseudonym=pseudonym_of(person), actor=by, body={"kind": "email"}, at=at)


@locks.in_transaction
def bring_in(
    *,
    email: str | None,
    phone: str | None,
    locale: str,
    items: Iterable[NewValue],
    by: Actor,
    at: datetime,
) -> User:
    """Find or create the person with these normalised addresses, which the platform vouches for, and hold the items.

    A new person has an account without a usable password, which they claim by confirming the address.
    Raises AddressMissing, AmbiguousContact, ValidationError, DataElement.DoesNotExist; nothing is kept then.
    """
    contacts = [(kind, address) for kind, address in (("email", email), ("phone", phone)) if address]
    if not contacts:
        raise AddressMissing
    items = [*(NewValue(f"contact.{kind}", address, at) for kind, address in contacts), *items]
    try:
        person = _owner_of(contacts, locale=locale, by=by, at=at)
    except IntegrityError:
        # Somebody else brought them in at the same moment, or an address is another's: seen now if it is so.
        try:
            person = _owner_of(contacts, locale=locale, by=by, at=at)
        except IntegrityError as error:
            raise AmbiguousContact from error
    store(person, items, source=Source.PLATFORM, by=by, at=at)
    return person


@locks.in_transaction
def _owner_of(contacts: Sequence[tuple[str, str]], *, locale: str, by: Actor, at: datetime) -> User:
    """The person with these addresses, found or made, by each of which they are found from now on.

    Raises AmbiguousContact, and IntegrityError where an address has another owner.
    """
    owners = set(find_people(contacts).values())
    if len(owners) > 1:
        raise AmbiguousContact
    email = dict(contacts).get("email")
    if owners:
        person = User.objects.get(pk=owners.pop())
    elif email and (known := _known_by_login_address(email)):
        person = known
    else:
        person = User(email=email, locale=locale, created_at=at)
        person.set_unusable_password()
        person.save()
        if email:
            EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
        register(person, origin="platform", by=by, at=at)
    for kind, address in contacts:
        index_contact(person, kind=kind, address=address, at=at)
    return person


def _known_by_login_address(email: str) -> User | None:
    """The account with this log-in address, if its owner confirmed it or was brought in under it.

    The index may know it by a key that is gone. Whoever only typed it into the sign-up form has not shown that it is
    theirs, and loses it: neither their password nor what they accepted is the owner's.
    """
    account = User.objects.filter(email__iexact=email).first()
    if account is None or account.contacts.filter(kind=ContactIndex.Kind.EMAIL).exists():
        return account
    locks.exclude(people=[account.pk])
    EmailAddress.objects.filter(user=account, email__iexact=email).delete()
    User.objects.filter(pk=account.pk).update(email=None)
    return None


def pairwise_ids_of(partner: Partner, person_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, UUID]:
    """The names under which this partner knows these people, made where missing; one query where none is."""
    wanted = set(person_ids)
    found = PairwiseId.objects.filter(partner=partner, person_id__in=[NOBODY, *wanted])
    names = dict(found.values_list("person_id", "id"))
    if missing := sorted(wanted - names.keys()):
        PairwiseId.objects.bulk_create(
            [PairwiseId(person_id=person_id, partner=partner, created_at=at) for person_id in missing],
            ignore_conflicts=True,
        )
        names.update(PairwiseId.objects.filter(partner=partner, person_id__in=missing).values_list("person_id", "id"))
    return names


def names_of(partner: Partner, people: Sequence[User], *, at: datetime) -> list[UUID | None]:
    """This partner's name for each of these people, in their order; None for who was erased."""
    names = pairwise_ids_of(partner, [person.pk for person in people if person.erased_at is None], at=at)
    return [names.get(person.pk) for person in people]
