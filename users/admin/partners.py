from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db.models import URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import ByService, acting
from users.admin.fields import CountryField
from users.models import Partner
from users.services.partners import add_partner, change_partner


@admin.register(Partner)
class PartnerAdmin(ByService[Partner]):
    """Parties that receive data, contribute it, or are named in a consent."""

    list_display = ("legal_name", "country", "is_affiliate", "contact_email")
    list_filter = ("is_affiliate", "country")
    search_fields = ("legal_name",)
    form_fields = {"country": CountryField}
    formfield_overrides = {URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget}}
    fieldsets = (
        (None, {"fields": ("legal_name", "country", "is_affiliate")}),
        (_("How to reach it"), {"fields": ("contact_email", "contact_address", "privacy_url")}),
        (_("What people read of it"), {"fields": ("description_en", "description_zh_hans")}),
    )

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Partner:
        return add_partner(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: Partner, form: Any, formsets: Any) -> None:
        change_partner(obj, **form.cleaned_data, **acting(request))
