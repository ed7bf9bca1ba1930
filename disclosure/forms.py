from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from disclosure.queries import Narrowing
from users.day_fields import DayField, beginning_of


class ReleaseFilterForm(forms.Form):
    """Narrows the list of releases: to one reader, and to days in the person's time zone, both ends included."""

    use_required_attribute = False

    partner = forms.ChoiceField(
        label=_("Who"),
        required=False,
        error_messages={"invalid_choice": _("They have not received any data of yours. Choose from the list.")},
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, data: Any, readers: Iterable[tuple[str, str]]) -> None:
        """`readers` are the ids and names of those to choose from."""
        super().__init__(data)
        partners = self.fields["partner"]
        assert isinstance(partners, forms.ChoiceField)
        partners.choices = [("", _("Everybody")), *readers]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("This is before the first day."))
        return cleaned

    @property
    def narrowing(self) -> Narrowing:
        """What it narrows to, once the form is valid."""
        data = self.cleaned_data
        return Narrowing(
            partner=UUID(data["partner"]) if data["partner"] else None,
            since=beginning_of(data["since"]) if data["since"] else None,
            until=beginning_of(data["until"] + timedelta(days=1)) if data["until"] else None,
        )
