"""What is done to one thing on a page of its own: it says what will happen, asks for what it needs, and does it."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.functional import Promise

from privacy_app import locks
from users.admin.by_service import ByService, M
from users.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Deed:
    """One such page: its place in the address, its button, what it will do, what it did, and the form that it needs."""

    slug: str
    label: Promise
    explanation: Promise
    done: Promise
    permission: str = "change"
    form: type[forms.Form] = forms.Form


class WithDeeds(ByService[M], Generic[M]):
    """Pages whose object tools lead to deeds. `is_form` is False where there is nothing to change but by them."""

    deeds: tuple[Deed, ...] = ()
    is_form = True

    def perform(self, deed: Deed, request: HttpRequest, obj: M, form: forms.Form) -> HttpResponse | None:
        """Call the deed's service; a response that is returned is shown instead of the object's page."""
        raise NotImplementedError

    def may_do(self, deed: Deed, request: HttpRequest, obj: M | None) -> bool:
        """Whether its user may do that: to such things at all, or to this one as it stands."""
        may: bool = getattr(self, f"has_{deed.permission}_permission")(request, obj)
        return may

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<path:object_id>/{deed.slug}/",
                self.admin_site.admin_view(partial(self.deed_view, deed)),
                name=f"{self._address}_{deed.slug}",
            )
            for deed in self.deeds
        ] + super().get_urls()

    def deed_view(self, deed: Deed, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.may_do(deed, request, None):
            raise PermissionDenied
        if not self.may_do(deed, request, obj):
            return self.too_late(request, object_id)
        form = deed.form(request.POST if request.method == "POST" else None)
        here = reverse(f"admin:{self._address}_change", args=[quote(obj.pk)])
        if form.is_valid():
            try:
                answer = locks.in_transaction(self._perform)(deed, request, obj, form)
            except Refused as refused:
                form.add_error(None, str(self.refusals[type(refused)].words))
            else:
                messages.success(request, str(deed.done))
                return answer or HttpResponseRedirect(here)
        context = {
            **self.admin_site.each_context(request),
            "title": deed.label,
            "deed": deed,
            "form": form,
            "original": obj,
            "opts": self.opts,
            "back": here,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/deed.html", context)

    def _perform(self, deed: Deed, request: HttpRequest, obj: M, form: forms.Form) -> HttpResponse | None:
        answer = self.perform(deed, request, obj, form)
        # As Django keeps its own words: untranslated, and translated where they are shown.
        with translation.override(None):
            self.log_change(request, obj, str(deed.done))
        return answer

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if object_id is not None and not self.is_form:
            if request.method == "POST":
                raise PermissionDenied
            extra_context = {"show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        context["deeds"] = [
            (deed.label, reverse(f"admin:{self._address}_{deed.slug}", args=[quote(obj.pk)]))
            for deed in self.deeds
            if obj and self.may_do(deed, request, obj)
        ]
        return super().render_change_form(request, context, add, change, form_url, obj)
