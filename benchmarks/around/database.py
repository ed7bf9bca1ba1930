"""A database for one run, beside the one that the environment names, and dropped after it; and a copy of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.db import connections
from psycopg import sql

_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL")


def _beside(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _administration() -> psycopg.Connection:
    owner = os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    return psycopg.connect(_beside(owner, "postgres"), autocommit=True)


@contextmanager
def database_of_its_own() -> Iterator[None]:
    """Point the environment at a new database; settings must be read within."""
    before = {name: os.environ[name] for name in _NAMES if name in os.environ}
    name = f"benchmark_{os.getpid()}"
    with _administration() as administration:
        administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        os.environ.update({variable: _beside(url, name) for variable, url in before.items()})
        try:
            yield
        finally:
            os.environ.update(before)
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def copy_of_database() -> Iterator[tuple[str, str]]:
    """The names of the run's database and of a copy of it, as it stands now; the copy is dropped afterwards."""
    name = str(connections["default"].settings_dict["NAME"])
    copy = f"{name}_copy"
    use_database(name)
    with _administration() as administration:
        administration.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(copy), sql.Identifier(name))
        )
        try:
            yield name, copy
        finally:
            use_database(name)
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


def use_database(name: str) -> None:
    """Have the product work on this one from now on."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
        connections[alias].settings_dict["NAME"] = name
