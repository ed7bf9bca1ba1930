from typing import Any

from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from consent.admin.read_only import RowsToRead
from consent.models import Purpose, PurposeVersion
from consent.services.purposes import add_purpose, change_purpose
from users.admin.by_service import ByService, acting


class VersionInline(RowsToRead[PurposeVersion, Purpose]):
    model = PurposeVersion
    fields = ("version", "basis", "published_at", "valid_days")
    ordering = ("-version",)
    show_change_link = True


@admin.register(Purpose)
class PurposeAdmin(ByService[Purpose]):
    """Purposes. What one covers, and what people are told of it, stands in its versions."""

    list_display = ("key", "owner", "newest", "dpv_term")
    list_filter = ("owner",)
    list_select_related = ("owner",)
    search_fields = ("key",)
    fields = ("key", "dpv_term", "owner")
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Purpose]:
        return super().get_queryset(request).annotate(newest_version=Max("versions__version"))

    @admin.display(description=_("newest version"), ordering="newest_version")
    def newest(self, purpose: Any) -> int | None:
        version: int | None = purpose.newest_version
        return version

    def get_readonly_fields(self, request: HttpRequest, obj: Purpose | None = None) -> Any:
        return ("key",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Purpose | None) -> Any:
        return self.inlines if obj else ()

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Purpose:
        return add_purpose(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: Purpose, form: Any, formsets: Any) -> None:
        change_purpose(obj, **form.cleaned_data, **acting(request))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        purpose = context["original"]
        if purpose is not None and request.user.has_perm("consent.add_purposeversion"):
            publish = f"{reverse('admin:consent_purposeversion_add')}?{urlencode({'purpose': purpose.pk})}"
            context["also"] = [(_("Publish a new version"), publish)]
        return super().render_change_form(request, context, *args, **kwargs)
