from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from users.admin.by_service import Refusal, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.fields import ScopesField
from users.admin.shown_once import remember_secret, remembered_secret, shown_once
from users.models import ApiClient
from users.models.partners import Scope
from users.services.partners import ClientClosed, change_client, close_client, issue_client, rotate_secret
from users.withheld import withheld_from
from users.wording import listed

ROTATE = Deed(
    slug="rotate",
    label=gettext_lazy("Replace the secret"),
    explanation=gettext_lazy(
        "The client gets a new secret, which is shown once, on the next page. The old one stops working at once. "
        "Access tokens that were fetched with it run out within the hour."
    ),
    done=gettext_lazy("The client has a new secret."),
)
CLOSE = Deed(
    slug="close",
    label=gettext_lazy("Close this client"),
    explanation=gettext_lazy(
        "Its access tokens and its secret stop working at once. This is not taken back; the partner can be given "
        "another client. The row stays, because requests and ledger entries name it."
    ),
    done=gettext_lazy("The client is closed."),
    permission="delete",
)


@admin.register(ApiClient)
class ApiClientAdmin(WithDeeds[ApiClient]):
    """Partners' OAuth2 clients. A secret is in the answer to the request that made it, and nowhere else."""

    list_display = ("client_id", "partner", "name", "scopes", "created")
    list_filter = ("partner",)
    list_select_related = ("partner",)
    search_fields = ("=client_id", "name")
    ordering = ("partner__legal_name", "id")
    fields = ("partner", "name", "scopes")
    form_fields = {"scopes": ScopesField}
    deeds = (ROTATE, CLOSE)
    refusals = {ClientClosed: Refusal(gettext_lazy("This client is closed. Give the partner another one."))}

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Nobody guesses at a secret's hash in a URL."""
        assert request is not None
        return not lookup.startswith("client_secret") and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return ("partner", "name", "scopes", "withheld", "client_id", "created") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        return ("partner", "withheld", "client_id", "created") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_closed)

    def has_delete_permission(self, request: HttpRequest, obj: ApiClient | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_closed)

    @admin.display(description=gettext_lazy("of these it cannot use at present"))
    def withheld(self, client: ApiClient) -> str:
        withheld = withheld_from(client.partner_id, at=timezone.now())
        return listed(str(Scope(scope).label) for scope in client.scopes if scope in withheld) or "–"

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> ApiClient:
        typed = form.cleaned_data
        client, secret = issue_client(typed["partner"], scopes=typed["scopes"], name=typed["name"], **acting(request))
        remember_secret(request, secret)
        return client

    def alter(self, request: HttpRequest, obj: ApiClient, form: Any, formsets: Any) -> None:
        change_client(obj, scopes=form.cleaned_data["scopes"], name=form.cleaned_data["name"], **acting(request))

    def perform(self, deed: Deed, request: HttpRequest, obj: ApiClient, form: Any) -> HttpResponse | None:
        if deed is CLOSE:
            close_client(obj, **acting(request))
            return None
        return self._shown_once(request, obj, rotate_secret(obj, **acting(request)))

    def response_add(self, request: HttpRequest, obj: ApiClient, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, _("The client can be used from now on."))
        client = ApiClient.objects.get(pk=obj.pk)
        return self._shown_once(request, client, remembered_secret(request))

    def _shown_once(self, request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
        return shown_once(
            self,
            request,
            client,
            secret,
            title=_("The secret of the client"),
            explanation=_(
                "Copy the secret now and hand it to the partner in a safe way. It is shown this once: only a hash of "
                "it is kept. If it is lost, replace it."
            ),
            name=(_("Client id:"), str(client.client_id)),
            onward=_("I have copied it: on to the client"),
        )

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["show_delete"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A client is closed instead: its row stays."""
        return redirect(f"admin:{self._address}_{CLOSE.slug}", object_id)
