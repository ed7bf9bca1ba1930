"""A choice as a cookie holds it, and what holds then: pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import reading
from consent.cookie_choice import Choice, Standing, from_text, newer, sends_signal, to_text
from consent.cookies import OPTIONAL, CookieClass

NOW = datetime(2030, 5, 3, 12, tzinfo=UTC)
LASTS = timedelta(days=180)
PERSONALISED, PROMOTIONAL = OPTIONAL

classes = st.sets(st.sampled_from(OPTIONAL)).map(frozenset)
ages = st.integers(0, int(LASTS.total_seconds()) - 1).map(lambda seconds: timedelta(seconds=seconds))
choices = st.builds(
    lambda chosen, age, despite: Choice(chosen, NOW - age, despite and PROMOTIONAL in chosen),
    classes,
    ages,
    st.booleans(),
)


@pytest.mark.clause("COO-b")
@given(choices)
def test_a_choice_is_read_as_it_was_written(choice: Choice) -> None:
    assert from_text(to_text(choice), lasts=LASTS, at=NOW) == choice


@pytest.mark.clause("COO-b")
@given(choices, st.integers(0, 10**9))
def test_a_choice_ends_with_its_time(choice: Choice, seconds: int) -> None:
    later = choice.made_at + LASTS + timedelta(seconds=seconds)
    assert from_text(to_text(choice), lasts=LASTS, at=later) is None


@pytest.mark.clause("COO-a")
@given(st.text(max_size=60))
def test_whatever_else_a_cookie_holds_is_no_choice(text: str) -> None:
    choice = from_text(text, lasts=LASTS, at=NOW)
    assert choice is None or to_text(choice) == text


@pytest.mark.clause("COO-a")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.everything.{now}",
        "1.promotional+personalised.{now}",
        "2.personalised.{now}",
        "1.personalised.{later}",
        "1.personalised.{now}.despite-gpc",
        "1.promotional.{now}.despite-gpc ",
        "1.personalised.99999999999",
        "1.personalised.-1",
        "1.personalised.١٢٣",
    ],
)
def test_a_choice_that_nobody_can_have_made_here_counts_for_nothing(text: str) -> None:
    now = int(NOW.timestamp())
    assert from_text(text.format(now=now, later=now + 3600), lasts=LASTS, at=NOW) is None


@pytest.mark.clause("COO-b")
def test_of_two_choices_the_later_one_holds() -> None:
    early, late = Choice(frozenset(), NOW), Choice(frozenset(OPTIONAL), NOW + timedelta(seconds=1))
    assert newer(early, late) is newer(late, early) is late
    assert newer(None, early) is newer(early, None) is early
    # A browser keeps whole seconds, an account more.
    assert newer(Choice(frozenset(), NOW + timedelta(milliseconds=9)), early) != early


@pytest.mark.clause("COO-a")
@pytest.mark.parametrize(
    ("header", "is_sent"),
    [
        (None, False),
        ("", False),
        ("1", True),
        ("0", False),
        ("01", False),
        ("1.0", False),
        ("11", False),
        ("true", False),
        ('"1"', False),
        ("1;a", False),
        ("１", False),
        # Several headers, as servers join them.
        ("0,1", True),
        ("1,1", True),
        ("0, 1", True),
        ("0,0", False),
        (",", False),
    ],
)
def test_the_signal_is_the_character_one_and_one_of_several_headers_is_enough(header: str, is_sent: bool) -> None:
    assert sends_signal(header) is is_sent


@pytest.mark.clause("COO-a")
@given(st.none() | choices, st.booleans(), st.booleans())
def test_only_what_was_chosen_is_allowed_and_the_signal_yields_to_a_choice_by_name_alone(
    choice: Choice | None, signal: bool, without: bool
) -> None:
    standing = Standing(choice, signal, without)
    assert standing.allows(CookieClass.NECESSARY) is not without
    assert standing.classes <= (choice.classes if choice and not without else frozenset())
    if choice and not without:
        assert standing.has_personalised == (PERSONALISED in choice.classes)
        assert standing.has_promotional == (PROMOTIONAL in choice.classes and (not signal or choice.despite_signal))
        assert standing.is_held_back == (PROMOTIONAL in choice.classes and not standing.has_promotional)


@given(st.text(max_size=20))
def test_how_somebody_reads_is_one_of_nine_words_or_nothing(text: str) -> None:
    found = reading.from_text(text)
    assert found is None or str(found) == text
