"""`script/bench notify`: what it costs to tell a million people something, beside a row for each of them in the same run.

Prints one table. Fails where something cannot be measured, never because an aim is missed. `NOTIFY_PEOPLE` says how many
people there are instead of a million.
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
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.around.notify_settings"
    people = int(os.environ.get("NOTIFY_PEOPLE", "1000000"))
    begin, load = time.monotonic(), os.getloadavg()[0]
    with database_of_its_own():
        django.setup()
        # Models can be imported only now.
        from benchmarks.around.table import printed
        from benchmarks.measures.notify import sections

        try:
            table = printed(sections(people))
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
