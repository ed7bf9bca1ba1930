"""What the person at the keyboard, and the environment, want of the server."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from privacy_app.embedded.errors import CannotStart

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    empty: bool
    people: int
    port: int
    data_dir: Path
    processes: int
    production: bool
    redis: bool

    @classmethod
    def read(cls, arguments: list[str] | None = None) -> "Options":
        """From the command line and the environment; raises CannotStart on what cannot be."""
        parser = argparse.ArgumentParser(
            prog="script/server", description="Run the whole product. PORT and DATA_DIR come from the environment."
        )
        parser.add_argument("--empty", action="store_true", help="start without the demo world")
        parser.add_argument("--people", type=int, default=200, help="how many people the demo world has (200)")
        given = parser.parse_args(arguments)
        options = cls(
            empty=given.empty,
            people=given.people,
            port=_number("PORT", default=8000, most=65535),
            data_dir=Path(os.environ.get("DATA_DIR") or CHECKOUT / ".data").resolve(),
            processes=_number("WEB_CONCURRENCY", default=1, most=64),
            production=os.environ.get("PRODUCTION", "").lower() in ("true", "on", "ok", "y", "yes", "1"),
            redis=bool(os.environ.get("REDIS_URL")),
        )
        if options.processes > 1 and not options.redis:
            raise CannotStart(
                f"WEB_CONCURRENCY={options.processes} needs REDIS_URL: "
                "several server processes share tasks and rate limits through Redis."
            )
        return options


def _number(name: str, *, default: int, most: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise CannotStart(f"{name}={text} is not a number from 1 to {most}.")
    return int(text)
