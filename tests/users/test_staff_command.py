"""The command that makes the first administrator."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.utils import timezone

from privacy_app.ledger.models import Entry
from users.models import RoleAssignment, User
from users.services.people import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> EmailAddress:
    """The confirmed address of somebody who signed up."""
    person = User.objects.create(email="agnes@lantern.example")
    register(person, origin="sign_up", at=timezone.now())
    return EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)


def _staff(email: str, role: str = "administrator") -> str:
    output = StringIO()
    call_command("staff", email, role, stdout=output)
    return output.getvalue()


@pytest.mark.clause("SEC-a")
def test_a_confirmed_person_gets_the_role_and_the_ledger_says_so(address: EmailAddress) -> None:
    assert _staff("Agnes@Lantern.example") == "They have the role administrator now.\n"
    assert User.objects.get().permissions >= {"users.add_roleassignment"}
    entry = Entry.objects.get(kind="role.granted")
    assert (entry.actor, entry.body) == ("system", {"role": "administrator"})
    assert entry.pseudonym == address.user.ledger_pseudonyms.get().pseudonym


def test_giving_a_role_twice_is_giving_it_once(address: EmailAddress) -> None:
    _staff(address.email)
    assert _staff(address.email) == "They have the role administrator already.\n"
    assert RoleAssignment.objects.count() == 1
    assert Entry.objects.filter(kind="role.granted").count() == 1


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("missing", ["account", "confirmation", "activity"])
def test_nobody_gets_a_role_without_an_active_account_whose_address_is_confirmed(
    address: EmailAddress, missing: str
) -> None:
    email = address.email
    if missing == "account":
        email = "nobody@lantern.example"
    elif missing == "confirmation":
        EmailAddress.objects.update(verified=False)
    else:
        User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="No active account has confirmed this address"):
        _staff(email)
    assert not RoleAssignment.objects.exists()


def test_a_role_that_there_is_not_is_refused(address: EmailAddress) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'king'"):
        _staff(address.email, "king")
