import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from consent.keeping import Keeping, keepings
from consent.margin import margin_for, writers_of
from privacy_app.ledger.queries import Certainty
from users.models import User

# Of whom nothing is on record: what the margin says even then, it says to everybody.
_STRANGER = UUID(int=0)
_TITLE, _EVIDENCE = 40, 24


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as the command prints it. `visitor` and `person` say who writes their notes; `register` if it is general."""

    keeping: Keeping
    visitor: str
    person: str

    @property
    def missing(self) -> list[str]:
        """What the clause lacks. Tests are not missed where none are installed."""
        kept = self.keeping
        return [
            what
            for what, there in {
                "control": kept.promise.control,
                "test": kept.tests is None or kept.tests,
                "note for visitors": self.visitor,
                "note for people": self.person,
                "note for staff": kept.promise.keeping,
            }.items()
            if not there
        ]

    def to_json(self) -> dict[str, Any]:
        kept = self.keeping
        found = kept.evidence
        return {
            "id": kept.promise.id,
            "title": kept.promise.name,
            "heading": kept.promise.heading,
            "control": kept.promise.control,
            "tests": kept.tests,
            "evidence": {
                "kinds": kept.promise.evidence,
                "count": found.count if found else 0,
                "certainty": (found.certainty if found else Certainty.EXACT).name.lower(),
                "last_at": found.last_at.isoformat() if found else None,
            },
            "notes": {"visitor": self.visitor, "person": self.person, "staff": kept.promise.keeping},
            "missing": self.missing,
        }


class Command(BaseCommand):
    help = (
        "Print the clause register: of each clause what keeps it, how many tests prove it, what the ledger holds of it, "
        "and who writes its notes in the margin. Fails where a clause has no control, no test or no note."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print it for machines, names and all")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            lines = _lines()
            if options["json"]:
                self.stdout.write(json.dumps([line.to_json() for line in lines], indent=2, ensure_ascii=False))
            else:
                self._print(lines)
        lacking = [f"{line.keeping.promise.id}: {', '.join(line.missing)}" for line in lines if line.missing]
        if lacking:
            raise CommandError(f"Missing: {'; '.join(lacking)}.", returncode=1)

    def _print(self, lines: list[Line]) -> None:
        self.stdout.write(
            f"{'id':<7}{'title':<{_TITLE}}{'tests':>6}  {'on the ledger':<{_EVIDENCE}}{'last':<18}{'notes':<22}control"
        )
        for line in lines:
            kept = line.keeping
            tests = "–" if kept.tests is None else str(len(kept.tests))
            notes = " ".join(["visitor" if line.visitor else "", "person" if line.person else "", "staff"])
            first, *rest = kept.promise.control or ("–",)
            self.stdout.write(
                f"{kept.promise.id:<7}{kept.promise.name[: _TITLE - 2]:<{_TITLE}}{tests:>6}  "
                f"{_amount(kept):<{_EVIDENCE}}{f'{kept.last_at:%Y-%m-%d %H:%M}' if kept.last_at else '–':<18}"
                f"{notes:<22}{first}"
            )
            indent = " " * (7 + _TITLE + 8 + _EVIDENCE + 18 + 22)
            for name in rest:
                self.stdout.write(f"{indent}{name}")


def _amount(kept: Keeping) -> str:
    if kept.evidence is None:
        return f"0 of {len(kept.promise.evidence)} kinds"
    words = {Certainty.EXACT: "", Certainty.ESTIMATED: "about ", Certainty.AT_LEAST: "at least "}
    return f"{words[kept.evidence.certainty]}{kept.evidence.count} of {len(kept.promise.evidence)} kinds"


def _lines() -> list[Line]:
    now = timezone.now()
    stranger = User(pk=_STRANGER)
    said = {reader: margin_for(reader, at=now) for reader in (None, stranger)}
    writers = {reader: writers_of(reader, at=now) for reader in (None, stranger)}

    def author(reader: User | None, clause: str) -> str:
        if clause not in said[reader]:
            return ""
        return ", ".join(writers[reader].get(clause, ["register"]))

    return [Line(kept, author(None, clause), author(stranger, clause)) for clause, kept in keepings().items()]
