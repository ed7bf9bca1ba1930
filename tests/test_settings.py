"""Production starts with every secret and server it needs, or says which is missing and does not start."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.servers import CHECKOUT, environment

REQUIRED = (
    "SECRET_KEY",
    "DATA_KEYS",
    "INDEX_KEYS",
    "LEDGER_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_HOSTS",
)


def production(data_dir: Path) -> dict[str, str]:
    """An environment in which production starts; none of its servers has to be there for that."""
    ring = "k1:" + base64.b64encode(bytes(32)).decode()
    return environment(
        PRODUCTION="true",
        DATA_DIR=str(data_dir),
        SECRET_KEY="of the test, and of fifty characters and more, as Django wants it",
        DATA_KEYS=ring,
        INDEX_KEYS=ring,
        LEDGER_KEYS=ring,
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
        REDIS_URL="redis://127.0.0.1:1/0",
        ALLOWED_HOSTS="privacy.example.org",
        DJANGO_SETTINGS_MODULE="privacy_app.settings",
    )


def python(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )


def started(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return python(environment, "-c", "import django; django.setup()")


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("empty", [True, False], ids=["empty", "missing"])
def test_production_does_not_start_without_each_of_its_secrets_and_servers(
    tmp_path: Path, name: str, empty: bool
) -> None:
    wanting = production(tmp_path)
    if empty:
        wanting[name] = ""
    else:
        del wanting[name]
    done = started(wanting)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"Production needs these environment variables: {name}")
    assert not list(tmp_path.iterdir())


@pytest.mark.clause("SEC-a")
def test_production_names_all_that_is_missing_at_once(tmp_path: Path) -> None:
    wanting = {name: value for name, value in production(tmp_path).items() if name not in REQUIRED}
    done = started(wanting)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(": " + ", ".join(REQUIRED))


@pytest.mark.clause("SEC-a")
def test_production_generates_no_secret_and_starts_no_server_of_its_own(tmp_path: Path) -> None:
    assert started(production(tmp_path)).returncode == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.clause("SEC-a")
def test_production_without_a_mail_server_prints_no_mail(tmp_path: Path) -> None:
    asked = "from django.conf import settings; print(settings.EMAIL_BACKEND)"
    done = python(production(tmp_path), "-c", asked)
    assert done.stdout.strip() == "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.clause("SEC-a")
def test_djangos_check_of_a_deployment_finds_nothing(tmp_path: Path) -> None:
    done = python(production(tmp_path), "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.django_db
def test_the_migrations_make_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
