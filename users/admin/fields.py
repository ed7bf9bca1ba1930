"""Form fields for what is chosen from a registry: data elements, countries, scopes."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _

from users.countries import NAMES, country_name
from users.models import Category, DataElement
from users.models.partners import Scope


class _ByCategory(ModelChoiceIterator[DataElement]):
    """The registry in the order of its keys, which begin with their categories."""

    def __iter__(self) -> Iterator[Any]:
        for category, elements in groupby(self.queryset, key=lambda element: element.category):
            yield str(Category(category).label), [self.choice(element) for element in elements]


class ElementsField(forms.ModelMultipleChoiceField[DataElement]):
    """Keys of data elements, as boxes to tick. Cleans to a sorted list of keys."""

    iterator = _ByCategory
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=DataElement.objects.all(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        words = f"{obj.title} ({obj.key})"
        if obj.is_excluded:
            return _("%(element)s: outside the policy") % {"element": words}
        return _("%(element)s: sensitive") % {"element": words} if obj.is_sensitive else words

    def clean(self, value: Any) -> Any:
        return sorted(element.key for element in super().clean(value))


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, f"{country_name(code)} ({code})") for code in NAMES), key=lambda choice: choice[1])


class CountryField(forms.ChoiceField):
    """The code of one country."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", "–"), *_countries()], **kwargs)


class _ChosenFirst(forms.CheckboxSelectMultiple):
    """Boxes to tick, those that are ticked before all others: there are too many to look through."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        return sorted(super().optgroups(name, value, attrs), key=lambda group: not group[1][0]["selected"])


class CountriesField(forms.MultipleChoiceField):
    """Codes of countries. Cleans to a sorted list."""

    widget = _ChosenFirst

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_countries, **kwargs)

    def clean(self, value: Any) -> Any:
        return sorted(super().clean(value))


class ScopesField(forms.MultipleChoiceField):
    """What an API client may ask for."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Scope.choices, **kwargs)
