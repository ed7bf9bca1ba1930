"""`script/bench access`: what recording each request adds to it, beside a plain insert and a package, in the same run.

Prints one table. Fails where something cannot be measured, never because an aim is missed.
"""

import os
import signal
import sys
import time

import django
from django.db import connections

from benchmarks.around.database import database_of_its_own


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.around.access_settings"
    begin, load = time.monotonic(), os.getloadavg()[0]
    with database_of_its_own():
        django.setup()
        # Models can be imported only now.
        from benchmarks.around.table import printed
        from benchmarks.measures.access import sections

        try:
            table = printed(sections())
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
                connections[alias].close_pool()  # type: ignore[attr-defined]
    print(table)
    print(
        f"\nMeasured in {time.monotonic() - begin:.0f} s on {os.cpu_count()} cores; "
        f"the load of the machine was {load:.1f} before and {os.getloadavg()[0]:.1f} in the last minute."
    )


if __name__ == "__main__":
    main()
