"""Pages of the desk: only for those whose role may do what stands there, and kept by no cache."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from users.models import User
from users.personal import PersonRequest, personal

P = ParamSpec("P")

View = Callable[Concatenate[PersonRequest, P], HttpResponse]


def desk(permission: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """Lead visitors to the log-in, and refuse whoever lacks the permission."""

    def decorator(view: View[P]) -> Callable[..., HttpResponse]:
        @personal
        @wraps(view)
        def wrapper(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            demand(request.user, permission)
            return view(request, *args, **kwargs)

        return wrapper

    return decorator


def demand(member: User, permission: str) -> None:
    """Raise PermissionDenied where the role of this member of staff does not allow it."""
    if not member.has_perm(permission):
        raise PermissionDenied
