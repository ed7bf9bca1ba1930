from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.admin.versions import ActionsField
from consent.models import Purpose
from disclosure.models import Engagement, EngagementCountry
from disclosure.services.engagements import change, end, engage
from disclosure.services.errors import AlreadyEnded
from users.admin.by_service import Refusal, ServiceForm, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.admin.fields import CountryField, ElementsField
from users.models import Category, DataElement
from users.models.elements import LOGIN_ADDRESS


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it ends"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy("For colleagues who look this up later. Name no private person."),
    )


END = Deed(
    slug="end",
    label=gettext_lazy("End this engagement"),
    explanation=gettext_lazy(
        "From that moment on the partner can read nothing under it any more, through old handles neither. "
        "This is not taken back; the partner can be engaged anew."
    ),
    done=gettext_lazy("The engagement has ended. Nothing can be read under it any more."),
    form=EndForm,
)


class PurposesField(forms.ModelMultipleChoiceField[Purpose]):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Purpose.objects.all(), **kwargs)


class ContributedField(ElementsField):
    """What a partner may be let give. All else is refused, whatever stands here (disclosure/contributing.py)."""

    def __init__(self, **kwargs: Any) -> None:
        words = _(
            "What it may give us about people, beside what they told us themselves. Nothing is ticked: nothing is taken."
        )
        super().__init__(help_text=words, **kwargs)
        governed = DataElement.objects.filter(excluded_by="").exclude(key=LOGIN_ADDRESS)
        self.queryset = governed.exclude(category__in=[Category.DEVICE, Category.ENFORCEMENT])


class EngagementForm(ServiceForm[Engagement]):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", _("This must be later than the beginning."))
        return cleaned


class CountryForm(forms.ModelForm[EngagementCountry]):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        country, mechanism = cleaned.get("country"), cleaned.get("mechanism", "")
        if country == settings.HOME_COUNTRY and mechanism:
            self.add_error("mechanism", _("Within the country nothing is transferred: choose none."))
        elif country and country != settings.HOME_COUNTRY and not mechanism:
            self.add_error("mechanism", _("Reading from abroad is a transfer: choose what makes it lawful."))
        elif mechanism and not cleaned.get("reference"):
            self.add_error("reference", _("Say where it is on record, for example a filing number."))
        return cleaned


class CountryFormSet(forms.BaseInlineFormSet[EngagementCountry, Engagement, forms.ModelForm[EngagementCountry]]):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and not self.allowed():
            raise ValidationError(_("Name at least one country from which the partner may read the data."))

    def allowed(self) -> dict[str, tuple[str, str]]:
        """The mechanism and its reference by country, as the services take them."""
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        return {row["country"]: (row["mechanism"], row["reference"]) for row in kept}


class CountryInline(admin.StackedInline[EngagementCountry, Engagement]):
    """From where the partner may read, and what makes that lawful where it is abroad (STO-2)."""

    model = EngagementCountry
    form = CountryForm
    formset = CountryFormSet
    fields = (("country", "mechanism", "reference"),)
    ordering = ("country",)
    extra = 0

    def get_extra(self, request: HttpRequest, obj: Engagement | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "country":
            return CountryField(label=capfirst(db_field.verbose_name))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Engagement)
class EngagementAdmin(ByExactId[Engagement], WithDeeds[Engagement]):
    """What partners are engaged for. What has ended is only read."""

    form = EngagementForm
    list_display = ("partner", "valid_from", "valid_until", "ended_at", "role")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "role", "partner")
    list_select_related = ("partner",)
    ordering = ("-valid_from", "id")
    fields = ("partner", "role", "valid_from", "valid_until", "purposes", "fields", "actions", "contributes")
    form_fields = {
        "purposes": PurposesField,
        "fields": ElementsField,
        "actions": ActionsField,
        "contributes": ContributedField,
    }
    inlines = (CountryInline,)
    deeds = (END,)
    refusals = {AlreadyEnded: Refusal(gettext_lazy("This engagement has ended; that is not taken back."))}

    def get_fields(self, request: HttpRequest, obj: Engagement | None = None) -> Any:
        return (*self.fields, "ended_at", "end_reason") if obj and obj.ended_at else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Engagement | None = None) -> Any:
        return ("partner",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.now(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Engagement | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.ended_at)

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Engagement:
        return engage(**form.cleaned_data, countries=formsets[0].allowed(), **acting(request))

    def alter(self, request: HttpRequest, obj: Engagement, form: Any, formsets: Any) -> None:
        change(obj, **form.cleaned_data, countries=formsets[0].allowed(), **acting(request))

    def perform(self, deed: Deed, request: HttpRequest, obj: Engagement, form: Any) -> HttpResponse | None:
        end(obj, reason=form.cleaned_data["reason"], **acting(request))
        return None
