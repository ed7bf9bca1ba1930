"""A database for one run, beside the one that the environment names, and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL")


def _beside(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def database_of_its_own() -> Iterator[None]:
    """Point the environment at a new database; settings must be read within."""
    before = {name: os.environ[name] for name in _NAMES if name in os.environ}
    name = f"benchmark_{os.getpid()}"
    owner = before.get("DATABASE_OWNER_URL", before["DATABASE_URL"])
    with psycopg.connect(_beside(owner, "postgres"), autocommit=True) as administration:
        administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        os.environ.update({variable: _beside(url, name) for variable, url in before.items()})
        try:
            yield
        finally:
            os.environ.update(before)
            administration.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
