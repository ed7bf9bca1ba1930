"""What was asked and what left, to look at: nothing here is written by hand, but that a handle is revoked."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from disclosure.admin.decisions import explained
from disclosure.admin.people import AboutPerson
from disclosure.models import DisclosureRequest, Release, Revocation, Status
from disclosure.services.errors import NotReleased
from disclosure.services.revocations import revoke
from users.admin.by_service import Refusal, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.services.errors import PersonErased
from users.wording import moment


class RevocationForm(forms.Form):
    cause = forms.ChoiceField(
        label=_("Why"),
        choices=Revocation.Cause,
        widget=forms.RadioSelect,
        help_text=_("The person reads this. The partner is told that it was revoked, and not why."),
    )


REVOKE = Deed(
    slug="revoke",
    label=_("Revoke this disclosure"),
    explanation=_(
        "From that moment on nothing can be read through this handle, and the partner is told to delete what it read "
        "through it. No later consent revives it, and this is not taken back. It ends this handle alone: what the "
        "partner asks anew is decided anew. To stop all of it, end or change the engagement, or have the person frozen."
    ),
    done=_("The disclosure is revoked. Nothing can be read through its handle any more."),
    form=RevocationForm,
)


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
class DisclosureRequestAdmin(_Recorded, WithDeeds[DisclosureRequest]):
    """What partners asked for, and how the gate decided. What was permitted can be revoked (PRE-2)."""

    deeds = (REVOKE,)
    is_form = False
    refusals = {
        NotReleased: Refusal(_("There is nothing to revoke: it was not permitted, or was revoked already.")),
        PersonErased: Refusal(_("This person was erased.")),
    }

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
        "revoked",
        "entry_number",
    )
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: DisclosureRequest | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.status != Status.RELEASED)

    def perform(self, deed: Deed, request: HttpRequest, obj: DisclosureRequest, form: Any) -> HttpResponse | None:
        revoke(obj, cause=Revocation.Cause(form.cleaned_data["cause"]), **acting(request))
        return None

    @admin.display(description=_("revoked"))
    def revoked(self, row: DisclosureRequest) -> str:
        found = getattr(row, "revocation", None)
        return f"{moment(found.at)}: {found.get_cause_display()}" if found else "–"

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
