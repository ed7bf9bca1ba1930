from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from users.client_address import normalised_address
from users.countries import NAMES, country_name
from users.day_fields import DayField
from users.models import DataElement, User, ValueFormat
from users.services.access_records import Occasion
from users.services.values import normalised

_ONE_LINE = 80
_HELP = {
    ValueFormat.DATE: _("Year, month and day, for example 1990-05-17."),
    ValueFormat.PHONE: _("With its country code, for example +86 138 0013 8000."),
}


class ValueField(forms.Field):
    """A value of an element, checked just as it is when it is stored."""

    default_error_messages = {"required": _("Write a value.")}

    def __init__(self, element: DataElement, plain: str) -> None:
        self.element = element
        help_text = _HELP.get(ValueFormat(element.format), "")
        super().__init__(widget=_widget(element, plain), label=element.title, help_text=help_text, initial=plain)

    def to_python(self, value: Any) -> Any:
        return normalised(self.element, value) if value else value


def _widget(element: DataElement, plain: str) -> forms.Widget:
    match element.format:
        case ValueFormat.PHONE:
            return forms.TextInput(attrs={"type": "tel"})
        case ValueFormat.COUNTRY:
            named = sorted((country_name(code), code) for code in NAMES)
            return forms.Select(choices=[("", "—"), *((code, name) for name, code in named)])
        case ValueFormat.TEXT if len(plain) > _ONE_LINE or "\n" in plain:
            return forms.Textarea()
    return forms.TextInput()


class ValueForm(forms.Form):
    """One value of an element, as the person states it; `plain` is what they start from."""

    def __init__(self, element: DataElement, data: Any = None, *, plain: str = "") -> None:
        super().__init__(data)
        self.fields["value"] = ValueField(element, plain)


class ChoiceForm(forms.Form):
    """Which of several values is to stand for its element."""

    item = forms.UUIDField()


class PreferencesForm(forms.Form):
    """The language and the time zone in which a person is served."""

    locale = forms.ChoiceField(label=_("Language of our mail to you"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("All times on these pages are shown in it."),
        error_messages={"invalid_choice": _("There is no such time zone. Choose one from the list.")},
    )

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data, initial={"locale": person.locale, "time_zone": person.time_zone})
        zones = self.fields["time_zone"]
        assert isinstance(zones, forms.ChoiceField)
        zones.choices = _zones(person.time_zone)


def _zones(present: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every time zone that is named for a place, by region; first the present one and the one of no place."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        region, _slash, place = zone.partition("/")
        if place and region != "Etc":
            regions.setdefault(region, []).append((zone, place.replace("_", " ")))
    return [("", [(zone, zone) for zone in dict.fromkeys((present, "UTC"))]), *regions.items()]


class RecordFilterForm(forms.Form):
    """Narrows access records to days in the person's time zone, both ends included."""

    use_required_attribute = False

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("This is before the first day."))
        return cleaned


class AddressSearchForm(forms.Form):
    """An IP address that records are looked for by, and why."""

    use_required_attribute = False

    address = forms.CharField(
        label=_("IP address"),
        help_text=_("The whole address, for example 203.0.113.7 or 2001:db8::1."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    occasion = forms.TypedChoiceField(
        label=_("Why"),
        help_text=_("It is entered on the ledger with your search, and each person found sees it."),
        coerce=Occasion,
        choices=[("", _("Choose")), *Occasion.choices],
    )

    def clean_address(self) -> str:
        if address := normalised_address(self.cleaned_data["address"]):
            return address
        raise forms.ValidationError(_("This is not an IP address."), code="address")
