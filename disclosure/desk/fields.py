"""Form fields of the desk: a person by an exact address, kinds of data, a file that proves something."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from disclosure.desk.refusals import words_of
from disclosure.services.documents import MAX_BYTES, DocumentTooLarge, NotADocument, kind_of
from users.countries import NAMES, country_name
from users.models import Category, ContactIndex, DataElement, User
from users.queries import find_people
from users.services.values import normalised_contact


class PersonField(forms.CharField):
    """One person by their id, or by exactly an address that they confirmed. Cleans to the person; the messages name nobody."""

    default_error_messages = {
        "unknown": _("Nobody is known by exactly this id or address."),
        "erased": _("This person was erased."),
    }

    def __init__(self, *, erased_too: bool = False, **kwargs: Any) -> None:
        self.erased_too = erased_too
        kwargs.setdefault(
            "help_text",
            _("The id, or the whole e-mail address or telephone number. It is looked up and not kept."),
        )
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(max_length=254, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        person = person_named(text)
        if person is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if person.erased_at is not None and not self.erased_too:
            raise ValidationError(self.error_messages["erased"], code="erased")
        return person


def person_named(text: str) -> User | None:
    """The person of this id, or the one owner of exactly this address."""
    try:
        return User.objects.filter(pk=UUID(text)).first()
    except ValueError:
        pass
    contacts = []
    for kind in ContactIndex.Kind.values:
        try:
            contacts.append((kind, normalised_contact(kind, text)))
        except ValidationError:
            continue
    owners = set(find_people(contacts).values())
    return User.objects.filter(pk=owners.pop()).first() if len(owners) == 1 else None


class ElementsField(forms.MultipleChoiceField):
    """Kinds of data, as boxes to tick under their categories; of the registry, or only those that `limit` names."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"required": _("Choose at least one field.")}

    def __init__(self, *, limit: Iterable[str] | None = None, **kwargs: Any) -> None:
        super().__init__(choices=lambda: _elements(limit), **kwargs)

    def clean(self, value: Any) -> Any:
        return tuple(sorted(super().clean(value)))


def _elements(limit: Iterable[str] | None) -> list[tuple[str, list[tuple[str, str]]]]:
    elements = DataElement.objects.order_by("key")
    if limit is not None:
        elements = elements.filter(key__in=list(limit))
    return [
        (str(Category(category).label), [(element.key, _named(element)) for element in group])
        for category, group in groupby(elements, key=lambda element: element.category)
    ]


def _named(element: DataElement) -> str:
    if element.is_excluded:
        return str(_("%(element)s: outside the policy")) % {"element": element.title}
    if element.is_sensitive:
        return str(_("%(element)s: sensitive")) % {"element": element.title}
    return element.title


class CountryField(forms.ChoiceField):
    """The code of one country."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_countries, **kwargs)


def _countries() -> list[tuple[str, str]]:
    named = sorted((country_name(code), code) for code in NAMES)
    return [("", "–"), *((code, name) for name, code in named)]


class DocumentField(forms.FileField):
    """A PDF, PNG or JPEG by its own bytes, whatever it is called. Cleans to the bytes; nothing of the name is kept."""

    default_error_messages = {"required": _("Choose the file. After a mistake elsewhere it has to be chosen again.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _(
                "PDF, PNG or JPEG, up to 10 MB. If the form comes back to you, choose the file again: browsers forget it."
            ),
        )
        widget = forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        if isinstance(data, UploadedFile) and not 0 < (data.size or 0) <= MAX_BYTES:
            raise ValidationError(words_of(DocumentTooLarge()), code="size")
        file = super().clean(data, initial)
        content = file.read()
        try:
            kind_of(content)
        except NotADocument as refused:
            raise ValidationError(words_of(refused), code="kind") from None
        return content
