"""The embedded default: what starts when nothing was installed first, and what stays when it stops."""

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from privacy_app.crypto import KeyRing
from privacy_app.embedded import CannotStart, database_urls, demo_file, secrets, system_user
from privacy_app.embedded.keystore import all_secrets
from privacy_app.embedded.options import Options
from privacy_app.embedded.postgres import Use, release
from privacy_app.embedded.postmaster import Postmaster, at_work_in
from tests.servers import CHECKOUT, Server, answers, environment

# -- secrets ----------------------------------------------------------------------------------------


def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    made = secrets(tmp_path / "new")
    assert secrets(tmp_path / "new") == made
    for name in ("DATA_KEYS", "INDEX_KEYS", "LEDGER_KEYS"):
        assert KeyRing(made[name], name=name).newest.id == "k1"


def test_passwords_of_database_roles_are_not_for_theenvironment(tmp_path: Path) -> None:
    assert set(all_secrets(tmp_path)) - set(secrets(tmp_path)) == {
        "POSTGRES_PASSWORD",
        "OWNER_PASSWORD",
        "APP_PASSWORD",
    }


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    secrets(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new" / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_two_who_race_get_the_same_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: all_secrets(tmp_path), range(32)))
    assert all(each == made[0] for each in made)


def test_a_secret_that_a_later_version_needs_is_added_to_the_others(tmp_path: Path) -> None:
    made = all_secrets(tmp_path)
    older = {name: value for name, value in made.items() if name != "LEDGER_KEYS"}
    (tmp_path / "secrets.json").write_text(json.dumps(older))
    assert {**all_secrets(tmp_path), "LEDGER_KEYS": ""} == {**made, "LEDGER_KEYS": ""}
    assert secrets(tmp_path)["LEDGER_KEYS"]


@pytest.mark.parametrize("content", ["", "[]", '{"SECRET_KEY": '])
def test_damaged_secrets_are_never_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(CannotStart, match="restore it from a backup"):
        secrets(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == content


def test_no_new_secrets_beside_old_data(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with pytest.raises(CannotStart, match=r"its secrets\.json is gone"):
        secrets(tmp_path)


# -- PostgreSQL -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    data_dir = tmp_path_factory.mktemp("data").resolve()
    yield database_urls(data_dir, durable=False)
    release(data_dir)


@pytest.fixture
def owner(urls: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(urls["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def app(urls: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(urls["DATABASE_URL"], autocommit=True) as connection:
        yield connection


def test_the_app_uses_what_the_owner_creates(owner: psycopg.Connection, app: psycopg.Connection) -> None:
    owner.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, name text)")
    app.execute("INSERT INTO thing (name) VALUES ('a')")
    app.execute("UPDATE thing SET name = 'b'")
    assert app.execute("SELECT id, name FROM thing").fetchall() == [(1, "b")]
    app.execute("DELETE FROM thing")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "TRUNCATE owned",
        "DROP TABLE owned",
        "ALTER TABLE owned DISABLE TRIGGER ALL",
        "SET ROLE privacy_owner",
        "COPY owned TO PROGRAM 'cat'",
    ],
)
def test_the_app_owns_nothing_and_cannot_change_that(
    owner: psycopg.Connection, app: psycopg.Connection, statement: str
) -> None:
    owner.execute("CREATE TABLE IF NOT EXISTS owned (id int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_neither_role_is_a_superuser(owner: psycopg.Connection) -> None:
    roles = owner.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolbypassrls, rolreplication, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'privacy%%' ORDER BY rolname",
    ).fetchall()
    assert roles == [
        ("privacy_app", False, False, False, False, False),
        ("privacy_owner", False, False, False, False, True),
    ]


def test_a_database_of_tests_has_the_same_privileges(owner: psycopg.Connection, urls: dict[str, str]) -> None:
    owner.execute("CREATE DATABASE other")
    with psycopg.connect(urls["DATABASE_OWNER_URL"], dbname="other") as elsewhere:
        elsewhere.execute("CREATE TABLE thing (id int)")
    with psycopg.connect(urls["DATABASE_URL"], dbname="other") as elsewhere:
        elsewhere.execute("INSERT INTO thing VALUES (1)")
    owner.execute("DROP DATABASE other WITH (FORCE)")


@pytest.mark.parametrize("role", ["postgres", "privacy_owner", "privacy_app"])
def test_nobody_gets_in_without_the_password(urls: dict[str, str], role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(urls["DATABASE_URL"], user=role, password="guess")


def test_a_failed_statement_leaves_no_value_in_the_log(app: psycopg.Connection, owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        app.execute("SELECT 'somebody@example.org'::uuid")
    directory = owner.info.host
    assert "somebody@" not in (Path(directory) / "log").read_text()


def test_the_last_to_leave_stops_the_server(tmp_path: Path) -> None:
    first, second = Use(tmp_path, durable=False), Use(tmp_path, durable=False)
    first.begin()
    second.begin()
    assert first.urls == second.urls
    first.end()
    psycopg.connect(second.urls["DATABASE_URL"]).close()
    second.end()
    assert not at_work_in(tmp_path / "postgres")


def test_a_name_too_long_for_a_socket_does_no_harm(tmp_path: Path) -> None:
    use = Use(tmp_path / ("long" * 25), durable=False)
    use.begin()
    psycopg.connect(use.urls["DATABASE_URL"]).close()
    use.end()


@pytest.mark.process
def test_a_server_whose_user_was_killed_is_found_again_and_stopped(tmp_path: Path) -> None:
    code = f"""
        import os, pathlib
        from privacy_app.embedded import database_urls
        database_urls(pathlib.Path({str(tmp_path)!r}), durable=False)
        os.kill(os.getpid(), 9)
    """
    _run_python(code)
    left_behind = Postmaster.read(tmp_path / "postgres")
    use = Use(tmp_path, durable=False)
    use.begin()
    assert Postmaster.read(tmp_path / "postgres") == left_behind
    use.end()
    assert not at_work_in(tmp_path / "postgres")


@pytest.mark.process
def test_a_server_that_was_killed_itself_starts_again(tmp_path: Path) -> None:
    use = Use(tmp_path, durable=False)
    use.begin()
    postmaster = Postmaster.read(tmp_path / "postgres")
    assert postmaster
    os.kill(postmaster.pid, signal.SIGKILL)
    while postmaster.answers():
        time.sleep(0.01)
    again = Use(tmp_path, durable=False)
    again.begin()
    psycopg.connect(again.urls["DATABASE_URL"]).close()
    use.end()
    again.end()
    assert not at_work_in(tmp_path / "postgres")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives others a way")
def test_the_system_user_may_pass_private_directories_and_nobody_else(tmp_path: Path) -> None:
    private = tmp_path / "private"
    (private / "inside").mkdir(parents=True)
    private.chmod(0o700)
    user = system_user.needed(tmp_path / "none yet")
    assert user
    system_user.let_through(private / "inside", user)

    def can_pass(uid: int) -> bool:
        command = ["test", "-d", str(private / "inside")]
        return subprocess.run(command, user=uid, group=uid, extra_groups=[], check=False).returncode == 0

    def can_list(uid: int) -> bool:
        return subprocess.run(["test", "-r", str(private)], user=uid, group=uid, check=False).returncode == 0

    assert can_pass(user.pw_uid) and not can_list(user.pw_uid)
    private.chmod(0o700)
    assert not can_pass(user.pw_uid)
    system_user.let_through(private / "inside", user)
    assert can_pass(user.pw_uid)
    assert not can_pass(65534)


# -- worker and beat --------------------------------------------------------------------------------


@pytest.mark.process
def test_tasks_and_the_clock_run_in_threads_and_leave_signals_alone(tmp_path: Path) -> None:
    code = f"""
        import pathlib, signal, time
        from celery import Celery
        app = Celery("threads", broker="memory://", set_as_current=False)
        app.conf.update(
            broker_transport_options={{"polling_interval": 0.02}}, task_ignore_result=True, task_acks_late=True,
            worker_hijack_root_logger=False, worker_redirect_stdouts=False,
            beat_schedule={{"tick": {{"task": "tick", "schedule": 0.2}}}},
        )
        done, ticks = [], []
        @app.task(name="note")
        def note(number):
            done.append(number)
        @app.task(name="tick")
        def tick():
            ticks.append(1)
        handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        from privacy_app.embedded.background import Background
        background = Background(app, schedule_file=pathlib.Path({str(tmp_path / "beat")!r}))
        note.delay(0)
        background.start()
        for number in range(1, 200):
            note.delay(number)
        deadline = time.monotonic() + 20
        while (len(done) < 200 or len(ticks) < 3) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
        asked = time.monotonic()
        background.stop(seconds=3)
        print(len(set(done)), len(ticks) >= 3, time.monotonic() - asked < 15)
    """
    done = _run_python(code)
    assert done.stdout.split() == ["200", "True", "True"], done.stderr


# -- options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CannotStart, match=f"PORT={port} is not a number from 1 to 65535"):
        Options.read([])


def test_several_processes_need_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(CannotStart, match="WEB_CONCURRENCY=2 needs REDIS_URL"):
        Options.read([])
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1/0")
    assert Options.read([]).processes == 2


def test_the_demo_file_names_the_address_of_this_start(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"url": "http://localhost:8000", "logins": []}')
    demo_file.say_where(tmp_path, "http://localhost:8001")
    assert demo_file.read(tmp_path) == {"url": "http://localhost:8001", "logins": []}
    assert demo_file.read(tmp_path / "elsewhere") is None


# -- the server -------------------------------------------------------------------------------------


ServerMaker = Callable[..., Server]


@pytest.fixture
def server() -> Iterator[ServerMaker]:
    started: list[Server] = []

    def start(data_dir: Path, *arguments: str, port: int | None = None) -> Server:
        started.append(Server(data_dir, *arguments, port=port))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.stop()
        each.forget()


@pytest.mark.process
def test_a_signal_stops_all_processes_and_the_next_start_finds_the_data(tmp_path: Path, server: ServerMaker) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        running = server(tmp_path, "--empty")
        running.wait_until_it_answers()
        family = running.family()
        assert any(process.name().startswith("postgres") for process in family)
        with psycopg.connect(database_urls(tmp_path)["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS stops (number int)")
            connection.execute("INSERT INTO stops VALUES (%s)", [number])
            kept = [row[0] for row in connection.execute("SELECT number FROM stops")]
        release(tmp_path)
        assert f"Ready: http://localhost:{running.port}" in running.stop(number)
        assert running.process.returncode == 0
        _, left = psutil.wait_procs(family, timeout=20)
        assert not left
        assert not at_work_in(tmp_path / "postgres")
    assert kept == [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]


@pytest.mark.process
def test_a_second_server_on_the_same_data_and_a_taken_port_are_refused(tmp_path: Path, server: ServerMaker) -> None:
    running = server(tmp_path / "a", "--empty")
    running.wait_until_it_answers()

    same_data = server(tmp_path / "a", "--empty")
    assert same_data.end().splitlines() == [
        f"Another server uses {tmp_path / 'a'}: stop it, or give this one a directory of its own with DATA_DIR."
    ]
    assert same_data.process.returncode == 1

    same_port = server(tmp_path / "b", "--empty", port=running.port)
    [sentence] = same_port.end().splitlines()
    assert f"127.0.0.1:{running.port} cannot be used" in sentence
    assert same_port.process.returncode == 1
    assert answers(running.url)


@pytest.mark.process
def test_after_a_kill_the_next_server_takes_over_lock_port_and_database(tmp_path: Path, server: ServerMaker) -> None:
    killed = server(tmp_path, "--empty")
    killed.wait_until_it_answers()
    postmaster = Postmaster.read(tmp_path / "postgres")
    killed.process.kill()
    killed.process.wait()

    after = server(tmp_path, "--empty", port=killed.port)
    after.wait_until_it_answers()
    assert Postmaster.read(tmp_path / "postgres") == postmaster
    after.stop()
    assert after.process.returncode == 0
    assert not at_work_in(tmp_path / "postgres")


@pytest.mark.process
def test_a_signal_during_the_first_steps_stops_everything_too(tmp_path: Path, server: ServerMaker) -> None:
    early = server(tmp_path, "--empty")
    while Postmaster.read(tmp_path / "postgres") is None:
        time.sleep(0.05)
    early.stop()
    assert early.process.returncode == 0
    assert not at_work_in(tmp_path / "postgres")


# -- around these tests -----------------------------------------------------------------------------


def _run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=CHECKOUT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.process
def test_the_whole_product_idles_below_400_mb(tmp_path: Path, server: ServerMaker) -> None:
    """PostgreSQL included, each page of memory counted once, to those who share it in equal parts."""
    running = server(tmp_path, "--people", "5")
    running.wait_until_it_answers()
    assert sum(process.memory_full_info().pss for process in running.family()) < 400 * 1024 * 1024
