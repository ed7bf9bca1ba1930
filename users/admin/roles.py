from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from users.admin.by_service import ByService, Refusal, acting, member_of
from users.admin.exact_ids import ByExactId
from users.models import RoleAssignment
from users.roles import Role
from users.services.errors import PersonErased
from users.services.roles import LastAdministrator, OwnRole, grant_role, revoke_role


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ByExactId[RoleAssignment], ByService[RoleAssignment]):
    """Who may do what here."""

    list_display = ("role", "person", "granted_at", "granted_by")
    list_display_links = ("role", "person")
    list_filter = ("role",)
    search_fields = ("person",)
    list_select_related = ("person", "granted_by")
    ordering = ("role", "person")
    raw_id_fields = ("person",)
    fields = ("person", "role")
    refusals = {
        OwnRole: Refusal(_("Nobody gives a role to themselves: ask another administrator."), "person"),
        PersonErased: Refusal(_("This person was erased."), "person"),
        LastAdministrator: Refusal(
            _("This is the last administrator: without one, nobody could give a role any more. Nothing was changed.")
        ),
    }

    def get_fields(self, request: HttpRequest, obj: RoleAssignment | None = None) -> Any:
        return ("person", "role", "granted_at", "granted_by") if obj else self.fields

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> RoleAssignment:
        person, role = form.cleaned_data["person"], form.cleaned_data["role"]
        grant_role(person, Role(role), granted_by=member_of(request), **acting(request))
        return RoleAssignment.objects.get(person=person, role=role)

    def remove(self, request: HttpRequest, obj: RoleAssignment) -> None:
        revoke_role(obj.person, Role(obj.role), **acting(request))
