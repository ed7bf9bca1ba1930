"""How staff name a person in what they post: by an id, or by a whole e-mail address."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from users.models import User
from users.queries import find_people
from users.services.values import normalised_email


def person_named(text: str) -> User | None:
    """The person of this id, or the owner of exactly this e-mail address."""
    text = text.strip()
    try:
        return User.objects.filter(pk=UUID(text)).first()
    except ValueError:
        pass
    try:
        address = normalised_email(text)
    except ValidationError:
        return None
    owner = find_people([("email", address)]).get(("email", address))
    return User.objects.filter(pk=owner).first() if owner else User.objects.filter(email__iexact=address).first()


class PersonField(forms.ModelChoiceField[User]):
    """One person. The message names nobody."""

    default_error_messages = {"invalid_choice": _("Nobody is known by exactly this id or address.")}

    def to_python(self, value: Any) -> User | None:
        if value in self.empty_values:
            return None
        person = value if isinstance(value, User) else person_named(str(value))
        if person is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return person
