from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import ServiceForm, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.models import Freeze
from users.services.freezing import freeze, unfreeze

UNFREEZE = Deed(
    slug="end",
    label=_("End this freeze"),
    explanation=_(
        "What the person allowed can be disclosed again, unless another freeze of theirs goes on. "
        "Partners are told neither of the freeze nor of its end."
    ),
    done=_("The freeze has ended."),
)


class FreezeForm(ServiceForm[Freeze]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        open_freezes = Freeze.objects.filter(
            person=cleaned.get("person"), cause=cleaned.get("cause", ""), ended_at=None
        )
        if open_freezes.exists():
            self.add_error("cause", _("The person is frozen for this cause already."))
        return cleaned


@admin.register(Freeze)
class FreezeAdmin(ByExactId[Freeze], WithDeeds[Freeze]):
    """While one goes on, nothing of its person is disclosed."""

    form = FreezeForm
    list_display = ("person", "cause", "started_at", "ended_at")
    list_filter = ("cause", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("person",)
    search_fields = ("person",)
    ordering = ("-started_at",)
    raw_id_fields = ("person",)
    fields = ("person", "cause")
    deeds = (UNFREEZE,)
    is_form = False

    def get_fields(self, request: HttpRequest, obj: Freeze | None = None) -> Any:
        return ("person", "cause", "started_at", "ended_at") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Freeze | None = None) -> Any:
        return ("person", "cause", "started_at", "ended_at") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Freeze | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.ended_at)

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Freeze:
        return freeze(form.cleaned_data["person"], cause=form.cleaned_data["cause"], **acting(request))

    def perform(self, deed: Deed, request: HttpRequest, obj: Freeze, form: Any) -> HttpResponse | None:
        unfreeze(obj.person, cause=Freeze.Cause(obj.cause), **acting(request))
        return None
