"""The product on servers of its own, in production, with processes that are killed: nothing is lost and nothing leaks."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from redis import Redis

from tests.consent.makers import press
from tests.installation import ApiClient, Installation, Visitor, assets_of, kill, link_in, wait_for

pytestmark = pytest.mark.process

ADA = "ada@lantern.example"
PASSWORD = "a long walk by the river"


def url_with(name: str, database: str) -> str:
    return urlsplit(os.environ[name])._replace(path=f"/{database}").geturl()


@pytest.fixture(scope="module")
def installation(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, redis_url_for_processes: str
) -> Iterator[Installation]:
    """Installed as the guide for operators says, on an empty database."""
    database = f"installed_{worker_id}"
    with Redis.from_url(redis_url_for_processes) as redis:
        redis.flushdb()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        installation = Installation(
            tmp_path_factory.mktemp("installation"),
            database_urls={name: url_with(name, database) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")},
            redis_url=redis_url_for_processes,
        )
        try:
            installation.run("manage.py", "migrate", "--noinput")
            installation.run("manage.py", "prepare")
            installation.run("manage.py", "collectstatic", "--noinput")
            yield installation
        finally:
            installation.end()
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def outbox(installation: Installation) -> list[tuple[str, str, int]]:
    """Id, state and attempts of every message, the oldest first."""
    with psycopg.connect(installation.environment["DATABASE_URL"]) as database:
        return database.execute("SELECT id::text, state, attempts FROM outbox_message ORDER BY created_at").fetchall()


def end(process: "subprocess.Popen[bytes]") -> int:
    """The exit code of a process that is asked to stop."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=40)


def look_over(visitor: Visitor, path: str) -> None:
    """A page is there with all its files, under a strict policy of content, and would work under it."""
    page = visitor.get(path)
    assert page.status_code == 200, path
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page.text), path
    assert assets_of(page)
    for address in assets_of(page):
        asset = visitor.get(address)
        assert asset.status_code == 200, address
        assert "immutable" in asset.headers["Cache-Control"], address


@pytest.mark.clause("DIS-a")
@pytest.mark.clause("SEC-a")
def test_the_main_job_goes_through_and_mail_survives_a_killed_worker(installation: Installation) -> None:
    clients = json.loads(installation.run("-m", "tests.installed_partner"))
    web, worker, beat = installation.start_web(), installation.start_worker(), installation.start_beat()
    mail_server = installation.mail_server

    # A person signs up on the pages; the mail goes out from another process.
    ada: Any = Visitor(installation.port)
    assert ada.fill_in("/en/account/signup/", email=ADA, password1=PASSWORD, accept="on").status_code == 302
    mail = mail_server.mail_to(ADA)
    assert ada.fill_in(link_in(mail)).status_code == 302
    assert ada.fill_in("/en/account/login/", login=ADA, password=PASSWORD).status_code == 302
    assert ada.get("/en/me/").status_code == 200

    installation.run("manage.py", "staff", ADA, "administrator")
    look_over(ada, "/en/admin/")

    # A partner asks, and is told nothing of her.
    northwind = ApiClient(installation.port, **clients["northwind"])
    query = {"subject": {"email": ADA}, "purpose": "news", "fields": ["contact.email"]}
    (decision,) = northwind.call("POST", "decisions", {"queries": [query]}).json()["decisions"]
    assert [reason["code"] for reason in decision["reasons"]] == ["not_available"]

    # She allows it, the partner reads; she withdraws, the same handle refuses.
    press(ada, ada.get("/en/me/consents/"), "base", of="news")
    made = northwind.call("POST", "disclosures", query, key="one").json()
    assert made["status"] == "released"
    data = northwind.call("GET", f"disclosures/{made['id']}/data").json()
    assert data["fields"]["contact.email"]["value"] == ADA
    press(ada, ada.get("/en/me/consents/"), "base", of="news")
    refused = northwind.call("GET", f"disclosures/{made['id']}/data")
    assert refused.status_code == 403
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["consent_withdrawn"]
    assert "each matches its leaf" in installation.run("manage.py", "verify_ledger")

    # A worker is killed while it hands over a mail; another sends it, under the same id.
    wait_for(lambda: all(state == "delivered" for _, state, _ in outbox(installation)))
    before = len(mail_server.mails)
    mail_server.hold_up()
    assert Visitor(installation.port).fill_in("/en/account/password/reset/", email=ADA).status_code == 302
    assert mail_server.somebody_waits.wait(30)
    kill(worker)
    mail_server.goes_on.set()
    worker = installation.start_worker()
    mail = mail_server.mail_to(ADA, after=before)
    message, _, _ = outbox(installation)[-1]
    assert mail["Message-ID"].startswith(f"<{message}@")
    wait_for(lambda: outbox(installation)[-1] == (message, "delivered", 2))
    assert len(mail_server.mails) == before + 1

    # No worker at all: the mail waits for one.
    kill(worker)
    assert Visitor(installation.port).fill_in("/en/account/password/reset/", email=ADA).status_code == 302
    assert outbox(installation)[-1][1:] == ("pending", 0)
    worker = installation.start_worker()
    mail_server.mail_to(ADA, after=before + 1)

    # The database lets go of all connections: nobody notices.
    with psycopg.connect(installation.environment["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert [ada.get("/en/me/").status_code for _ in range(10)] == [200] * 10

    # All end when they are asked to, and have said nothing of anybody.
    assert [end(process) for process in (web, worker, beat)] == [0, 0, 0]
    assert ADA not in installation.logs
    assert (installation.directory / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.clause("SEC-a")
def test_pages_bring_their_files_compressed_and_named_for_good_and_nothing_inline(installation: Installation) -> None:
    web = installation.start_web()
    visitor = Visitor(installation.port)
    for path in ("/en/policy/", "/zh-hans/account/signup/", "/api/v1/docs"):
        look_over(visitor, path)
    sheet = next(address for address in assets_of(visitor.get("/en/policy/")) if address.endswith(".css"))
    assert visitor.get(sheet, **{"Accept-Encoding": "gzip, br"}).headers["Content-Encoding"] == "gzip"
    assert not list(installation.static_root.rglob("*.br"))
    kill(web)


@pytest.mark.clause("SEC-a")
def test_without_tls_a_visitor_is_sent_to_it_and_with_it_told_to_stay(installation: Installation) -> None:
    web = installation.start_web()
    sent_away = Visitor(installation.port, tls=False).get("/en/policy/")
    assert sent_away.status_code == 301
    assert sent_away.headers["Location"] == "https://privacy.example.org/en/policy/"
    visitor = Visitor(installation.port)
    page = visitor.get("/en/account/login/")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Secure" in page.headers["Set-Cookie"]
    kill(web)
