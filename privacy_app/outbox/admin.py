from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy_app.outbox import services
from privacy_app.outbox.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin[Message]):
    """What waits and what could not be delivered, for operators."""

    list_display = ("id", "kind", "state", "attempts", "last_error", "created_at", "due_at", "settled_at")
    list_filter = ("state", "kind")
    ordering = ("-created_at",)
    actions = ("retry",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    @admin.action(description=_("Try the dead letters again"), permissions=["view"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count: Any = services.retry(queryset.values_list("id", flat=True), at=timezone.now())
        self.message_user(
            request, ngettext("%d message will be tried again.", "%d messages will be tried again.", count) % count
        )
