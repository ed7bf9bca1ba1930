"""From which address a log-in came, with and without proxies of ours in front."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from users.models import User
from users.services.people import register
from users.services.sessions import logins_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-9"


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize(
    ("proxies", "address"), [(0, "192.0.2.1"), (1, "203.0.113.17"), (2, "198.51.100.7")], ids=["none", "one", "two"]
)
def test_a_login_names_the_address_that_our_proxies_saw_and_believes_nobody_else(
    settings: Settings, proxies: int, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    person = User(email="ada@lantern.example")
    person.set_password(PASSWORD)
    person.save()
    register(person, origin="sign_up", at=timezone.now())
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    browser = Client(
        headers={"x-forwarded-for": "198.51.100.7, 203.0.113.17"}, REMOTE_ADDR="192.0.2.1", SERVER_NAME="localhost"
    )
    answer = browser.post("/en/account/login/?next=/en/policy/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert [login.address for login in logins_of(person, current_key=None, at=timezone.now())] == [address]
