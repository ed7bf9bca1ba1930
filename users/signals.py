"""What a log-in leaves behind in its session: from which browser and address it began."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest


@receiver(user_logged_in)
def remember_device(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    request.session["device"] = {
        "address": request.META.get("REMOTE_ADDR", ""),
        "browser": request.META.get("HTTP_USER_AGENT", "")[:500],
    }
