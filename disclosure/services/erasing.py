"""What the erasure of a person ends here: requests about them or for them, with their links, and their matters.

Words on these are sealed under the person's key, and go with it. The proof of a complaint has a key of its own.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from disclosure.models import Complaint, Transaction
from disclosure.services.complaints import close_complaint
from disclosure.services.documents import destroy_document
from disclosure.services.filings import end_for, filings_not_over
from disclosure.services.transactions import close_transaction
from privacy_app.ledger.actors import SYSTEM
from users.models import User
from users.services.erasure import foresees_erasure, on_erasure


@foresees_erasure
def what_ends(person: User) -> set[UUID]:
    """The keys of what `end_matters` ends."""
    return {
        *filings_not_over(person).values_list("pk", flat=True),
        *Complaint.objects.filter(_of(person, "complainant", "respondent")).values_list("pk", flat=True),
        *Transaction.objects.filter(_of(person, "first", "second")).values_list("pk", flat=True),
    }


@on_erasure
def end_matters(person: User, at: datetime) -> None:
    """End what is open about the person, and destroy the proof of what they claimed."""
    end_for(person, at=at)
    for complaint in Complaint.objects.filter(_of(person, "complainant", "respondent")):
        close_complaint(complaint, by=SYSTEM, at=at)
    for transaction in Transaction.objects.filter(_of(person, "first", "second")):
        close_transaction(transaction, by=SYSTEM, at=at)
    for complaint in Complaint.objects.filter(complainant=person).select_related("proof"):
        destroy_document(complaint.proof, by=SYSTEM, at=at)


def _of(person: User, one: str, other: str) -> Q:
    """Not over, and the person stands on either side."""
    return (Q(**{one: person}) | Q(**{other: person})) & Q(closed_at=None)
