"""What two versions say differently: by clause and word by word, in English and Chinese, at a bounded cost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import differences
from consent.clauses import Document, document
from consent.differences import Change, Kind, Passage, Run, compare
from consent.models import PolicyText
from consent.models.policies import Text

pytestmark = [pytest.mark.clause("PRE-3"), pytest.mark.clause("CHG-a")]
TEXTS = Path(__file__).resolve().parents[2] / "consent/texts"
ENGLISH = (TEXTS / "policy-1.en.md").read_text(encoding="utf-8")
CHINESE = (TEXTS / "policy-1.zh-hans.md").read_text(encoding="utf-8")
MARKS = {Kind.KEPT: "{}", Kind.INSERTED: "+[{}]", Kind.DELETED: "-[{}]"}


def doc(markdown: str) -> Document:
    return document(PolicyText(markdown=markdown, sha256=Text.digest(markdown)))


def said(runs: tuple[Run, ...]) -> str:
    return "".join(MARKS[run.kind].format(run.text) for run in runs)


def between(before: str, after: str) -> list[str]:
    """The passages of one clause that differ, each written out."""
    frame = "# Policy\n\n## Part\n\n### DIS-a · Title\n\n"
    clause = compare(doc(frame + before), doc(frame + after)).clauses["DIS-a"]
    return [said(passage.runs) for passage in clause.passages if passage.change is not Change.UNCHANGED]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["en", "zh-hans"])
def test_a_text_differs_in_nothing_from_itself(text: str) -> None:
    difference = compare(doc(text), doc(text))
    assert difference.differing == ()
    assert set(difference.clauses) == set(doc(text).clauses)


@pytest.mark.parametrize(
    ("before", "after", "passages"),
    [
        ("We keep it for a year.", "We keep it for two years.", ["We keep it for-[ a year]+[ two years]."]),
        ("We keep it.", "We *keep*\nit.", []),
        ("We keep it.", "We keep it, too.", ["We keep it+[, too]."]),
        ("- one\n- two", "- one\n- one and a half\n- two", ["+[one and a half]"]),
        ("1. one\n2. two", "1. two", ["-[one]"]),
        ("我们会通知您。", "我们会立即通知您。", ["我们会+[立即]通知您。"]),
        ("保存 3 年。", "保存 13 年。", ["保存-[ 3]+[ 13] 年。"]),
        ("[Here](https://a.example).", "[Here](https://b.example).", None),
        ("[Here](#DIS-a).", "[Here](#DIS-b).", []),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 3 |", ["1 |-[ 2]+[ 3]"]),
        ("Whole.", "Something quite else here.", ["+[Something quite else here.]", "-[Whole.]"]),
    ],
)
def test_words_are_told_apart_that_were_added_and_removed(before: str, after: str, passages: list[str] | None) -> None:
    found = between(before, after)
    if passages is None:
        ((only),) = found
        assert "-[a]" in only
        assert "+[b]" in only
    else:
        assert found == passages


def test_a_few_words_between_two_larger_changes_are_taken_into_them() -> None:
    found = between("As we said, the old slow rule in all of it counts", "As we said, a new quick law in none counts")
    assert found == ["As we said,-[ the old slow rule in all of it]+[ a new quick law in none] counts"]


def clauses_of(*parts: tuple[str, list[str]]) -> Document:
    written = ["# Policy"]
    for title, clauses in parts:
        written.append(f"## {title}")
        written += [f"### {clause[:5]} · {clause}\n\nThe words of {clause}." for clause in clauses]
    return doc("\n\n".join(written))


BEFORE = clauses_of(("One", ["COL-a", "COL-b", "EXC-a"]), ("Two", ["DIS-a", "DIS-b"]))


@pytest.mark.parametrize(
    ("after", "changes"),
    [
        (
            clauses_of(("One", ["COL-a", "EXC-a"]), ("Two", ["DIS-a", "DIS-b", "DIS-c"])),
            {"COL-b": Change.REMOVED, "DIS-c": Change.ADDED},
        ),
        (clauses_of(("One", ["COL-a", "EXC-a", "COL-b"]), ("Two", ["DIS-a", "DIS-b"])), {"EXC-a": Change.MOVED}),
        (clauses_of(("One", ["COL-a", "COL-b"]), ("Two", ["EXC-a", "DIS-a", "DIS-b"])), {"EXC-a": Change.MOVED}),
        (clauses_of(("First", ["COL-a", "COL-b", "EXC-a"]), ("Two", ["DIS-a", "DIS-b"])), {}),
        (
            clauses_of(("One", ["COL-a", "COL-b", "EXC-a"]), ("Two", ["DIS-a with care", "DIS-b"])),
            {"DIS-a": Change.CHANGED},
        ),
    ],
    ids=["removed and added", "moved within", "moved across", "part renamed", "title changed"],
)
def test_clauses_are_matched_by_their_id(after: Document, changes: dict[str, Change]) -> None:
    found = compare(BEFORE, after).clauses
    assert {id_: one.change for id_, one in found.items() if not one.is_unchanged} == changes


def test_what_was_removed_stands_where_it_stood_and_a_part_under_another_title_is_the_same_part() -> None:
    after = clauses_of(("First", ["COL-a", "EXC-a"]), ("Two", ["DIS-a", "DIS-b"]))
    sections = compare(BEFORE, after).sections
    assert [section.id for section in sections if section.id] == ["COL-a", "COL-b", "EXC-a", "DIS-a", "DIS-b"]
    assert said(sections[1].title_runs) == "-[One]+[First]"


def test_a_section_without_an_id_is_known_by_its_title_and_if_that_changed_by_its_words() -> None:
    words = "Write to us, and we answer within a month, whatever you ask."
    before, after = (
        doc(f"# P\n\n## Your rights\n\n{words}"),
        doc(f"# P\n\n## What you may do\n\n{words} Free of charge."),
    )
    _, section = compare(before, after).sections
    assert said(section.title_runs) == "-[Your rights]+[What you may do]"
    assert [said(passage.runs) for passage in section.passages] == [f"{words}+[ Free of charge.]"]


# -- properties ------------------------------------------------------------------------------------

PIECES = """We keep it.
We keep it, too.
- an item
- another item
我们保存数据。
我们不保存数据。
1. first
> said
#### Small
a *b* c
[x](https://a.example)
    code
| a |"""
LINES = st.lists(st.sampled_from(PIECES.splitlines()), max_size=6)
IDS = st.lists(st.sampled_from(["", "COL-a", "DIS-a", "DIS-b", "DIS-c"]), max_size=4)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    written, used = ["# Policy"], set()
    for number in range(draw(st.integers(0, 2))):
        written += [draw(st.sampled_from(["## One", "## Two", f"## Part {number}"])), *draw(LINES)]
        for id_ in draw(IDS):
            if id_ in used:
                continue
            used |= {id_} - {""}
            written += [f"### {id_} · Title" if id_ else "### Title", *draw(LINES)]
    return doc("\n\n".join(written))


def all_words(text: Document) -> str:
    sections = [(text.title, text.blocks)]
    for part in text.parts:
        sections.append((part.title, part.blocks))
        sections += [(clause.title, clause.blocks) for clause in part.clauses]
    return "".join(sorted("".join([title, *(block.text for block in blocks)]) for title, blocks in sections))


def words_without(found: differences.Difference, kind: Kind) -> str:
    def left(runs: tuple[Run, ...]) -> str:
        return "".join(run.text for run in runs if run.kind is not kind)

    def whole(section: differences.ClauseDifference) -> str:
        return "".join([left(section.title_runs), *(left(passage.runs) for passage in section.passages)])

    return "".join(sorted(whole(section) for section in found.sections))


@given(documents(), documents())
def test_a_difference_holds_both_texts_whole(before: Document, after: Document) -> None:
    found = compare(before, after)
    bare = str.maketrans("", "", " ")
    assert sorted(words_without(found, Kind.DELETED).translate(bare)) == sorted(all_words(after).translate(bare))
    assert sorted(words_without(found, Kind.INSERTED).translate(bare)) == sorted(all_words(before).translate(bare))


@given(documents(), documents())
def test_the_other_way_round_what_was_added_is_removed(before: Document, after: Document) -> None:
    there, back = compare(before, after).clauses, compare(after, before).clauses
    opposite = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED, Change.CHANGED: Change.CHANGED}
    for id_, one in there.items():
        if one.change in opposite:
            assert back[id_].change is opposite[one.change]


@given(st.text(), st.text())
def test_two_lines_are_both_found_again_in_their_runs(before: str, after: str) -> None:
    old, new = " ".join(before.split()), " ".join(after.split())
    runs = differences._runs(old, new, differences._Steps(differences._STEPS))

    def without(kind: Kind) -> str:
        return "".join("".join(run.text for run in runs if run.kind is not kind).split())

    assert without(Kind.DELETED) == "".join(new.split())
    assert without(Kind.INSERTED) == "".join(old.split())


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" ".join(map(str, range(9_000))), " ".join(map(str, reversed(range(9_000))))),
        ("a b " * 9_000, "b b " + "a b " * 9_000 + "c"),
        ("\n\n".join(["a b c d e f"] * 1_500), "\n\n".join(["a b c d x y"] * 1_500)),
        ("One word. " * 4_000, "Other word. " * 4_000),
    ],
    ids=["reversed", "repetitive", "many paragraphs alike", "many sentences alike"],
)
def test_what_would_cost_too_much_by_words_is_still_told_whole(
    before: str, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[int] = []
    really = differences._Matcher.find_longest_match

    def counted(self: differences._Matcher, *args: int) -> object:
        left = self.steps_left
        try:
            return really(self, *args)
        finally:
            if self.steps_left >= 0:
                spent.append(left - self.steps_left)

    monkeypatch.setattr(differences._Matcher, "find_longest_match", counted)
    found = compare(doc(before), doc(after))
    assert sum(spent) <= differences._STEPS
    passages: list[Passage] = [passage for section in found.sections for passage in section.passages]
    shown = "".join(run.text for passage in passages for run in passage.runs if run.kind is not Kind.DELETED)
    assert "".join(shown.split()) == "".join(after.split())
