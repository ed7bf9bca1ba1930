"""The form by which staff write a notice to everybody, in both languages side by side."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.models import AnnouncementKind
from consent.services.announcements import Told

_LATEST_YEAR = 2999
_TITLE, _BODY = 120, 5000


def _title(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=_TITLE)


def _body(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=_BODY, widget=forms.Textarea(attrs={"rows": 10}))


class AnnouncementForm(forms.Form):
    """Product news or another message. Changes of the policy post their own notice."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        widget=forms.RadioSelect,
        choices=[
            (
                AnnouncementKind.NEWS.value,
                gettext_lazy("Product news: by mail only to those who have not switched it off"),
            ),
            (AnnouncementKind.MESSAGE.value, gettext_lazy("A message about the service, to everybody")),
        ],
    )
    title_en = _title(gettext_lazy("Title in English"))
    body_en = _body(gettext_lazy("Text in English"))
    title_zh_hans = _title(gettext_lazy("Title in Simplified Chinese"))
    body_zh_hans = _body(gettext_lazy("Text in Simplified Chinese"))
    last_day = forms.DateField(
        label=gettext_lazy("Last day on the site"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Without one it stays."),
    )
    by_mail = forms.BooleanField(label=gettext_lazy("Also by mail"), required=False, initial=True)
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day is not None and day < timezone.localdate():
            raise ValidationError(_("Choose today or a day to come."))
        if day is not None and day.year > _LATEST_YEAR:
            raise ValidationError(_("Choose an earlier day."))
        return day

    @property
    def told(self) -> dict[str, Told]:
        """What is to be told, by language, once the form is valid."""
        data = self.cleaned_data
        return {
            "en": Told(data["title_en"], data["body_en"]),
            "zh-hans": Told(data["title_zh_hans"], data["body_zh_hans"]),
        }

    @property
    def until(self) -> datetime | None:
        """The end of the last day, in the zone of whoever wrote it."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
