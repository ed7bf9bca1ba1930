from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from consent.admin.read_only import RowsToRead, SheetsToRead
from consent.models import Action, PurposeRecipient, PurposeText, PurposeVersion
from consent.services.purposes import Wording, publish_version
from privacy_app.languages import CODES
from users.admin.by_service import ByService, ServiceForm, acting
from users.admin.fields import CountriesField, ElementsField
from users.countries import country_name
from users.models import Partner
from users.wording import listed

_COVERS = ("purpose", "basis", "fields", "actions", "countries", "valid_days", "recipients")
_PUBLISHING = gettext_lazy(
    "Saving publishes the version at once, for good: it is what people read and what their consents are bound to. "
    "Consents to older versions go on covering what those named, and nothing more."
)
_PARTS = ("title", "summary", "reason", "method", "duration", "abroad")


def _name(language: str, part: str) -> str:
    """The form's name for a part of the text in one language: `text_zh_hans_title`."""
    return f"text_{language.replace('-', '_')}_{part}"


class ActionsField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Action.choices, **kwargs)


class VersionForm(ServiceForm[PurposeVersion]):
    """What a version covers and what people read of it, in every language, on one page."""

    valid_days = forms.IntegerField(
        label=gettext_lazy("A consent lasts (days)"),
        required=False,
        min_value=1,
        max_value=36_500,
        help_text=gettext_lazy("Empty: until it is withdrawn."),
    )
    recipients = forms.ModelMultipleChoiceField(
        Partner.objects.all(),
        label=gettext_lazy("Recipients"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Named to people with their legal name and contact as these stand now. None: the data stays here."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, part in _text_parts():
            field: Any = cast(Any, PurposeText._meta.get_field(part)).formfield()
            field.widget.attrs |= {"lang": language, "class": "vLargeTextField"}
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 4
            self.fields[_name(language, part)] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        abroad = [code for code in cleaned.get("countries", ()) if code != settings.HOME_COUNTRY]
        for language in CODES:
            name = _name(language, "abroad")
            if abroad and name in cleaned and not cleaned[name]:
                words = _("Say what it means that the data goes abroad: %(countries)s.")
                self.add_error(name, words % {"countries": listed(map(country_name, abroad))})
        return cleaned

    def wordings(self) -> dict[str, Wording]:
        return {
            language: Wording(**{part: self.cleaned_data[_name(language, part)] for part in _PARTS})
            for language in CODES
        }


def _text_parts() -> Iterator[tuple[str, str]]:
    return ((language, part) for language in CODES for part in _PARTS)


class TextInline(SheetsToRead[PurposeText, PurposeVersion]):
    model = PurposeText
    ordering = ("language",)


class RecipientInline(RowsToRead[PurposeRecipient, PurposeVersion]):
    model = PurposeRecipient
    ordering = ("legal_name",)


@admin.register(PurposeVersion)
class PurposeVersionAdmin(ByService[PurposeVersion]):
    """What each purpose covers. Publishing is adding; what is published is only read."""

    form = VersionForm
    list_display = ("purpose", "version", "basis", "published_at", "valid_days")
    list_display_links = ("purpose", "version")
    list_filter = ("basis", "purpose")
    list_select_related = ("purpose",)
    search_fields = ("purpose__key",)
    ordering = ("purpose__key", "-version")
    inlines = (TextInline, RecipientInline)
    form_fields = {"fields": ElementsField, "actions": ActionsField, "countries": CountriesField}

    def get_fieldsets(self, request: HttpRequest, obj: PurposeVersion | None = None) -> Any:
        if obj is not None:
            read = ("purpose", "version", "basis", "fields", "actions", "countries", "valid_days", "published_at")
            return ((None, {"fields": read}),)
        return (
            (gettext_lazy("What it covers"), {"fields": _COVERS, "description": _PUBLISHING}),
            *(
                (get_language_info(language)["name_translated"], {"fields": [_name(language, part) for part in _PARTS]})
                for language in CODES
            ),
        )

    def get_form(
        self, request: HttpRequest, obj: PurposeVersion | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            # The parts of the texts are no fields of the model: the form brings them along by itself.
            kwargs["fields"] = [name for name in _COVERS if name != "recipients"]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: PurposeVersion | None) -> Any:
        return self.inlines if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what the purpose's newest version says."""
        initial: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        try:
            newest = PurposeVersion.objects.filter(purpose=initial.get("purpose")).order_by("-version").first()
        except (ValidationError, ValueError):
            newest = None
        if newest is not None:
            initial |= forms.model_to_dict(newest, [name for name in _COVERS if name != "recipients"])
            initial["recipients"] = list(newest.recipients.values_list("partner", flat=True))
            for text in newest.texts.all():
                initial |= {_name(text.language, part): getattr(text, part) for part in _PARTS}
        return initial

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> PurposeVersion:
        typed = form.cleaned_data
        return publish_version(**{name: typed[name] for name in _COVERS}, wordings=form.wordings(), **acting(request))
