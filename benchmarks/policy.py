"""`script/bench policy`: what the policy's pages cost when the text is long, the versions many, and the person's records too.

Prints one table. Fails where something cannot be measured, never because an aim is missed.
"""

import os
import time

import django
from django.db import connections

from benchmarks.around.database import database_of_its_own


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "privacy_app.settings")
    begin, load = time.monotonic(), os.getloadavg()[0]
    with database_of_its_own():
        django.setup()
        # Models can be imported only now.
        from benchmarks.around.table import printed
        from benchmarks.measures.policy import sections

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
