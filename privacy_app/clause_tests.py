"""Which tests prove which clause, read from the marks in the tests' own code, where the tests are installed."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@lru_cache(maxsize=1)
def proving_tests() -> dict[str, tuple[str, ...]] | None:
    """The names of the tests that are marked with a clause, each as the sentence it is, by the clause's id.

    None where no tests are installed. Read once a process: a running server's tests do not change.
    """
    folder = Path(settings.BASE_DIR) / "tests"
    if not folder.is_dir():
        return None
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for clause, name in marked_tests(path.read_text(encoding="utf-8")):
            found.setdefault(clause, []).append(name.removeprefix("test_").replace("_", " "))
    return {clause: tuple(names) for clause, names in found.items()}


def marked_tests(source: str) -> Iterator[tuple[str, str]]:
    """Each clause that a module's tests are marked with, and the test's name: by decorator, by class, by module."""
    if "mark.clause" not in source:
        return
    module = ast.parse(source)
    yield from _marked(module.body, _assigned(module.body))


def _marked(body: list[ast.stmt], around: frozenset[str]) -> Iterator[tuple[str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _marked(node.body, around | _clauses(node.decorator_list) | _assigned(node.body))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for clause in sorted(around | _clauses(node.decorator_list)):
                yield clause, node.name


def _assigned(body: list[ast.stmt]) -> frozenset[str]:
    """The marks that `pytestmark` gives to everything beside it."""
    values = [
        node.value
        for node in body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
    ]
    return _clauses(values)


def _clauses(expressions: list[ast.expr]) -> frozenset[str]:
    """The ids in every `pytest.mark.clause("…")` in these expressions."""
    return frozenset(
        argument.value
        for expression in expressions
        for node in ast.walk(expression)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.clause"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )
