"""Django's admin pages over our services: what is saved, removed or done is one call of a service with its ledger entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypedDict, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from privacy_app import locks
from privacy_app.ledger.actors import Actor
from users.admin.naming import PersonField
from users.models import User
from users.services.actors import as_staff
from users.services.errors import Refused

M = TypeVar("M", bound=Model)


class Acting(TypedDict):
    """Who does something and when, as services take it."""

    by: Actor
    at: datetime


class Refusal(NamedTuple):
    """How staff are told what a service refused: beside a field, or above the form."""

    words: str | Promise
    field: str | None = None


def member_of(request: HttpRequest) -> User:
    """The member of staff whose request it is; the desk lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def acting(request: HttpRequest) -> Acting:
    return {"by": as_staff(member_of(request)), "at": timezone.now()}


class ServiceForm(forms.ModelForm[M], Generic[M]):
    """A form that hands what was typed to a service, and shows with it what the service refused."""

    refusal: ClassVar[Refusal | None] = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal is not None:
            self.add_error(self.refusal.field, cast(Any, self.refusal.words))
        return cleaned


class _Request(HttpRequest):
    refusal: Refusal


class ByService(admin.ModelAdmin[M], Generic[M]):
    """Pages that call `create`, `alter` and `remove` where Django would write rows itself.

    All of it, Django's own log included, is one transaction, tried again where PostgreSQL broke a deadlock.
    `refusals` says how each refusal that the services raise is told.
    """

    form: Any = ServiceForm
    actions = None
    show_full_result_count = False
    form_fields: Mapping[str, type[forms.Field]] = {}
    """The form's field for a model field that Django knows no good one for, by its name."""
    refusals: Mapping[type[Refused], Refusal] = {}

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> M:
        """Call the service that makes what was typed into the form."""
        raise NotImplementedError

    def alter(self, request: HttpRequest, obj: M, form: Any, formsets: Any) -> None:
        """Call the service that changes the object to what was typed."""
        raise NotImplementedError

    def remove(self, request: HttpRequest, obj: M) -> None:
        """Call the service that removes the object."""
        raise NotImplementedError

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: Any, **kwargs: Any) -> Any:
        if field := self.form_fields.get(db_field.name):
            return field(label=capfirst(db_field.verbose_name), required=not db_field.blank)
        found: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(found, forms.SplitDateTimeField):
            for widget, words in zip(found.widget.widgets, (_("%(moment)s: date"), _("%(moment)s: time")), strict=True):
                widget.attrs["aria-label"] = words % {"moment": capfirst(db_field.verbose_name)}
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.remote_field.model is User:
            kwargs["form_class"] = PersonField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: M | None = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Nothing yet: the service gets the form together with its rows."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            formset.save(commit=False)  # writes nothing; Django's log asks it which rows were touched
        if change:
            self.alter(request, form.instance, form, formsets)
        else:
            form.instance.pk = self.create(request, form, formsets).pk

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self.remove(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        view = super().changeform_view
        try:
            return locks.in_transaction(view)(request, object_id, form_url, extra_context)
        except PermissionDenied:
            if object_id is None or not self.has_change_permission(request):
                raise
            return self.too_late(request, object_id)
        except Refused as refused:
            refusal = self.refusals[type(refused)]
        # Nothing was written. The same page again, with what was typed and what was refused.
        cast(_Request, request).refusal = refusal
        try:
            return view(request, object_id, form_url, extra_context)
        except PermissionDenied:
            # What was refused is so because nothing of it can be changed any more.
            return self.too_late(request, cast(str, object_id), str(refusal.words))

    def too_late(self, request: HttpRequest, object_id: str, words: str = "") -> HttpResponse:
        """What this page was to change, its user may change, but not as it stands now: somebody was faster."""
        messages.error(request, words or _("As it stands now, this cannot be changed any more. Nothing was done."))
        return HttpResponseRedirect(reverse(f"admin:{self._address}_change", args=[object_id]))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return locks.in_transaction(super().delete_view)(request, object_id, extra_context)
        except Refused as refused:
            return self.too_late(request, object_id, str(self.refusals[type(refused)].words))

    @property
    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"
