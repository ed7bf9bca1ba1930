"""How much a wording changed: what a proof-reader puts right is told from what changes a promise (CHG-b)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.slips import Rewording, rewording

pytestmark = pytest.mark.clause("CHG-b")

SLIPS = [
    ("We never recieve it.", "We never receive it."),
    ("Teh courier reads it.", "The courier reads it."),
    ("the courier reads it", "The courier reads it."),
    ("It  is read\nonce.", "It is read once"),
    ("It is read by courier.", "It is read by the courier."),
    ("It is is read once.", "It is read once."),
    ("It is read once.", "It is is read once."),
    ("your data base", "your database"),
    ("The authorisation lapses.", "The authorization lapses."),
    ("信息将提供到新加坡。", "信息将提供至新加坡。"),
    ("信息，将提供至新加坡", "信息将提供至新加坡。"),
    ("Ｔhe courier", "The courier"),
]
WORDS = [
    ("You may share it.", "You may sell it."),
    ("It is not read.", "It is now read."),
    ("It is read.", "It is not read."),
    ("We do so.", "We don't do so."),
    ("Kept for 30 days.", "Kept for 90 days."),
    ("It costs 12.5 in all.", "It costs 125 in all."),
    ("At most 5 % of it.", "At most 5 of it."),
    ("我们提供您的信息。", "我们出售您的信息。"),
    ("我们可以读取。", "我们不可以读取。"),
    ("Only the courier reads it.", "The courier reads it."),
    ("", "We sell it."),
    ("The courier reads your address.", "The courier reads your address and your name."),
]


@pytest.mark.parametrize(("old", "new"), SLIPS)
def test_what_a_proof_reader_puts_right_is_a_slip(old: str, new: str) -> None:
    assert rewording(old, new) is rewording(new, old) is Rewording.SLIP


@pytest.mark.parametrize(("old", "new"), WORDS)
def test_what_changes_a_promise_is_no_slip(old: str, new: str) -> None:
    assert rewording(old, new) is rewording(new, old) is Rewording.WORDS


@given(st.text())
def test_the_same_words_are_no_change(text: str) -> None:
    assert rewording(text, text) is Rewording.NONE


WORD = st.text("bcdfghjklmpqrsvwxyz", min_size=6, max_size=12)


@given(st.lists(WORD, min_size=1, max_size=30), st.data())
def test_one_letter_amiss_in_one_word_is_a_slip(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    letter = data.draw(st.integers(0, len(words[place]) - 1))
    wrong = words[place][:letter] + data.draw(st.sampled_from(["", "z"])) + words[place][letter + 1 :]
    old = " ".join(words)
    new = " ".join([*words[:place], wrong, *words[place + 1 :]])
    assert rewording(old, new) <= Rewording.SLIP


@given(st.lists(WORD, min_size=1, max_size=30), st.lists(st.sampled_from([" ", "  ", "\n", ", ", ". ", "; "])))
def test_spacing_and_punctuation_are_slips_at_most(words: list[str], between: list[str]) -> None:
    loose = "".join(word + (between[n] if n < len(between) else " ") for n, word in enumerate(words))
    assert rewording(" ".join(words), loose) <= Rewording.SLIP
    assert rewording(" ".join(words), " ".join(words).upper()) <= Rewording.SLIP
