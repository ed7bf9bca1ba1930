"""What happens beside a log-in: the choice of cookies of this browser and of the account become one."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from consent import reading
from consent.campaigns import CAMPAIGNS
from consent.cookies import CAMPAIGN, READING
from consent.services.cookie_choices import carry_over
from consent.standing import has_signal, look_again, visitors_choice
from privacy_app.languages import current
from users.models import User
from users.services.actors import as_person


@receiver(user_logged_in)
def carry_cookies_over(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    carry_over(
        user,
        visitors_choice(request),
        _gathered(request),
        signal=has_signal(request),
        language=current(),
        by=as_person(user),
        at=timezone.now(),
    )
    look_again(request)


def _gathered(request: HttpRequest) -> dict[str, str]:
    """What the cookies of this browser hold, as far as it is something that we set."""
    values = {name: request.COOKIES.get(name, "") for name in (READING, CAMPAIGN)}
    return {
        name: value
        for name, value in values.items()
        if (value in CAMPAIGNS if name == CAMPAIGN else reading.from_text(value))
    }
