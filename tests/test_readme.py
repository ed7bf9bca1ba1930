"""The README's walk, pasted as it stands."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import CHECKOUT, Server, environment


def _walk() -> str:
    (block,) = re.findall(r"(?s)```sh\n(.*?)```", (CHECKOUT / "README.md").read_text(encoding="utf-8"))
    return str(block)


def _answers(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines() if line]


@pytest.mark.process
@pytest.mark.clause("DIS-a")
def test_the_walk_through_the_main_job_works_as_pasted(tmp_path: Path) -> None:
    server = Server(tmp_path, "--people", "3")
    try:
        server.wait_until_it_answers()
        here = environment(DATA_DIR=str(tmp_path))
        walked = subprocess.run(["sh"], input=_walk(), env=here, capture_output=True, text=True, check=True)
        verified = subprocess.run(
            [sys.executable, "manage.py", "verify_ledger"], cwd=CHECKOUT, env=here, capture_output=True, check=True
        )
    finally:
        server.stop()
        server.forget()
    brought_in, asked, given, read, withdrawn, refused = _answers(walked.stdout)
    assert brought_in["id"]
    assert [reason["code"] for reason in asked["decisions"][0]["reasons"]] == ["not_available"]
    assert (given["state"], withdrawn["state"]) == ("ConsentGiven", "ConsentWithdrawn")
    assert read["fields"]["contact.email"]["value"] == "lu@example.org"
    assert (refused["status"], [reason["code"] for reason in refused["reasons"]]) == (403, ["consent_withdrawn"])
    assert b"each matches its leaf" in verified.stdout


def test_every_file_that_the_readme_names_is_there() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r"`(script/\w+)", text)
    assert len(named) > 10
    assert [name for name in named if not (CHECKOUT / name).exists()] == []
