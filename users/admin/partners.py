from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import ByService, acting
from users.admin.fields import CountryField
from users.models import Partner
from users.queries import with_unacknowledged
from users.services.partners import add_partner, change_partner
from users.wording import day

Inline = TypeVar("Inline", bound=type[InlineModelAdmin[Any, Any]])
_beside: list[type[InlineModelAdmin[Any, Any]]] = []


def beside_partner(inline: Inline) -> Inline:
    """Show this on every partner's page: what the apps above know of it."""
    _beside.append(inline)
    return inline


@admin.register(Partner)
class PartnerAdmin(ByService[Partner]):
    """Parties that receive data, contribute it, or are named in a consent."""

    list_display = ("legal_name", "country", "is_affiliate", "contact_email", "unacknowledged")
    list_filter = ("is_affiliate", "country")
    search_fields = ("legal_name",)
    form_fields = {"country": CountryField}
    formfield_overrides = {URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}}
    fieldsets = (
        (None, {"fields": ("legal_name", "country", "is_affiliate")}),
        (_("How to reach it"), {"fields": ("contact_email", "contact_address", "privacy_url")}),
        (_("What people read of it"), {"fields": ("description_en", "description_zh_hans")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        return with_unacknowledged(super().get_queryset(request))

    def get_fieldsets(self, request: HttpRequest, obj: Partner | None = None) -> Any:
        told = ((_("What it is told"), {"fields": ("unacknowledged",)}),) if obj else ()
        return (*super().get_fieldsets(request, obj), *told)

    def get_readonly_fields(self, request: HttpRequest, obj: Partner | None = None) -> Any:
        return ("unacknowledged",) if obj else ()

    @admin.display(description=_("events not acknowledged"))
    def unacknowledged(self, partner: Any) -> str:
        """How many, and for how long the oldest of them has waited; the way to them."""
        if not partner.unacknowledged_events:
            return "–"
        told = {"partner__id__exact": str(partner.pk), "acknowledged_at__isempty": "1"}
        return format_html(
            '<a class="standing-out" href="{}?{}">{}</a>',
            reverse("admin:users_partnerevent_changelist"),
            urlencode(told),
            _("%(count)s, the oldest since %(day)s")
            % {"count": partner.unacknowledged_events, "day": day(partner.unacknowledged_since)},
        )

    def get_inlines(self, request: HttpRequest, obj: Partner | None) -> Any:
        return _beside if obj else ()

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Partner:
        return add_partner(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: Partner, form: Any, formsets: Any) -> None:
        change_partner(obj, **form.cleaned_data, **acting(request))
