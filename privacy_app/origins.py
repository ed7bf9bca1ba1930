"""Whether a form was sent from a page of this site, told without a cookie: by what browsers say themselves."""

from django.conf import settings
from django.http import HttpRequest


def comes_from_here(request: HttpRequest) -> bool:
    """Whether `Sec-Fetch-Site` or `Origin` say so, which no page can forge, and neither says otherwise.

    Browsers that know the first send it with every request; it is believed also where the origin is withheld (`null`).
    Who sends neither is refused.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if origin is not None and origin != "null" and not _is_ours(origin, request):
        return False
    if site is not None:
        return site == "same-origin"
    return origin is not None and origin != "null"


def _is_ours(origin: str, request: HttpRequest) -> bool:
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS
