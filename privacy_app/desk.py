"""The desk of the staff: Django's admin under the site's name, behind the site's own log-in."""

from typing import Any

from allauth.account.views import logout
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from privacy_app.languages import current

_OURS = frozenset({"privacy_app", "users", "consent", "disclosure"})


class Desk(AdminSite):
    index_title = gettext_lazy("What staff look after")
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Many rows at once would go past the services.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register our own pages alone: those of libraries show addresses and tokens, and write past the services."""
        if admin_class is not None and admin_class.__module__.partition(".")[0] in _OURS:
            super().register(model_or_iterable, admin_class, **options)

    def each_context(self, request: Any) -> dict[str, Any]:
        site = settings.SITE_NAME[current()]
        named = {"site_title": site, "site_header": _("%(site)s: desk") % {"site": site}, "site_url": reverse("home")}
        return {**super().each_context(request), **named}

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the site's log-in, which asks for the second factor; refuse whoever is logged in without a role."""
        here = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(here, {request.get_host()}, request.is_secure()):
            here = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(here)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(here)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Lead to the site's own page, which ends the other log-ins and tells the person by mail."""
        return redirect("account_change_password")
