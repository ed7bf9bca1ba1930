"""The margin and the register behind it: every clause has a control, tests and a note for each reader."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone, translation

from consent.clauses import document
from consent.margin import margin_for, writers_of
from consent.models import PolicyText
from consent.models.policies import Text
from disclosure.contributing import Refusal
from disclosure.filing_gate import FilingReason
from disclosure.gate import Ground, Reason
from privacy_app.clause_tests import marked_tests, proving_tests
from privacy_app.clauses import BY_ID, REGISTER, Heading, heading_of
from privacy_app.ledger.actors import SYSTEM
from privacy_app.ledger.queries import COUNTED, Certainty, evidence_of
from privacy_app.ledger.services import Draft, append_all
from tests.admin_makers import make_staff
from tests.consent.makers import browser_of, someone, text_of
from users.roles import Role

CHECKOUT = Path(__file__).resolve().parents[2]
CLAUSE = re.compile(r"\b(?:PRE|COL|EXC|USE|DIS|STO|COO|SEC|CHG)-[0-9a-z]\b")
POLICY = "/en/policy/"


# -- the register ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_register_has_the_clauses_of_the_shipped_policy_in_its_order_and_under_its_titles(language: str) -> None:
    markdown = (CHECKOUT / f"consent/texts/policy-1.{language}.md").read_text(encoding="utf-8")
    clauses = document(PolicyText(markdown=markdown, sha256=Text.digest(markdown))).clauses
    with translation.override(language):
        assert {id_: clause.title for id_, clause in clauses.items()} == {one.id: one.title for one in REGISTER}
    assert list(clauses) == [promise.id for promise in REGISTER]


@pytest.mark.parametrize("promise", REGISTER, ids=lambda promise: promise.id)
def test_the_code_that_keeps_a_clause_is_there(promise: object) -> None:
    for name in BY_ID[promise.id].control:  # type: ignore[attr-defined]
        module, _, attribute = name.rpartition(".")
        assert module.partition(".")[0] in ("privacy_app", "users", "consent", "disclosure")
        assert getattr(import_module(module), attribute), name


def _kinds_written() -> set[str]:
    """Every constant in the code that could be a kind of ledger entry."""
    return {constant for _, constant in _constants() if re.fullmatch(r"[a-z_]+\.[a-z_]+", constant)}


def _constants() -> Iterator[tuple[Path, str]]:
    for app in ("privacy_app", "users", "consent", "disclosure", "demo"):
        for path in (CHECKOUT / app).rglob("*.py"):
            if "migrations" in path.parts or path.name == "clauses.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path, node.value


def test_every_kind_of_evidence_is_one_that_the_code_writes() -> None:
    kinds = {kind for promise in REGISTER for kind in promise.evidence}
    assert kinds - _kinds_written() == set()


def test_whatever_cites_a_clause_cites_one_of_the_register() -> None:
    reasons = {reason.clause for each in (Reason, FilingReason, Refusal) for reason in each}
    grounds = {ground.clause for ground in Ground}
    assert reasons | grounds <= set(BY_ID)
    in_code = {(path.name, id_) for path, words in _constants() for id_ in CLAUSE.findall(words)}
    in_templates = {
        (path.name, id_)
        for path in (CHECKOUT / "templates").rglob("*")
        if path.is_file()
        for id_ in CLAUSE.findall(path.read_text(encoding="utf-8"))
    }
    in_tests = {("tests", id_) for id_ in proving_tests() or ()}
    assert len(in_code) > 50
    assert {(where, id_) for where, id_ in in_code | in_templates | in_tests if id_ not in BY_ID} == set()


def test_each_clause_stands_under_one_heading_and_what_is_in_no_register_goes_by_its_family() -> None:
    assert {heading_of(id_) for id_ in BY_ID} == set(Heading)
    assert {id_ for id_ in BY_ID if id_.startswith("DIS")} <= {
        id_ for id_ in BY_ID if heading_of(id_) is Heading.DISCLOSED
    }
    assert heading_of("DIS-z") is Heading.DISCLOSED
    assert heading_of("ZZZ-z") is heading_of("") is Heading.GENERAL


def test_marks_are_read_from_modules_classes_and_decorators() -> None:
    source = """
pytestmark = [pytest.mark.clause("PRE-1"), pytest.mark.django_db]
@pytest.mark.clause("DIS-a")
@pytest.mark.clause("DIS-b")
def test_one(): ...
def helper(): ...
@pytest.mark.clause("SEC-a")
class TestSeveral:
    def test_two(self): ...
"""
    found = sorted(marked_tests(source))
    assert found == [
        ("DIS-a", "test_one"),
        ("DIS-b", "test_one"),
        ("PRE-1", "test_one"),
        ("PRE-1", "test_two"),
        ("SEC-a", "test_two"),
    ]
    assert list(marked_tests("def test_three(): ...")) == []


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_clause_lacks_a_control_a_test_or_a_note() -> None:
    printed = StringIO()
    call_command("clauses", "--json", stdout=printed)
    lines = json.loads(printed.getvalue())
    assert [line["id"] for line in lines] == list(BY_ID)
    assert [line["missing"] for line in lines] == [[]] * len(lines)
    assert all(line["tests"] and line["control"] and all(line["notes"].values()) for line in lines)


@pytest.mark.django_db
def test_the_command_prints_a_table_and_fails_where_something_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = StringIO()
    call_command("clauses", stdout=printed)
    table = printed.getvalue()
    assert "DIS-a  With your consent" in table
    assert "consent.services.consents.change" in table
    monkeypatch.setattr("consent.keeping.proving_tests", lambda: {"DIS-a": ("one",)})
    with pytest.raises(CommandError, match="PRE-1: test") as raised:
        call_command("clauses", stdout=StringIO())
    assert raised.value.returncode == 1
    monkeypatch.setattr("consent.keeping.proving_tests", lambda: None)
    call_command("clauses", stdout=StringIO())


# -- what the ledger holds -------------------------------------------------------------------------


@pytest.mark.django_db
def test_evidence_is_counted_up_to_a_bound_and_then_estimated_and_the_newest_is_known() -> None:
    now = timezone.now()
    with transaction.atomic():
        numbers = append_all(
            Draft(kind, None, SYSTEM, {}, now + timedelta(seconds=place))
            for place, kind in enumerate(["test.rare"] * 3 + ["test.often"] * (COUNTED + 50))
        )
    found = evidence_of(["test.rare", "test.often", "test.never"])
    assert set(found) == {"test.rare", "test.often"}
    rare, often = found["test.rare"], found["test.often"]
    assert (rare.count, rare.certainty, rare.last_seq) == (3, Certainty.EXACT, numbers[2])
    assert (often.count, often.certainty, often.last_seq) == (COUNTED + 1, Certainty.AT_LEAST, numbers[-1])
    both = rare | often
    assert (both.count, both.certainty, both.last_at) == (COUNTED + 4, Certainty.AT_LEAST, often.last_at)


@pytest.mark.clause("PRE-1")
def test_what_is_more_than_is_counted_is_estimated_once_there_are_statistics(committed_db: str) -> None:
    with transaction.atomic():
        append_all(Draft("test.often", None, SYSTEM, {}, timezone.now()) for _ in range(COUNTED * 3))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE ledger_entry")
    often = evidence_of(["test.often"])["test.often"]
    assert (often.count, often.certainty) == (COUNTED * 3, Certainty.ESTIMATED)


# -- the margin ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_reader_has_a_note_on_every_clause_each_from_one_writer() -> None:
    now, ada = timezone.now(), someone()
    for reader in (None, ada):
        assert set(margin_for(reader, at=now)) == set(BY_ID)
        assert {clause: names for clause, names in writers_of(reader, at=now).items() if len(names) > 1} == {}
    general = {clause for clause, note in margin_for(ada, at=now).items() if note.is_general}
    # What stands in the register alone says nothing of the person.
    assert general <= {"COO-a", "COO-b", "COO-c", "CHG-b"}


@pytest.mark.django_db
@pytest.mark.clause("PRE-3")
def test_a_visitor_reads_what_happens_in_general_and_nothing_for_staff() -> None:
    page = Client(SERVER_NAME="localhost").get(POLICY)
    text = text_of(page)
    assert text.count("margin-note__clause") == len(BY_ID)
    assert "Nothing leaves without a decision on record." in text
    assert "For you, now" not in text
    assert "For staff" not in text
    assert not page.cookies


@pytest.mark.django_db
@pytest.mark.clause("SEC-a")
def test_a_person_reads_what_it_means_for_them_with_a_link_to_act() -> None:
    text = text_of(browser_of(someone()).get(POLICY))
    assert "No request for data of yours was refused." in text
    assert "1 log-in is open. No second factor is on." in text
    assert 'href="/en/me/security/"' in text
    assert "For staff" not in text


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
def test_staff_read_what_keeps_a_clause_its_tests_and_its_last_evidence() -> None:
    editor, officer = make_staff(Role.POLICY_EDITOR), make_staff(Role.SECURITY_OFFICER, email="otto@lantern.example")
    text = text_of(browser_of(editor).get(POLICY))
    assert text.count("For staff") == len(BY_ID)
    assert "disclosure.gate.decide" in text
    assert "tests prove it" in text
    assert "1 entry on the ledger." in text
    assert "/admin/ledger/entry/" not in text
    assert "/admin/ledger/entry/" in text_of(browser_of(officer).get(POLICY))


@pytest.mark.django_db
@pytest.mark.clause("PRE-1")
def test_where_no_tests_are_installed_the_margin_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.keeping.proving_tests", lambda: None)
    assert "The tests are not installed here." in text_of(browser_of(make_staff(Role.REVIEWER)).get(POLICY))
