from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.admin.exact_ids import ByExactId
from users.models import PartnerEvent


@admin.register(PartnerEvent)
class PartnerEventAdmin(ByExactId[PartnerEvent], admin.ModelAdmin[PartnerEvent]):
    """What partners were told, and what they have not acknowledged. It is told where it happens, and only read here."""

    list_display = ("id", "partner", "type", "at", "position", "acknowledged_at")
    list_filter = (("acknowledged_at", admin.EmptyFieldListFilter), "type", "partner")
    list_select_related = ("partner",)
    search_fields = ("pk", "subject")
    search_help_text = _("The whole id of the event, or the partner's id for the person.")
    fields = ("id", "partner", "type", "subject", "data", "at", "position", "acknowledged_at")
    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
