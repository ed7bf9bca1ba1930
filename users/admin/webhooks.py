from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy_app.outbox.models import Message
from users.admin.by_service import Refusal, ServiceForm, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.admin.shown_once import remember_secret, remembered_secret, shown_once
from users.models import WebhookEndpoint
from users.queries import calls_of
from users.services.webhooks import (
    AddressRefused,
    AddressThere,
    EndpointDisabled,
    add_endpoint,
    disable_endpoint,
    replace_secret,
    send_test,
)
from users.webhooks.delivery import EVENT, TEST
from users.webhooks.sender import CONNECT_SECONDS
from users.webhooks.targets import LONGEST, TargetRefused, parsed, resolved

SEND_TEST = Deed(
    slug="test",
    label=gettext_lazy("Send a test"),
    explanation=gettext_lazy(
        "The address is called once with an event that says nothing, webhook.test, signed like all others. What became "
        "of it stands on the page of the webhook a moment later."
    ),
    done=gettext_lazy("The test is on its way."),
)
ROTATE = Deed(
    slug="rotate",
    label=gettext_lazy("Replace the secret"),
    explanation=gettext_lazy(
        "The webhook gets a new secret, which is shown once, on the next page. For a day calls are signed under both, "
        "so that the partner can change over; then under the new one alone."
    ),
    done=gettext_lazy("The webhook has a new secret."),
)
DISABLE = Deed(
    slug="disable",
    label=gettext_lazy("Switch this webhook off"),
    explanation=gettext_lazy(
        "The address is not called any more, not even with what waits for it. The partner can still fetch its events. "
        "This is not taken back; the address can be added anew."
    ),
    done=gettext_lazy("The webhook is switched off."),
)


class EndpointForm(ServiceForm[WebhookEndpoint]):
    """The address is looked up here for the sake of whoever types it. What counts is what it leads to at each call."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        help_text=gettext_lazy("Like https://partner.example/hooks, on the public internet."),
        widget=forms.TextInput(attrs={"class": "vURLField", "autocomplete": "off"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            resolved(parsed(url), seconds=CONNECT_SECONDS)
        except TargetRefused as refused:
            raise forms.ValidationError(str(refused.words)) from None
        except OSError:
            raise forms.ValidationError(_("No server is known by this name. Is it spelled right?")) from None
        return url


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ByExactId[WebhookEndpoint], WithDeeds[WebhookEndpoint]):
    """Where partners are called with their events. A secret is in the answer to the request that made it alone."""

    form = EndpointForm
    list_display = ("url", "partner", "created_at", "disabled_at")
    list_filter = (("disabled_at", admin.EmptyFieldListFilter), "partner")
    list_select_related = ("partner",)
    search_fields = ("pk", "partner")
    ordering = ("partner__legal_name", "created_at")
    fields = ("partner", "url")
    deeds = (SEND_TEST, ROTATE, DISABLE)
    is_form = False
    refusals = {
        AddressRefused: Refusal(gettext_lazy("This address cannot be called."), "url"),
        AddressThere: Refusal(gettext_lazy("The partner is called at this address already."), "url"),
        EndpointDisabled: Refusal(gettext_lazy("This webhook is switched off. Add it anew.")),
    }

    def get_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        shown = ("partner", "url", "created_at", "disabled_at", "previous_until", "waiting", "given_up", "last_test")
        return shown if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: WebhookEndpoint | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.disabled_at)

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> WebhookEndpoint:
        endpoint, secret = add_endpoint(**form.cleaned_data, **acting(request))
        remember_secret(request, secret)
        return endpoint

    def perform(self, deed: Deed, request: HttpRequest, obj: WebhookEndpoint, form: Any) -> HttpResponse | None:
        if deed is ROTATE:
            return self._shown_once(request, obj, replace_secret(obj, **acting(request)))
        if deed is DISABLE:
            disable_endpoint(obj, **acting(request))
        else:
            send_test(obj, **acting(request))
        return None

    def response_add(self, request: HttpRequest, obj: WebhookEndpoint, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, _("The partner is called there from now on."))
        endpoint = WebhookEndpoint.objects.get(pk=obj.pk)
        return self._shown_once(request, endpoint, remembered_secret(request))

    def _shown_once(self, request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
        return shown_once(
            self,
            request,
            endpoint,
            secret,
            title=_("The secret of the webhook"),
            explanation=_(
                "Copy the secret now and hand it to the partner in a safe way. It is shown this once. If it is lost, "
                "replace it."
            ),
            name=(_("Address:"), endpoint.url),
            onward=_("I have copied it: on to the webhook"),
        )

    @admin.display(description=gettext_lazy("calls that wait"))
    def waiting(self, endpoint: WebhookEndpoint) -> str:
        return self._calls(endpoint, Message.State.PENDING)

    @admin.display(description=gettext_lazy("calls that were given up"))
    def given_up(self, endpoint: WebhookEndpoint) -> str:
        return self._calls(endpoint, Message.State.DEAD)

    def _calls(self, endpoint: WebhookEndpoint, state: Message.State) -> str:
        """How many calls of this webhook are in that state, and the way to all calls that are."""
        count = calls_of(endpoint, kind=EVENT).filter(state=state).count()
        return format_html(
            '<a href="{}?{}"{}>{}</a>',
            reverse("admin:outbox_message_changelist"),
            urlencode({"kind": EVENT, "state__exact": str(state)}),
            mark_safe(' class="standing-out"' if count and state == Message.State.DEAD else ""),
            count,
        )

    @admin.display(description=gettext_lazy("last test"))
    def last_test(self, endpoint: WebhookEndpoint) -> str:
        test = calls_of(endpoint, kind=TEST).first()
        if test is None:
            return "–"
        return f"{test.get_state_display()}{f' ({test.last_error})' if test.last_error else ''}"
