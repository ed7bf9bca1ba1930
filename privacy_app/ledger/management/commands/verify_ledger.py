from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy_app.ledger.verification import NOT_YET_DETECTED, findings


class Command(BaseCommand):
    help = "Compute every leaf of the ledger again; report the first entry that does not match, and what cannot be detected."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for finding in findings():
            if not finding.matches:
                raise CommandError(
                    f"Entry {finding.seq} does not match its leaf. {count} entries before it match.\n{NOT_YET_DETECTED}"
                )
            count += 1
        self.stdout.write(f"{count} entries, each matches its leaf.")
        self.stdout.write(NOT_YET_DETECTED)
