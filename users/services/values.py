"""Checking and normalising a value by the format that its data element declares."""

import re
from datetime import date

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from users.models.contacts import ContactIndex
from users.models.elements import DataElement, ValueFormat

MAX_LENGTH = 2000


def normalised_email(value: str) -> str:
    """An address in the form under which it is compared. Raises ValidationError."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        # Django's own error carries the value along.
        raise ValidationError(validate_email.message, code="email") from None
    return address


def normalised_phone(value: str) -> str:
    """A telephone number in E.164. Raises ValidationError."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Write the number with its country code, for example +86 138 0013 8000."), code="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalised_contact(kind: str, value: str) -> str:
    """An e-mail address or telephone number, as the contact index compares it. Raises ValidationError."""
    return normalised_email(value) if kind == ContactIndex.Kind.EMAIL else normalised_phone(value)


def normalised(element: DataElement, value: str) -> str:
    """The value as it is to be held. Raises ValidationError, which never quotes the value."""
    value = value.strip()
    if not value:
        raise ValidationError(_("Write a value."), code="empty")
    if len(value) > MAX_LENGTH:
        raise ValidationError(_("This is too long."), code="too_long")
    if "\x00" in value or not _is_whole(value):
        raise ValidationError(_("This holds a character that cannot be stored."), code="unstorable")
    match element.format:
        case ValueFormat.EMAIL:
            return normalised_email(value)
        case ValueFormat.PHONE:
            return normalised_phone(value)
        case ValueFormat.DATE:
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                raise ValidationError(
                    _("Write the date as year-month-day, for example 1990-05-17."), code="date"
                ) from None
        case ValueFormat.COUNTRY if not re.fullmatch("[A-Z]{2}", value):
            raise ValidationError(_("Write the country as two capital letters, for example CN."), code="country")
    return value


def _is_whole(value: str) -> bool:
    """Whether no character is half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
