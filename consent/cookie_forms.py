"""What people send about cookies. Nothing here needs a cookie itself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.cookies import OPTIONAL, CookieClass
from consent.reading import Colours, Reading, TextSize

NECESSARY, ALL, CHOSEN, NONE = "necessary", "all", "chosen", "none"
_UNKNOWN = _("Nothing was changed: this names a choice that there is not. Choose again below.")


class CookieForm(forms.Form):
    """One press: only necessary, all, those that are ticked, or no cookies at all."""

    choice = forms.ChoiceField(
        choices=[(value, value) for value in (NECESSARY, ALL, CHOSEN, NONE)],
        error_messages={"required": _UNKNOWN, "invalid_choice": _UNKNOWN},
    )
    classes = forms.MultipleChoiceField(
        choices=[(str(cls), str(cls)) for cls in OPTIONAL],
        required=False,
        error_messages={"invalid_choice": _UNKNOWN, "invalid_list": _UNKNOWN},
    )
    next = forms.CharField(required=False)

    @property
    def error(self) -> str:
        """What was wrong; empty if nothing was."""
        return next((str(errors[0]) for errors in self.errors.values() if errors), "")

    def classes_wanted(self, *, has_signal: bool) -> frozenset[CookieClass]:
        """What a valid press allows. Under Global Privacy Control promotional cookies are never part of *all*."""
        match self.cleaned_data["choice"]:
            case "all":
                return frozenset(cls for cls in OPTIONAL if not (has_signal and cls is CookieClass.PROMOTIONAL))
            case "chosen":
                return frozenset(CookieClass(cls) for cls in self.cleaned_data["classes"])
        return frozenset()


class ReadingForm(forms.Form):
    """Text size and colours."""

    size = forms.TypedChoiceField(
        label=_("Text size"),
        coerce=TextSize,
        choices=[(size.value, size.label) for size in TextSize],
        widget=forms.RadioSelect,
    )
    colours = forms.TypedChoiceField(
        label=_("Colours"),
        coerce=Colours,
        choices=[(colours.value, colours.label) for colours in Colours],
        widget=forms.RadioSelect,
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def reading(self) -> Reading:
        return Reading(self.cleaned_data["size"], self.cleaned_data["colours"])
