from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import ByService, Refusal, ServiceForm, acting
from users.admin.fields import CountryField
from users.models import StorageLocation
from users.services.places import NoDefault, add_location, change_location


class StorageLocationForm(ServiceForm[StorageLocation]):
    def _get_validation_exclusions(self) -> set[str]:
        """That no other place is the default is not for the form to check: the service takes that from it."""
        return {*cast(Any, super())._get_validation_exclusions(), "is_default"}


@admin.register(StorageLocation)
class StorageLocationAdmin(ByService[StorageLocation]):
    """Where data is stored."""

    form = StorageLocationForm
    list_display = ("name", "affiliate", "country", "is_default")
    fields = ("name", "affiliate", "country", "is_default")
    ordering = ("name",)
    form_fields = {"country": CountryField}
    refusals = {NoDefault: Refusal(_("New data must go somewhere: let it go to another place first."), "is_default")}

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> StorageLocation:
        return add_location(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: StorageLocation, form: Any, formsets: Any) -> None:
        change_location(obj, **form.cleaned_data, **acting(request))
