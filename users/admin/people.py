from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from users.admin.naming import person_named
from users.models import User
from users.roles import Role
from users.wording import listed


@admin.register(User)
class PersonAdmin(admin.ModelAdmin[User]):
    """People as ids. Somebody is found by an id or a whole address, which is posted: addresses do not belong in URLs."""

    list_display = ("id", "created_at", "last_login", "is_active", "erased_at")
    list_filter = ("is_active", ("erased_at", admin.EmptyFieldListFilter), "created_at")
    ordering = ("-created_at", "id")
    fields = ("id", "created_at", "last_login", "is_active", "erased_at", "roles_held", "open_freezes", "entries")
    actions = None
    show_full_result_count = False
    change_list_template = "admin/people.html"

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        may_read = request.user.has_perm("ledger.view_entry")
        return [field for field in self.fields or () if field != "entries" or may_read]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Nobody is looked up, or guessed, by an address or a password's hash in a URL."""
        return lookup.partition("__")[0] in ("id", "is_active", "erased_at", "created_at")

    @admin.display(description=gettext_lazy("roles"))
    def roles_held(self, person: User) -> str:
        return listed(str(Role(role).label) for role in sorted(person.roles)) or "–"

    @admin.display(description=gettext_lazy("frozen because of"))
    def open_freezes(self, person: User) -> str:
        return listed(str(freeze.get_cause_display()) for freeze in person.freezes.filter(ended_at=None)) or "–"

    @admin.display(description=gettext_lazy("ledger entries"))
    def entries(self, person: User) -> str:
        """Links by the person's pseudonyms: after an erasure there are none."""
        address = reverse("admin:ledger_entry_changelist")
        pseudonyms = person.ledger_pseudonyms.order_by("created_at").values_list("pseudonym", flat=True)
        links = ((f"{address}?{urlencode({'pseudonym': str(pseudonym)})}", pseudonym) for pseudonym in pseudonyms)
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

    def get_urls(self) -> list[URLPattern]:
        find = path("find/", self.admin_site.admin_view(require_POST(self.find_view)), name="users_user_find")
        return [find, *super().get_urls()]

    def find_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        person = person_named(request.POST.get("who", ""))
        in_popup = {key: request.POST[key] for key in ("_popup", "_to_field") if key in request.POST}
        if person is None:
            messages.error(request, _("Nobody is known by exactly this id or address."))
        elif not in_popup:
            return HttpResponseRedirect(reverse("admin:users_user_change", args=[person.pk]))
        # A window that chooses a person for a form chooses from the list.
        shown = {"id": str(person.pk), **in_popup} if person else in_popup
        return HttpResponseRedirect(f"{reverse('admin:users_user_changelist')}?{urlencode(shown)}")
