from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from disclosure.models import ServiceKind
from disclosure.services.service_kinds import add_kind, change_kind
from users.admin.by_service import ByService, acting
from users.admin.fields import ElementsField


@admin.register(ServiceKind)
class ServiceKindAdmin(ByService[ServiceKind]):
    """Kinds of service, and what is necessary for each: nothing beyond that is disclosed for it."""

    list_display = ("key", "name", "necessary_fields")
    search_fields = ("key", "title_en", "title_zh_hans")
    fields = ("key", "title_en", "title_zh_hans", "necessary_fields")
    form_fields = {"necessary_fields": ElementsField}

    @admin.display(description=_("title"))
    def name(self, kind: ServiceKind) -> str:
        return kind.title

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceKind | None = None) -> Any:
        return ("key",) if obj else ()

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> ServiceKind:
        return add_kind(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: ServiceKind, form: Any, formsets: Any) -> None:
        change_kind(obj, **form.cleaned_data, **acting(request))
