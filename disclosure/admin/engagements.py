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

from consent.admin.read_only import RowsToRead
from consent.admin.versions import ActionsField
from consent.models import Purpose
from disclosure.admin.engagement_filters import CertificateFilter, StateFilter
from disclosure.admin.life import (
    ACCEPT,
    ENTER,
    GIVE_BACK,
    certificate_words,
    certificates_shown,
    life_of,
    state_words,
)
from disclosure.certificate_states import TRANSITIONS, Event
from disclosure.ends import BY_DATE, end_of
from disclosure.models import Engagement, EngagementCountry
from disclosure.services.certificates import (
    CertificateAccepted,
    CertificateInReview,
    DeletedTooEarly,
    NoCertificate,
    accept,
    give_back,
    submit,
)
from disclosure.services.engagements import EndsInThePast, change, end, engage
from disclosure.services.errors import AlreadyEnded
from users.admin.by_service import Refusal, ServiceForm, acting
from users.admin.deeds import Deed, WithDeeds
from users.admin.exact_ids import ByExactId
from users.admin.fields import CountryField, ElementsField
from users.admin.partners import beside_partner
from users.models import Category, DataElement, Partner
from users.models.elements import LOGIN_ADDRESS
from users.wording import moment


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
        "From that moment on the partner can read nothing under it any more, through old handles neither, and has to "
        "certify that it deleted what it had read. With its last engagement its access tokens and its right to ask go, "
        "too. This is not taken back; the partner can be engaged anew."
    ),
    done=gettext_lazy("The engagement has ended. Nothing can be read under it any more."),
    form=EndForm,
)


_EVENTS = {ENTER.slug: Event.SUBMIT, ACCEPT.slug: Event.ACCEPT, GIVE_BACK.slug: Event.RETURN}
_TOLD = ("stands", "ended", "why_it_ended", "certificate", "certificates", "life")


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
    list_display = ("partner", "stands", "certificate", "valid_from", "valid_until")
    list_filter = (StateFilter, CertificateFilter, "role", "partner")
    list_select_related = ("partner", "demand")
    ordering = ("-valid_from", "id")
    fields = ("partner", "role", "valid_from", "valid_until", "purposes", "fields", "actions", "contributes")
    form_fields = {
        "purposes": PurposesField,
        "fields": ElementsField,
        "actions": ActionsField,
        "contributes": ContributedField,
    }
    inlines = (CountryInline,)
    deeds = (END, ENTER, ACCEPT, GIVE_BACK)
    refusals = {
        AlreadyEnded: Refusal(gettext_lazy("This engagement has ended; that is not taken back.")),
        EndsInThePast: Refusal(
            gettext_lazy("This lies in the past. To end the engagement now, use the button for that."), "valid_until"
        ),
        NoCertificate: Refusal(gettext_lazy("No certificate waits to be checked.")),
        CertificateInReview: Refusal(gettext_lazy("A certificate was submitted meanwhile, and waits to be checked.")),
        CertificateAccepted: Refusal(gettext_lazy("A certificate was accepted meanwhile.")),
        DeletedTooEarly: Refusal(
            gettext_lazy("This was deleted before the end; what could be read until then is to be deleted.")
        ),
    }

    def get_fieldsets(self, request: HttpRequest, obj: Engagement | None = None) -> Any:
        engaged = (None, {"fields": self.fields})
        if obj is None:
            return (engaged,)
        ended = ("ended", "why_it_ended", "certificate", "certificates") if end_of(obj, at=timezone.now()) else ()
        return engaged, (gettext_lazy("Its life"), {"fields": ("stands", *ended, "life")})

    def get_readonly_fields(self, request: HttpRequest, obj: Engagement | None = None) -> Any:
        return ("partner", *_TOLD) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.now(), **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: Engagement | None = None) -> bool:
        may: bool = super().has_change_permission(request, obj)
        return may and not (obj and end_of(obj, at=timezone.now()))

    def may_do(self, deed: Deed, request: HttpRequest, obj: Engagement | None) -> bool:
        if deed is END or obj is None:
            return super().may_do(deed, request, obj)
        demand = getattr(obj, "demand", None)
        event = _EVENTS[deed.slug]
        return self.has_change_permission(request) and demand is not None and (demand.state, event) in TRANSITIONS

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> Engagement:
        return engage(**form.cleaned_data, countries=formsets[0].allowed(), **acting(request))

    def alter(self, request: HttpRequest, obj: Engagement, form: Any, formsets: Any) -> None:
        change(obj, **form.cleaned_data, countries=formsets[0].allowed(), **acting(request))

    def perform(self, deed: Deed, request: HttpRequest, obj: Engagement, form: Any) -> HttpResponse | None:
        if deed is END:
            end(obj, reason=form.cleaned_data["reason"], **acting(request))
        elif deed is ACCEPT:
            accept(obj, **acting(request))
        elif deed is ENTER:
            submit(obj, client=None, **form.certificate(), **acting(request))
        else:
            give_back(obj, reason=form.cleaned_data["reason"], **acting(request))
        return None

    @admin.display(description=gettext_lazy("state"))
    def stands(self, obj: Engagement) -> str:
        return state_words(obj, at=timezone.now())

    @admin.display(description=gettext_lazy("deletion certificate"))
    def certificate(self, obj: Engagement) -> Any:
        return certificate_words(obj, at=timezone.now())

    @admin.display(description=gettext_lazy("ended"))
    def ended(self, obj: Engagement) -> str:
        ended_at = end_of(obj, at=timezone.now())
        return moment(ended_at) if ended_at else ""

    @admin.display(description=gettext_lazy("why it ended"))
    def why_it_ended(self, obj: Engagement) -> str:
        ended_by_date = obj.ended_at in (None, obj.valid_until)
        return _(BY_DATE) if ended_by_date else obj.end_reason

    @admin.display(description=gettext_lazy("what the partner certified"))
    def certificates(self, obj: Engagement) -> Any:
        return certificates_shown(obj)

    @admin.display(description=gettext_lazy("what happened"))
    def life(self, obj: Engagement) -> Any:
        return life_of(obj)


@beside_partner
class EngagementRows(RowsToRead[Engagement, Partner]):
    """On a partner's page: all its engagements, and where each stands."""

    model = Engagement
    fields = ("valid_from", "valid_until", "stands", "certificate")
    readonly_fields = fields
    ordering = ("-valid_from", "id")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("demand")

    @admin.display(description=gettext_lazy("state"))
    def stands(self, obj: Engagement) -> str:
        return state_words(obj, at=timezone.now())

    @admin.display(description=gettext_lazy("deletion certificate"))
    def certificate(self, obj: Engagement) -> Any:
        return certificate_words(obj, at=timezone.now())
