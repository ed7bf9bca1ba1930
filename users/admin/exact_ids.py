"""Finding rows by a whole id."""

from typing import Any, ClassVar, Generic
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import M


class ByExactId(admin.ModelAdmin[M], Generic[M]):
    """A search box that takes one whole id. `search_fields` are the fields that hold ids."""

    search_fields: ClassVar[tuple[str, ...]] = ("pk",)
    search_help_text = _("The whole id of the row, or of the person or thing that it is about.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            wanted: Any = UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        found = Q()
        for field in self.get_search_fields(request):
            found |= Q(**{field: wanted})
        return queryset.filter(found), False
