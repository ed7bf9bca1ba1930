"""The margin for staff: by what a clause is kept, which tests prove it, and what the ledger holds of it."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy_app.clause_tests import proving_tests
from privacy_app.clauses import REGISTER, Promise
from privacy_app.ledger.queries import Certainty, Evidence, evidence_of
from users.models import User


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one clause is kept. `tests` are sentences; None where no tests are installed.

    `evidence` is what the ledger holds of the clause's kinds; `href` leads to its newest entry, for whoever may read it.
    """

    promise: Promise
    tests: tuple[str, ...] | None
    evidence: Evidence | None
    href: str = ""

    @property
    def tests_words(self) -> str:
        if self.tests is None:
            return _("The tests are not installed here.")
        count = len(self.tests)
        return ngettext("%(count)d test proves it", "%(count)d tests prove it", count) % {"count": count}

    @property
    def evidence_words(self) -> str:
        if not self.promise.evidence:
            return _("Nothing of it is entered on the ledger.")
        if self.evidence is None:
            return _("The ledger holds no entry of it so far.")
        about = {"count": number_format(_rounded(self.evidence.count))}
        if self.evidence.certainty is Certainty.ESTIMATED:
            return _("About %(count)s entries on the ledger.") % about
        if self.evidence.certainty is Certainty.AT_LEAST:
            return _("At least %(count)s entries on the ledger.") % about
        count = self.evidence.count
        words = ngettext("%(count)d entry on the ledger.", "%(count)d entries on the ledger.", count)
        return words % {"count": count}

    @property
    def last_at(self) -> datetime | None:
        return self.evidence.last_at if self.evidence else None


def keepings() -> dict[str, Keeping]:
    """How each clause is kept, by id, in one query."""
    tests = proving_tests()
    found = evidence_of(kind for promise in REGISTER for kind in promise.evidence)

    def kept(promise: Promise) -> Keeping:
        entries = [found[kind] for kind in promise.evidence if kind in found]
        proofs = None if tests is None else tests.get(promise.id, ())
        return Keeping(promise, proofs, reduce(or_, entries) if entries else None)

    return {promise.id: kept(promise) for promise in REGISTER}


def keepings_for(member: User) -> dict[str, Keeping]:
    """The same for a member of staff, with the way to the newest entry if they may read the ledger; nothing for others."""
    if not member.is_staff:
        return {}
    if not member.has_perm("ledger.view_entry"):
        return keepings()
    return {
        clause: Keeping(
            kept.promise,
            kept.tests,
            kept.evidence,
            reverse("admin:ledger_entry_change", args=[kept.evidence.last_seq]) if kept.evidence else "",
        )
        for clause, kept in keepings().items()
    }


def _rounded(count: int) -> int:
    """To two figures: more would claim to know."""
    return round(count, 2 - len(str(count)))
