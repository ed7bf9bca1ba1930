"""The person that a row is about: an id, and a way to them for those who may see people."""

from typing import Any, Generic

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import M


class AboutPerson(admin.ModelAdmin[M], Generic[M]):
    @admin.display(description=_("person"))
    def who(self, row: Any) -> str:
        return str(row.person_id or "–")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        person = getattr(context["original"], "person_id", None)
        if person and request.user.has_perm("users.view_user"):
            to_person = (_("The person"), reverse("admin:users_user_change", args=[person]))
            context["also"] = [to_person, *context.get("also", ())]
        return super().render_change_form(request, context, *args, **kwargs)
