"""Days and moments in forms and addresses, as browsers write them, and the moments in which days begin."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Beyond these years a day has no beginning in every time zone.
EARLIEST, LATEST = date(1970, 1, 2), date(2999, 12, 31)


class DayField(forms.DateField):
    """One day, as browsers write it."""

    default_error_messages = {"invalid": _("Write the date as year-month-day, for example 2026-05-17.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
            **kwargs,
        )


def beginning_of(day: date) -> datetime:
    """The moment in which the day begins, in the time zone of whoever reads."""
    return timezone.make_aware(datetime.combine(day, time.min))


class BeginningField(DayField):
    """One day; cleans to the moment in which it begins, in the time zone of whoever writes."""

    def clean(self, value: Any) -> Any:
        return beginning_of(day) if (day := super().clean(value)) else None


class MomentField(forms.DateTimeField):
    """A day and a time, in the time zone of whoever writes."""

    default_error_messages = {"invalid": _("Write the day and the time, for example 2026-05-17 09:30.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment and not EARLIEST <= moment.date() <= LATEST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment


class DayConverter:
    """A day in an address, like `2026-05-17`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        day = date.fromisoformat(value)
        if not EARLIEST <= day <= LATEST:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()
