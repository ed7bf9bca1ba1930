"""Pages that belong to one person: only for whoever is logged in, and kept by no cache."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from users.models import User

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
    htmx: HtmxDetails


def personal(view: Callable[Concatenate[PersonRequest, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead visitors to the log-in. A part of a page that is asked for by htmx is refused instead: it has no room for one."""

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person_request = cast(PersonRequest, request)
        if not request.user.is_authenticated:
            return HttpResponse(status=401) if person_request.htmx else redirect_to_login(request.get_full_path())
        return view(person_request, *args, **kwargs)

    return wrapper
