"""What the documents say is there: links, variables, commands, decisions."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from disclosure.gate import Audience, Reason
from tests.servers import CHECKOUT

DOCUMENTS = sorted([*(CHECKOUT / "docs").rglob("*.md"), CHECKOUT / "CHANGELOG.md", CHECKOUT / "README.md"])
DECISIONS = sorted((CHECKOUT / "docs" / "adr").glob("0*.md"))
_LINK = re.compile(r"\[[^\]]*\]\(\s*([^)\s]+)\s*\)")
_CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def _prose(document: Path) -> str:
    return _CODE.sub("", document.read_text(encoding="utf-8"))


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as they are made where such documents are shown."""
    headings = re.findall(r"^#+ (.+)$", _prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _named(document: Path) -> str:
    return str(document.relative_to(CHECKOUT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_named)
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in _LINK.findall(_prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_each_document_is_reached_from_another() -> None:
    reached = {
        (document.parent / link.partition("#")[0]).resolve()
        for document in DOCUMENTS
        for link in _LINK.findall(_prose(document))
        if not link.startswith("#")
    }
    guides = {"architecture.md", "operate.md", "user-guide.md", "partner-guide.md", "staff-guide.md"}
    assert {path.name for path in (CHECKOUT / "docs").glob("*.md")} == guides
    assert {decision for decision in DECISIONS if decision not in reached} == set()


def _texts(node: ast.AST) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


def _variables_read(path: Path) -> set[str]:
    """The environment variables that a file asks for, by `env.str("NAME")`, `os.environ.get("NAME")`, `_number("NAME")`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if called.startswith(("env.", "os.environ.")) or called in ("_number", "_database"):
                names |= _texts(node.args[0])
    return {name for name in names if re.fullmatch("[A-Z_]+", name)}


def _demanded() -> set[str]:
    """What settings demand in production."""
    for node in ast.walk(ast.parse((CHECKOUT / "privacy_app" / "settings.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "required":
            return _texts(node.value)
    raise AssertionError("settings no longer say what is required")


READERS = ("privacy_app/settings.py", "privacy_app/embedded/options.py")


def _table() -> dict[str, str]:
    """The rows of operate.md's table of variables, by name."""
    text = (CHECKOUT / "docs" / "operate.md").read_text(encoding="utf-8")
    section = text.partition("## Environment variables")[2].partition("\n## ")[0]
    return {name: row for row in section.splitlines() for name in re.findall(r"^\| `([A-Z_]+)` \|", row)}


def test_the_table_of_variables_is_complete_and_names_no_other() -> None:
    read = set().union(*(_variables_read(CHECKOUT / reader) for reader in READERS))
    assert len(read) > 20
    assert set(_table()) == read


def test_the_table_says_what_production_demands() -> None:
    assert {name for name, row in _table().items() if "**required.**" in row} == _demanded()


def test_the_sample_environment_sets_what_is_demanded_and_nothing_unknown() -> None:
    sample = (CHECKOUT / "deploy" / "privacy.env.example").read_text(encoding="utf-8")
    names = set(re.findall(r"^([A-Z_]+)=", sample, re.MULTILINE))
    assert _demanded() <= names <= set(_table())


@pytest.mark.parametrize("document", DOCUMENTS, ids=_named)
def test_every_management_command_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"\b(?:manage\.py|deploy/manage) ([a-z_]+)", document.read_text(encoding="utf-8"))
    assert set(named) <= set(get_commands())


def test_the_services_run_commands_that_exist() -> None:
    units = "\n".join(unit.read_text(encoding="utf-8") for unit in (CHECKOUT / "deploy").glob("*.service"))
    named = re.findall(r"manage\.py ([a-z_]+)", units)
    assert {"migrate", "prepare", "collectstatic", "verify_ledger"} == set(named) <= set(get_commands())


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_numbered_and_listed(decision: Path) -> None:
    lines = decision.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 30
    assert lines[0].startswith(f"# {decision.name[:4]} ")
    for heading in ("**Status:**", "## Context", "## Decision", "## Consequences"):
        assert any(line.startswith(heading) for line in lines), heading
    listed = (CHECKOUT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    title = lines[0].partition(" ")[2][5:]
    assert f"| [{decision.name[:4]}]({decision.name}) | {title} |" in listed


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(decision.name[:4]) for decision in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_what_the_code_refers_to_is_there() -> None:
    folders = ("privacy_app", "users", "consent", "disclosure", "demo", "script", "deploy", "tests")
    files = [
        path for folder in folders for path in (CHECKOUT / folder).rglob("*") if path.suffix in (".py", "", ".html")
    ]
    named = {
        reference
        for path in files
        if path.is_file()
        for reference in re.findall(r"\bdocs/[\w/.-]*\w", path.read_text(encoding="utf-8"))
        if "/v1/" not in reference
    }
    assert "docs/adr/0004" in named
    assert [name for name in named if not list(CHECKOUT.glob(f"{name}*"))] == []


def test_the_partner_guide_explains_every_reason_that_partners_hear() -> None:
    text = (CHECKOUT / "docs" / "partner-guide.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \| ([\w-]+) \| (.+) \|$", text, re.MULTILINE))
    told = {reason for reason in Reason if reason.audience is Audience.PARTNER}
    assert rows >= {(reason.code, reason.clause, reason.message) for reason in told}
    assert not any(f"`{reason.code}`" in text for reason in set(Reason) - told)
