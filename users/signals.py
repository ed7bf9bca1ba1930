"""What happens beside allauth's own steps: a log-in is remembered with its device, a new password ends the others."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from users.models import User
from users.services.actors import as_person
from users.services.sessions import end_other_logins


@receiver(user_logged_in)
def remember_device(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session["device"] = {
        "address": _address(request),
        "browser": request.META.get("HTTP_USER_AGENT", "")[:500],
    }


def _address(request: HttpRequest) -> str:
    """The visitor's address, as the proxies of ours hand it on; empty where it cannot be told."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


@receiver([password_changed, password_set, password_reset])
def end_what_the_old_password_opened(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django lets such sessions in no more; here they also leave the list of log-ins."""
    end_other_logins(user, current_key=request.session.session_key, by=as_person(user), at=timezone.now())
