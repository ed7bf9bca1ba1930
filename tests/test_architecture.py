"""Rules over the whole: foreign keys run one way down, like the imports; reads live in queries, writes in services."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.urls import URLPattern, URLResolver, get_resolver

CHECKOUT = Path(__file__).resolve().parents[1]
OURS = ("ledger", "outbox", "users", "consent", "disclosure", "demo")
"""From the bottom up; what an app refers to stands before it."""


def _foreign_keys() -> Iterator[tuple[type[Model], str, type[Model]]]:
    for label in OURS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if isinstance(field, Field) and field.is_relation and isinstance(field.related_model, type):
                    yield model, field.name, field.related_model


def test_foreign_keys_run_one_way_down() -> None:
    upwards = [
        f"{model._meta.label}.{name} → {target._meta.label}"
        for model, name, target in _foreign_keys()
        if target._meta.app_label in OURS and OURS.index(target._meta.app_label) > OURS.index(model._meta.app_label)
    ]
    assert upwards == []


def test_there_are_foreign_keys_to_speak_of() -> None:
    assert len(list(_foreign_keys())) > 20


def _python_files() -> list[Path]:
    folders = ("privacy_app", "users", "consent", "disclosure", "demo")
    return [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base"}
    assert [path for path in _python_files() if path.stem in empty_names] == []


def test_only_the_edge_asks_the_clock() -> None:
    """Services, queries, facts and the gate get the time as `at=` or as a clock: what happened when is an argument."""
    inner = ("services", "queries", "facts", "gate", "records", "states")
    asking = []
    for path in _python_files():
        if not set(path.relative_to(CHECKOUT).with_suffix("").parts) & set(inner):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = ast.unparse(node.func)
                if name in ("timezone.now", "datetime.now", "datetime.utcnow", "time.time", "date.today"):
                    asking.append(f"{path.relative_to(CHECKOUT)}:{node.lineno}")
    assert asking == []


def test_every_permission_of_a_role_names_a_model_that_is_there() -> None:
    from users.roles import PERMISSIONS

    known = {
        f"{model._meta.app_label}.{action}_{model._meta.model_name}"
        for model in apps.get_models()
        for action in ("view", "add", "change", "delete")
    }
    assert frozenset().union(*PERMISSIONS.values()) - known == frozenset()


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, here)
        else:
            yield here


def test_every_page_stands_below_its_language() -> None:
    outside = [
        address
        for address in _addresses(get_resolver().url_patterns)
        if not address.startswith(
            ("api/v1/", "oauth/token", ".well-known/", *(f"{code}/" for code, _ in settings.LANGUAGES))
        )
    ]
    assert outside == []


@pytest.mark.clause("SEC-a")
def test_passwords_are_hashed_with_argon2() -> None:
    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
