from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from disclosure.admin.people import AboutPerson
from disclosure.models import ServiceRequest
from disclosure.services.errors import AlreadyEnded
from disclosure.services.service_requests import close_service, open_service
from users.admin.by_service import Refusal, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.services.errors import PersonErased

CLOSE = Deed(
    slug="close",
    label=_("Close this service"),
    explanation=_(
        "The service is done: from that moment on it is no reason any more for the partner to read anything. "
        "This is not taken back; a new service can be opened."
    ),
    done=_("The service is closed."),
)


@admin.register(ServiceRequest)
class ServiceRequestAdmin(AboutPerson[ServiceRequest], ByExactId[ServiceRequest], WithDeeds[ServiceRequest]):
    """Services that people asked for and partners perform: a ground while they are open (DIS-b)."""

    list_display = ("opened_at", "partner", "kind", "closed_at", "who")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "kind", "partner", "opened_at")
    list_select_related = ("partner", "kind")
    search_fields = ("pk", "person")
    ordering = ("-opened_at", "id")
    raw_id_fields = ("person",)
    deeds = (CLOSE,)
    is_form = False
    refusals = {
        AlreadyEnded: Refusal(_("This service is closed; that is not taken back.")),
        PersonErased: Refusal(_("This person was erased."), "person"),
    }

    def get_fields(self, request: HttpRequest, obj: ServiceRequest | None = None) -> Any:
        return ("who", "partner", "kind", "opened_at", "closed_at") if obj else ("person", "partner", "kind")

    def get_readonly_fields(self, request: HttpRequest, obj: ServiceRequest | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: ServiceRequest | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.closed_at)

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> ServiceRequest:
        return open_service(**form.cleaned_data, **acting(request))

    def perform(self, deed: Deed, request: HttpRequest, obj: ServiceRequest, form: Any) -> HttpResponse | None:
        close_service(obj, **acting(request))
        return None
