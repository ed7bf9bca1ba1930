"""A refusal and a log-in at the same moment: what was refused is not held."""

import pytest
from django.db import transaction
from django.utils import timezone

from consent.cookie_choice import Choice
from consent.cookies import CAMPAIGN, OPTIONAL
from consent.services.cookie_choices import choose, gather
from privacy_app.ledger.actors import SYSTEM
from tests.concurrently import Call
from tests.users.makers import someone
from users.models import PersonalDataItem, Source, User


def _choose(person: User, *classes: str) -> None:
    now = timezone.now()
    allowed = frozenset(cls for cls in OPTIONAL if cls in classes)
    choose(person, Choice(allowed, now), signal=False, language="en", by=SYSTEM, at=now)


@pytest.mark.clause("COO-c")
@pytest.mark.usefixtures("committed_db")
def test_what_is_refused_while_a_log_in_waits_is_not_held() -> None:
    ada = someone()
    _choose(ada, *OPTIONAL)
    with transaction.atomic():
        _choose(ada)
        log_in = Call(lambda: gather(ada, {CAMPAIGN: "poster"}, by=SYSTEM, at=timezone.now()))
        assert log_in.waits()
    log_in.result()
    assert not PersonalDataItem.objects.filter(source=Source.COOKIE).exists()
