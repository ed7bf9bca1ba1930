"""What was asked and what left, to look at: nothing here is written by hand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from disclosure.admin.decisions import explained
from disclosure.admin.people import AboutPerson
from disclosure.models import DisclosureRequest, Release
from users.admin.exact_ids import ByExactId


class _Recorded(AboutPerson[Any], ByExactId[Any]):
    actions = None
    show_full_result_count = False

    @admin.display(description=_("decision"))
    def decision(self, row: Any) -> str:
        return explained(row.entry.body)

    @admin.display(description=_("ledger entry"))
    def entry_number(self, row: Any) -> int:
        number: int = row.entry_id
        return number

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if request.user.has_perm("ledger.view_entry"):
            entry = reverse("admin:ledger_entry_change", args=[context["original"].entry_id])
            context["also"] = [*context.get("also", ()), (_("The ledger entry"), entry)]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(DisclosureRequest)
class DisclosureRequestAdmin(_Recorded):
    """What partners asked for, and how the gate decided."""

    list_display = ("requested_at", "partner", "purpose", "status", "ground", "who")
    list_filter = ("status", "ground", "requested_at", "partner")
    list_select_related = ("partner", "purpose")
    search_fields = ("pk", "person")
    ordering = ("-requested_at", "-id")
    fields = (
        "id",
        "requested_at",
        "status",
        "partner",
        "client_number",
        "who",
        "purpose",
        "ground",
        "action",
        "country",
        "fields",
        "engagement",
        "service_request",
        "decision",
        "entry_number",
    )

    @admin.display(description=_("API client"))
    def client_number(self, row: DisclosureRequest) -> str:
        return str(row.client)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        reads = f"{reverse('admin:disclosure_release_changelist')}?{urlencode({'request': context['original'].pk})}"
        context["also"] = [(_("What was read through it"), reads)]
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Release)
class ReleaseAdmin(_Recorded):
    """What left: every read through a handle that was permitted."""

    list_display = ("at", "partner", "purpose", "fields_read", "ground", "who")
    list_filter = ("request__ground", "at", "partner")
    list_select_related = ("partner", "request__purpose")
    search_fields = ("pk", "person", "request")
    ordering = ("-at", "-id")
    fields = ("id", "at", "partner", "who", "request", "fields_read", "decision", "entry_number")

    @admin.display(description=_("purpose"))
    def purpose(self, release: Release) -> str:
        return release.request.purpose.key

    @admin.display(description=_("ground"))
    def ground(self, release: Release) -> str:
        return str(release.request.get_ground_display())

    @admin.display(description=_("fields"))
    def fields_read(self, release: Release) -> str:
        return ", ".join(release.fields)
