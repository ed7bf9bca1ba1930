"""A key ring that is not one is noticed at the start, not with the first person's data."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import CHECKOUT, environment


@pytest.mark.clause("SEC-a")
@pytest.mark.parametrize("name", ["DATA_KEYS", "INDEX_KEYS", "LEDGER_KEYS"])
def test_a_malformed_key_ring_stops_the_start_and_is_named_without_its_keys(tmp_path: Path, name: str) -> None:
    nowhere = {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://nobody@localhost/nothing"}
    secret = "bm90LXRoaXJ0eS10d28tYnl0ZXM="
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=CHECKOUT,
        env=environment(DJANGO_SETTINGS_MODULE="privacy_app.settings", **nowhere, **{name: f"k1:{secret}"}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{name}: " in done.stderr.splitlines()[-1]
    assert secret not in done.stderr
