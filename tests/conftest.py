"""A database for the run, migrated as its owner and used as the app's own role: privileges and triggers are real."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    name = f"test_privacy_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    owner = settings.DATABASES["owner"]
    parameters = {
        "dbname": owner["NAME"],
        "user": owner["USER"],
        "password": owner["PASSWORD"],
        "host": owner["HOST"] or None,
        "port": owner["PORT"] or None,
    }
    administration = psycopg.connect(**parameters, autocommit=True)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    administration.execute(drop)
    administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)
        call_command("prepare", verbosity=0)
    yield
    for alias in ("default", "owner"):
        connections[alias].close()
        getattr(connections[alias], "close_pool", lambda: None)()
    administration.execute(drop)
    administration.close()
