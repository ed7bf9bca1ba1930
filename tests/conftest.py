"""A real PostgreSQL for every test, used as the app's own role: privileges and triggers are real.

Each worker works on a copy of one migrated template. A test that commits for good (several connections, real
processes) says so with `committed_db` and leaves a fresh copy behind: Django's flush would meet the triggers.
"""

import os
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from consent.cookies import cookie_refused
from privacy_app.embedded.filelocks import exclusive

_TEMPLATE = "test_privacy_template"

# No test is timed: how long an example takes says how busy the machine is.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


def _administration() -> psycopg.Connection:
    parameters = connections["owner"].get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    wanted = {name: parameters[name] for name in known if parameters.get(name)}
    return psycopg.connect(**{**wanted, "dbname": "postgres"}, autocommit=True)


def _close() -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]


def _use(name: str) -> None:
    _close()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name


def _drop(administration: psycopg.Connection, name: str) -> None:
    """Drop a database. An autovacuum in it is not the owner's to end: it is waited for."""
    for _ in range(100):
        try:
            administration.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{name} cannot be dropped")


def _copy(name: str) -> None:
    """Put a fresh copy of the template in this database's place."""
    _close()
    with _administration() as administration:
        _drop(administration, name)
        administration.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_TEMPLATE))
        )


def _make_template() -> None:
    with _administration() as administration:
        administration.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_TEMPLATE)))
        administration.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_TEMPLATE)))
    _use(_TEMPLATE)
    call_command("migrate", verbosity=0)
    call_command("prepare", verbosity=0)
    _close()


@pytest.fixture(scope="session")
def database_name(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: pytest.FixtureRequest
) -> str:
    """This worker's own database, copied from the template that the first worker makes."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    name = f"test_privacy_{worker_id}"
    with exclusive(shared / "template.lock"), django_db_blocker.unblock():  # type: ignore[attr-defined]
        if not (shared / "template.made").exists():
            _make_template()
            (shared / "template.made").touch()
        _copy(name)
    _use(name)
    return name


@pytest.fixture(scope="session")
def django_db_setup(database_name: str) -> Iterator[None]:
    yield
    _close()


@pytest.fixture
def committed_db(database_name: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Real commits, seen by every connection; gone after the test. The name of the database."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield database_name
        _copy(database_name)


@pytest.fixture(scope="session", autouse=True)
def cache_of_its_own(worker_id: str) -> None:
    """Workers share one Redis, and each empties its cache after a test: so each has a database of it for itself."""
    if settings.REDIS_URL and worker_id != "master":
        number = int(worker_id.removeprefix("gw")) + 1
        settings.CACHES["default"]["LOCATION"] = urlsplit(settings.REDIS_URL)._replace(path=f"/{number}").geturl()
        cache.close()
        del caches["default"]


@pytest.fixture(scope="session")
def redis_url_for_processes(worker_id: str) -> str:
    """A Redis database for the processes that tests start, of which nobody else knows."""
    number = 8 if worker_id == "master" else 9 + int(worker_id.removeprefix("gw"))
    url: str = urlsplit(settings.REDIS_URL)._replace(path=f"/{number}").geturl()
    return url


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits and quotas of one test are none of the next one's."""
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def refused_cookies() -> Iterator[list[str]]:
    """No page tries to set a cookie that is not in the register, or not allowed (COO-a); a test that does empties this."""
    names: list[str] = []

    def note(name: str, **kwargs: object) -> None:
        names.append(name)

    cookie_refused.connect(note)
    yield names
    cookie_refused.disconnect(note)
    assert names == []


@pytest.fixture
def database_urls_of(committed_db: str) -> Callable[[], dict[str, str]]:
    """The environment in which another process works on this test's database."""

    def urls() -> dict[str, str]:
        return {
            name: os.environ[name].replace("/privacy?", f"/{committed_db}?")
            for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
        }

    return urls
