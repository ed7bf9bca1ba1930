import re
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.admin.by_service import ByService, ServiceForm, acting
from users.models import Category, DataElement
from users.models.elements import OUTSIDE
from users.services.elements import change_element, register_element
from users.wording import listed

_KEY = re.compile(rf"({'|'.join(Category.values)})\.[a-z_]+")


class ElementForm(ServiceForm[DataElement]):
    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if not _KEY.fullmatch(key):
            raise ValidationError(
                _("Write a category, a dot and a name in small letters, like contact.email. The categories are: %s.")
                % listed(Category.values)
            )
        return key

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        category = (cleaned.get("key") or self.instance.key).partition(".")[0]
        clauses = OUTSIDE.get(category)
        if clauses and cleaned.get("excluded_by") not in clauses:
            self.add_error(
                "excluded_by",
                _("What is held under “%(category)s” lies outside the policy. Choose: %(clauses)s.")
                % {"category": category, "clauses": listed(clauses)},
            )
        return cleaned


@admin.register(DataElement)
class DataElementAdmin(ByService[DataElement]):
    """The registry of what can be held. An element's key, and with it its category, stays what it is."""

    form = ElementForm
    list_display = ("key", "name", "category", "is_sensitive", "excluded_by", "retention_days")
    list_filter = ("category", "is_sensitive", "excluded_by")
    search_fields = ("key", "title_en", "title_zh_hans")
    fields = (
        "key",
        "title_en",
        "title_zh_hans",
        "dpv_term",
        "format",
        "is_sensitive",
        "excluded_by",
        "retention_days",
    )

    @admin.display(description=gettext_lazy("title"))
    def name(self, element: DataElement) -> str:
        return element.title

    def get_readonly_fields(self, request: HttpRequest, obj: DataElement | None = None) -> Any:
        return ("key",) if obj else ()

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> DataElement:
        return register_element(**form.cleaned_data, **acting(request))

    def alter(self, request: HttpRequest, obj: DataElement, form: Any, formsets: Any) -> None:
        change_element(obj, **form.cleaned_data, **acting(request))
