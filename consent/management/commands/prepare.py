from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.services.reference import prepare
from privacy_app.ledger.actors import SYSTEM


class Command(BaseCommand):
    help = (
        "Add the reference data that an installation needs: data elements, a storage location, and a first policy and "
        "agreement where none is published. Run it after each migrate; it changes nothing that is there."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        added = prepare(by=SYSTEM, at=timezone.now())
        if added.elements:
            self.stdout.write(f"{len(added.elements)} data elements added.")
        if added.location:
            self.stdout.write("Storage location added.")
        if added.agreement:
            self.stdout.write(
                f"Policy {added.agreement.policy.version} and agreement {added.agreement.version} published."
            )
