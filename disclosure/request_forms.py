"""The forms of what people ask of each other (DIS-e, DIS-f)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disclosure.models import AskedFor
from users.models import DataElement

_LONGEST = 2000


def _text(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something here.")},
    )


class AskForm(forms.Form):
    """Which fields, and why; of a counterparty also what for."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("What you ask for"),
        help_text=_("Only what you need. It is shown where we hold it."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("This cannot be asked for here. Choose from the list."),
        },
    )
    asked_for = forms.ChoiceField(
        label=_("What for"),
        choices=AskedFor.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of these.")},
    )
    why = _text(
        _("Why you need it"),
        _("For the reviewers. The other does not read it."),
    )

    def __init__(self, offered: Iterable[DataElement], data: Any = None, *, of_counterparty: bool) -> None:
        super().__init__(data)
        wanted = self.fields["fields_wanted"]
        assert isinstance(wanted, forms.MultipleChoiceField)
        wanted.choices = [(element.key, element.title) for element in offered]
        if not of_counterparty:
            del self.fields["asked_for"]


class SayForm(forms.Form):
    """What somebody says to the reviewers: an answer, or an objection. `version` is that of the request they saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = _text(_("What you want to say"))

    def __init__(self, label: Any, data: Any = None, *, version: int) -> None:
        super().__init__(data, initial={"version": version}, auto_id="id_say_%s")
        self.fields["text"].label = label


class VersionForm(forms.Form):
    """A button that counts for the version of the request that was shown."""

    version = forms.IntegerField(min_value=1)
