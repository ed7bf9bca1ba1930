"""One run of a program: a database of its own, the product in it, the measures, one table."""

import os
import signal
import sys
import time
from importlib import import_module

import django
from django.db import connections

from benchmarks.around.database import database_of_its_own


def run(measures: str) -> None:
    """Print what `sections` of this module gives. Fails where something cannot be measured, never at a missed aim."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    begin, load = time.monotonic(), os.getloadavg()[0]
    with database_of_its_own():
        django.setup()
        # Models can be imported only now.
        from benchmarks.around.table import printed

        try:
            table = printed(import_module(measures).sections())
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
                connections[alias].close_pool()  # type: ignore[attr-defined]
    print(table)
    print(
        f"\nMeasured in {time.monotonic() - begin:.0f} s on {os.cpu_count()} cores; "
        f"the load of the machine was {load:.1f} before and {os.getloadavg()[0]:.1f} in the last minute."
    )


def say(what: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"{what} …", file=sys.stderr, flush=True)
