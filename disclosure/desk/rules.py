"""What the gate says of a request, rule by rule: each rule in words, with whether it holds or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from disclosure.filing_gate import FilingReason
from disclosure.filing_records import rule_by_rule
from disclosure.gate import Ground
from users.wording import listed


class Verdict(StrEnum):
    HOLDS = "holds"
    WAITS = "waits"
    DENIES = "denies"


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule: in words, what came of it, and where it does not hold: why, by which clause, for which fields."""

    words: str
    verdict: Verdict
    reason: str = ""
    clause: str = ""
    fields: str = ""


_C, _D, _E, _F, _G = (
    Ground.LEGAL_INSTRUMENT,
    Ground.VIOLATION,
    Ground.IP_COMPLAINT,
    Ground.TRANSACTION,
    Ground.OTHER_PROVISION,
)
RULES: Mapping[str, tuple[str | Promise, Ground | None]] = {
    "something_is_asked": (_("At least one field is asked for."), None),
    "person_is_known": (_("The person is known."), None),
    "person_is_not_erased": (_("The person was not erased."), None),
    "person_is_not_frozen": (_("The person's disclosures are not frozen."), None),
    "policy_is_in_force": (_("A policy version is in force."), None),
    "fields_are_known": (_("Every field is in the registry."), None),
    "fields_are_governed": (_("Every field is one that this ground can reach."), None),
    "recipient_fits_ground": (_("The recipient is of a kind that this ground has."), None),
    "recipient_is_there": (_("The recipient is still there."), None),
    "recipient_is_verified": (_("Somebody made sure who the recipient is."), None),
    "recipient_is_somebody_else": (_("The recipient is not the person whom the data is about."), None),
    "evidence_is_there": (_("The evidence that this ground needs is on record."), None),
    "instrument_is_issued": (_("The instrument is issued."), _C),
    "instrument_has_not_expired": (_("The instrument has not expired."), _C),
    "instrument_has_legal_basis": (_("The instrument names its legal basis."), _C),
    "foreign_authority_is_approved": (
        _("The recipient is no authority abroad, or its demand was approved here."),
        None,
    ),
    "fields_are_demanded": (_("The instrument demands every field."), _C),
    "violation_is_confirmed": (_("The violation is confirmed."), _D),
    "violation_is_the_persons": (_("The violation is this person's."), _D),
    "disclosure_is_required": (_("It is said why the disclosure is required."), _D),
    "complaint_is_open": (_("The complaint is open."), _E),
    "complainant_is_qualified": (_("The complainant is qualified."), _E),
    "data_is_the_complainants": (_("The data is the complainant's."), _E),
    "recipient_is_respondent": (_("The recipient is the respondent of this complaint."), _E),
    "respondent_asked": (_("The respondent asked for it."), _E),
    "fields_answer_complaint": (_("An answer to the complaint needs every field."), _E),
    "transaction_is_open": (_("The transaction is open."), _F),
    "recipient_is_party": (_("Whoever asks is a party to the transaction."), _F),
    "data_is_the_counterpartys": (_("The data is the counterparty's."), _F),
    "requester_has_performed": (_("Whoever asks has fulfilled their obligations, at least in part."), _F),
    "parties_were_warned": (_("Both parties were warned that the other may see how to reach them."), _F),
    "purpose_is_completion_or_dispute": (_("It is asked for completion or for a dispute."), _F),
    "fields_are_for_contact": (_("Every field serves to reach the counterparty."), _F),
    "provision_is_in_force": (_("The provision is in force."), _G),
    "filing_has_expiry": (_("The request has an expiry date."), _G),
    "filing_is_submitted": (_("The request was submitted."), None),
    "filing_is_not_over": (_("The request was not refused, taken back or revoked."), None),
    "filing_has_not_expired": (_("The request has not expired."), None),
    "enough_have_approved": (_("Enough different reviewers approved this very version."), None),
}
"""By the rule's name, what it holds to, and the only ground on which it says anything (None: it is for all)."""


def ruled(body: Mapping[str, Any], titles: Mapping[str, str]) -> list[Ruled]:
    """What each rule that bears on this ground says of a decision; those that do not hold first."""
    ground = Ground(body["ground"])
    lines = []
    for name, denial in rule_by_rule(body):
        words, only_on = RULES[name]
        if only_on not in (None, ground):
            continue
        if denial is None:
            lines.append(Ruled(str(words), Verdict.HOLDS))
            continue
        reason, fields = denial
        # All of them need not be named: it is about the request as a whole.
        named = "" if set(fields) == set(body["fields"]) else listed(titles.get(field, field) for field in fields)
        verdict = Verdict.WAITS if reason is FilingReason.NEEDS_REVIEW else Verdict.DENIES
        lines.append(Ruled(str(words), verdict, gettext(reason.message), reason.clause, named))
    return sorted(lines, key=lambda line: line.verdict is Verdict.HOLDS)
