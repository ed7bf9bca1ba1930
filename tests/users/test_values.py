"""Values as they are to be held: one form for what is the same, and no error that says what was written."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from users.models import DataElement
from users.models.elements import ValueFormat
from users.services.values import MAX_LENGTH, normalised, normalised_contact, normalised_email, normalised_phone

TEXT, EMAIL, PHONE, DATE, COUNTRY = (
    DataElement(key=f"test.{value}", format=value)
    for value in (ValueFormat.TEXT, ValueFormat.EMAIL, ValueFormat.PHONE, ValueFormat.DATE, ValueFormat.COUNTRY)
)

SAID = {
    "Write a value.",
    "This is too long.",
    "This holds a character that cannot be stored.",
    "Enter a valid email address.",
    "Write the number with its country code, for example +86 138 0013 8000.",
    "Write the date as year-month-day, for example 1990-05-17.",
    "Write the country as two capital letters, for example CN.",
}


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize(
    ("element", "written", "held"),
    [
        (TEXT, "  Ada  Lin\n", "Ada  Lin"),
        (TEXT, "林爱达 𝄞", "林爱达 𝄞"),
        (TEXT, "x" * MAX_LENGTH + " ", "x" * MAX_LENGTH),
        (EMAIL, " Ada.Lin+News@Lantern.EXAMPLE ", "ada.lin+news@lantern.example"),
        (EMAIL, "ada@例子.公司", "ada@例子.公司"),
        (PHONE, "+86 138 0013 8000", "+8613800138000"),
        (PHONE, "+86-138-0013-8000", "+8613800138000"),
        (PHONE, "+86 138 0013 8000", "+8613800138000"),
        (PHONE, "+861 3800 138000", "+8613800138000"),
        (PHONE, "＋８６１３８００１３８０００", "+8613800138000"),
        (PHONE, "+44 (0)20 7946 0018", "+442079460018"),
        (DATE, "1990-05-17", "1990-05-17"),
        (DATE, "19900517", "1990-05-17"),
        (DATE, "2000-02-29", "2000-02-29"),
        (COUNTRY, " CN ", "CN"),
    ],
)
def test_a_value_is_held_in_one_form(element: DataElement, written: str, held: str) -> None:
    assert normalised(element, written) == held
    assert normalised(element, held) == held


@pytest.mark.clause("COL-b")
@pytest.mark.parametrize(
    ("element", "written", "code"),
    [
        (TEXT, "", "empty"),
        (TEXT, " \n\t ", "empty"),
        (TEXT, "x" * (MAX_LENGTH + 1), "too_long"),
        (TEXT, "secret\x00", "unstorable"),
        (TEXT, "secret\ud800", "unstorable"),
        (EMAIL, "secret", "email"),
        (EMAIL, "secret@", "email"),
        (EMAIL, "secret@lantern", "email"),
        (EMAIL, "secret secret@lantern.example", "email"),
        (EMAIL, "secret@lantern.example, b@lantern.example", "email"),
        (EMAIL, "secret@lantern.example\nBcc: b@lantern.example", "email"),
        (PHONE, "secret", "phone"),
        (PHONE, "13800138000", "phone"),
        (PHONE, "+86 138", "phone"),
        (PHONE, "+999 1234567890", "phone"),
        (PHONE, "+86 139 0013 9000 8000 8000", "phone"),
        (DATE, "secret", "date"),
        (DATE, "17.5.1990", "date"),
        (DATE, "2001-02-29", "date"),
        (DATE, "1990-05-17T12:00", "date"),
        (COUNTRY, "secret", "country"),
        (COUNTRY, "cn", "country"),
        (COUNTRY, "CHN", "country"),
    ],
)
def test_what_is_no_such_value_is_refused_without_being_quoted(element: DataElement, written: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalised(element, written)
    assert refused.value.code == code
    said = repr(refused.value) + str(refused.value) + str(refused.value.params)
    assert "secret" not in said and "139 0013" not in said and refused.value.params is None


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("element", [TEXT, EMAIL, PHONE, DATE, COUNTRY], ids=lambda element: element.key)
@given(written=st.text(st.characters(min_codepoint=0)))
def test_whatever_is_written_is_held_in_one_form_or_refused_unquoted(element: DataElement, written: str) -> None:
    try:
        held = normalised(element, written)
    except ValidationError as refused:
        assert refused.params is None
        assert refused.messages == [str(refused.message)] and refused.message in SAID
    else:
        assert normalised(element, held) == held
        assert held.encode().decode() == held


@pytest.mark.clause("DIS-a")
def test_contact_addresses_are_compared_in_the_form_in_which_they_are_held() -> None:
    assert normalised_contact("email", " Ada@Lantern.Example") == normalised_email("ada@lantern.example")
    assert normalised_contact("phone", "+86 138 0013 8000") == normalised_phone("+8613800138000")
    for kind, address in (("email", "+8613800138000"), ("phone", "ada@lantern.example"), ("email", ""), ("phone", "")):
        with pytest.raises(ValidationError):
            normalised_contact(kind, address)
