"""What happens beside allauth's own steps: a log-in is remembered with its device, a new password ends the others,
and what the person does with their addresses is done with what is held.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_removed, password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from users.client_address import client_address
from users.models import User
from users.services.actors import as_person
from users.services.people import give_up_email, use_as_main
from users.services.sessions import end_other_logins
from users.services.values import normalised_email


@receiver(user_logged_in)
def remember_device(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session["device"] = {
        "address": client_address(request.META),
        "browser": request.META.get("HTTP_USER_AGENT", "")[:500],
    }


@receiver(user_logged_in, dispatch_uid="update_last_login")
def note_last_login(sender: Any, user: User, **kwargs: Any) -> None:
    """In place of Django's own receiver of this name, which waits for the person's row.

    Whoever reads the person's data shares that row, and a partner that never stops must keep nobody from logging in.
    """
    free = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=user.pk).values("pk")
    with transaction.atomic():
        User.objects.filter(pk__in=free).update(last_login=timezone.now())


@receiver([password_changed, password_set, password_reset])
def end_what_the_old_password_opened(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django lets such sessions in no more; here they also leave the list of log-ins."""
    end_other_logins(user, current_key=request.session.session_key, by=as_person(user), at=timezone.now())


@receiver(email_changed)
def hold_the_main_address(sender: Any, user: User, to_email_address: EmailAddress, **kwargs: Any) -> None:
    if to_email_address.verified:
        use_as_main(user, normalised_email(to_email_address.email), by=as_person(user), at=timezone.now())


@receiver(email_removed)
def forget_a_removed_address(sender: Any, user: User, email_address: EmailAddress, **kwargs: Any) -> None:
    give_up_email(user, normalised_email(email_address.email), by=as_person(user), at=timezone.now())
