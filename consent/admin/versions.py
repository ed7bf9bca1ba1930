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
from consent.lineages import PARTS
from consent.models import Action, Purpose, PurposeRecipient, PurposeText, PurposeVersion, Significance
from consent.queries import last_version
from consent.services.errors import PublishedMeanwhile
from consent.services.purposes import Marking, Wording, proposal_for, publish_version
from consent.significance_words import proposal_in_words, reasons_in_words
from privacy_app.languages import CODES
from users.admin.by_service import ByService, Refusal, ServiceForm, acting
from users.admin.fields import CountriesField, ElementsField
from users.countries import country_name
from users.models import Partner
from users.wording import listed

_COVERS = ("purpose", "basis", "fields", "actions", "countries", "valid_days", "recipients")
_MARKS = ("significance", "significance_reason", "meaning_changed", "base")
_MARKING = gettext_lazy(
    "Leave the first field open: saving then publishes nothing yet, but shows what changes and what is proposed. Whoever "
    "allows an older version is asked for what a significant one adds; an editorial one disturbs nobody."
)
_PUBLISHING = gettext_lazy(
    "Saving publishes the version at once, for good: it is what people read and what their consents are bound to. "
    "Consents to older versions go on covering what those named, as far as this one names it, and nothing more."
)
_MEANWHILE = gettext_lazy(
    "Somebody published another version of this purpose meanwhile, so nothing was published. What you typed is still here. "
    "Save once more to see what it changes against the newest version."
)


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

    significance = forms.ChoiceField(
        label=gettext_lazy("Significance"), choices=Significance, required=False, widget=forms.RadioSelect
    )
    significance_reason = forms.CharField(
        label=gettext_lazy("Why it differs from what was proposed"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "Needed only where you decide otherwise than proposed. It is published with the version."
        ),
    )
    meaning_changed = forms.BooleanField(
        label=gettext_lazy("What earlier versions named means something else now"),
        required=False,
        help_text=gettext_lazy(
            "Every consent to an earlier version stops counting at once, and everybody is asked again. Do not tick it for a "
            "correction."
        ),
    )
    base = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

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
        if not self.errors:
            self._compare(cleaned)
        elif self.refusal is not None:
            self._show_against_newest(cleaned.get("purpose"))
        return cleaned

    def _compare(self, cleaned: dict[str, Any]) -> None:
        """Show what changes where the editor has not decided yet, or decided otherwise without saying why."""
        last = last_version(cleaned["purpose"])
        if cleaned["base"] not in (None, last.version if last else 0):
            self.add_error(None, _MEANWHILE)
            self._show_against(last, significance="")
            return
        typed = PurposeVersion(**{name: cleaned[name] for name in _COVERS if name != "recipients"})
        proposal = proposal_for(typed, last, recipients=cleaned["recipients"], wordings=self.wordings())
        chosen = cleaned["significance"]
        proposed = Significance.SIGNIFICANT if cleaned["meaning_changed"] else proposal.significance
        if not chosen:
            words = _("Nothing is published yet. Decide this now, and save once more.")
            self.add_error("significance", [proposal_in_words(proposal), *reasons_in_words(proposal.reasons), words])
            self._show_against(last)
        elif cleaned["meaning_changed"] and chosen != Significance.SIGNIFICANT:
            self.add_error("significance", _("What changes the meaning of what people allowed is significant."))
        elif chosen != proposed and not cleaned["significance_reason"].strip():
            words = _("Say why you decide otherwise.")
            told = [proposal_in_words(proposal), *reasons_in_words(proposal.reasons), words]
            self.add_error("significance_reason", told)

    def _show_against_newest(self, purpose: Purpose | None) -> None:
        """Somebody published meanwhile: the next saving shows what changes against that."""
        if purpose is not None:
            self._show_against(last_version(purpose), significance="")

    def _show_against(self, last: PurposeVersion | None, **instead: str) -> None:
        """Have the form say what was compared with: only on that does what the editor decides rest."""
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed.update({"base": str(last.version if last else 0), **instead})
        self.data = typed

    @property
    def marking(self) -> Marking:
        """What the editor decided, once the form is valid."""
        return Marking(
            significance=Significance(self.cleaned_data["significance"]),
            reason=self.cleaned_data["significance_reason"],
            meaning_changed=self.cleaned_data["meaning_changed"],
            base=self.cleaned_data["base"],
        )

    def wordings(self) -> dict[str, Wording]:
        return {
            language: Wording(**{part: self.cleaned_data[_name(language, part)] for part in PARTS})
            for language in CODES
        }


def _text_parts() -> Iterator[tuple[str, str]]:
    return ((language, part) for language in CODES for part in PARTS)


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
    list_display = ("purpose", "version", "basis", "published_at", "valid_days", "significance")
    list_display_links = ("purpose", "version")
    list_filter = ("basis", "significance", "purpose")
    list_select_related = ("purpose",)
    search_fields = ("purpose__key",)
    ordering = ("purpose__key", "-version")
    inlines = (TextInline, RecipientInline)
    form_fields = {"fields": ElementsField, "actions": ActionsField, "countries": CountriesField}
    refusals = {PublishedMeanwhile: Refusal(_MEANWHILE)}

    def get_fieldsets(self, request: HttpRequest, obj: PurposeVersion | None = None) -> Any:
        if obj is not None:
            read = ("purpose", "version", "basis", "fields", "actions", "countries", "valid_days", "published_at")
            marks = ("significance", "proposed_significance", "significance_reason", "meaning_changed")
            return ((None, {"fields": (*read, *marks)}),)
        return (
            (gettext_lazy("What it covers"), {"fields": _COVERS, "description": _PUBLISHING}),
            *(
                (get_language_info(language)["name_translated"], {"fields": [_name(language, part) for part in PARTS]})
                for language in CODES
            ),
            (gettext_lazy("How much it changes"), {"fields": _MARKS, "description": _MARKING}),
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
            initial["base"] = newest.version
            initial |= forms.model_to_dict(newest, [name for name in _COVERS if name != "recipients"])
            initial["recipients"] = list(newest.recipients.values_list("partner", flat=True))
            for text in newest.texts.all():
                initial |= {_name(text.language, part): getattr(text, part) for part in PARTS}
        return initial

    def create(self, request: HttpRequest, form: Any, formsets: Any) -> PurposeVersion:
        typed = form.cleaned_data
        covers = {name: typed[name] for name in _COVERS}
        return publish_version(**covers, wordings=form.wordings(), marking=form.marking, **acting(request))
