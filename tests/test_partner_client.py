"""The client of docs/partner: what a partner reads in the guide works against a real server."""

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.servers import CHECKOUT, Server

pytestmark = pytest.mark.process
CLIENT = CHECKOUT / "docs" / "partner" / "partner.py"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo.json of a running server."""
    data_dir = tmp_path_factory.mktemp("demo").resolve()
    server = Server(data_dir, "--people", "0")
    try:
        server.wait_until_it_answers()
        yield data_dir / "demo.json"
    finally:
        if server.process.poll() is None:
            server.stop()
        server.forget()


def _run(demo: Path, *arguments: str, code: int = 0) -> str:
    """What the client prints, run as anybody would, without a package of ours within its reach."""
    command = [sys.executable, "-I", "-S", str(CLIENT), "--demo", str(demo), *arguments]
    done = subprocess.run(command, cwd=demo.parent, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def _handle(printed: str) -> str:
    (line,) = [line for line in printed.splitlines() if line.startswith("Disclosure ")]
    return line.split()[1].rstrip(":")


class Website:
    """The website's own client of the API."""

    def __init__(self, demo: Path) -> None:
        content = json.loads(demo.read_text())
        self.url = content["url"]
        self.client = next(partner for partner in content["partners"] if "platform" in partner["scopes"])
        self.token = self._post(
            "/oauth/token",
            urllib.parse.urlencode(
                {
                    "grant_type": "client_credentials",
                    "client_id": self.client["client_id"],
                    "client_secret": self.client["client_secret"],
                }
            ).encode(),
        )["access_token"]

    def _post(self, path: str, content: bytes, **headers: str) -> Any:
        request = urllib.request.Request(self.url + path, data=content, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def report(self, purpose: str, recipient: str, state: str) -> None:
        """The first person said something elsewhere about a purpose and a recipient."""
        body = {
            "subject": {"id": self.client["subjects"][0]},
            "purpose": purpose,
            "recipient": recipient,
            "state": state,
            "text_version": 1,
            "language": "en",
            "at": datetime.now(UTC).isoformat(),
            "evidence": "Counter form 1",
        }
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        assert self._post("/api/v1/consents", json.dumps(body).encode(), **headers)["state"] == state


@pytest.mark.clause("DIS-a")
def test_it_asks_requests_once_and_reads_what_is_permitted_and_no_more(demo: Path) -> None:
    printed = _run(demo)
    assert "may: contributions decisions disclosures events" in printed
    assert "Decision: permit on the ground consent, policy version 2" in printed
    assert "  identity.name: deny" in printed
    assert "[DIS-a] text_not_covering_field" in printed
    assert f"Disclosure {_handle(printed)}: released" in printed
    assert "The same request under the same key: still one" in printed
    assert "  contact.email: 19 characters, from person" in printed
    assert "To be used until 20" in printed and "and deleted then" in printed


def test_values_are_printed_only_when_asked_for(demo: Path) -> None:
    assert "ada@lantern.example" not in _run(demo)
    assert "  contact.email: ada@lantern.example, from person" in _run(demo, "--show")


@pytest.mark.clause("DIS-b")
def test_an_open_service_lets_read_what_it_needs(demo: Path) -> None:
    service = ("--ground", "service_request", "--purpose", "parcel-delivery", "--action", "provide")
    printed = _run(demo, *service, "--fields", "contact.phone,identity.birth_date")
    assert "[DIS-b] field_not_necessary" in printed
    assert "  contact.phone: 14 characters" in printed


@pytest.mark.clause("PRE-1")
@pytest.mark.parametrize("person", [("--subject", str(uuid.UUID(int=0))), ("--email", "nobody@lantern.example")])
def test_of_somebody_unknown_it_hears_that_nothing_is_available(demo: Path, person: tuple[str, str]) -> None:
    printed = _run(demo, *person, code=1)
    assert printed.count("[PRE-1] not_available") == 2
    assert "refused" in printed


@pytest.mark.clause("DIS-a")
def test_after_the_withdrawal_the_handle_refuses_and_what_was_read_is_to_be_deleted(demo: Path) -> None:
    handle = _handle(_run(demo))
    website, northwind = Website(demo), json.loads(demo.read_text())["partners"][0]["id"]
    website.report("delivery-updates", northwind, "ConsentWithdrawn")
    printed = _run(demo, "--handle", handle, code=1)
    assert "[DIS-a] consent_withdrawn" in printed
    assert "is to be deleted now" in printed
    website.report("delivery-updates", northwind, "ConsentGiven")
    assert f"Read through {handle}:" in _run(demo, "--handle", handle)


def test_a_problem_is_told_with_its_place(demo: Path) -> None:
    assert "$.queries[0].fields[0] unknown_field" in _run(demo, "--fields", "no.such", code=2)
    assert "404 not-found" in _run(demo, "--handle", str(uuid.UUID(int=0)), code=2)


def test_a_wrong_secret_and_an_absent_server_are_told(demo: Path, tmp_path: Path) -> None:
    content = json.loads(demo.read_text())
    content["partners"][0]["client_secret"] = "guess"
    (tmp_path / "demo.json").write_text(json.dumps(content))
    assert "401 invalid_client" in _run(tmp_path / "demo.json", code=2)
    (tmp_path / "demo.json").write_text(json.dumps({**content, "url": "http://127.0.0.1:1"}))
    assert "http://127.0.0.1:1 does not answer" in _run(tmp_path / "demo.json", code=2)


@pytest.mark.clause("SEC-a")
def test_a_token_in_the_address_is_not_taken(demo: Path) -> None:
    website = Website(demo)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{website.url}/api/v1/engagements?access_token={website.token}", timeout=30)
    assert refused.value.code == 401
