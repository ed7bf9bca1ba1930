"""A decision in words, from its ledger entry: what became of each field, and every reason."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from disclosure.gate import Outcome, Reason

_REASONS = {reason.code: reason for reason in Reason}


def _outcome(outcome: str) -> str:
    match Outcome(outcome):
        case Outcome.PERMIT:
            return _("permitted")
        case Outcome.REVIEW:
            return _("in review")
    return _("denied")


def explained(body: Mapping[str, Any]) -> SafeString:
    """The decision as HTML: for staff, so that reasons stand here which partners are not told."""
    outcomes = ((field, _outcome(outcome)) for field, outcome in body["fields"].items())
    reasons = (
        (_(reason.message), reason.clause, reason.code, ", ".join(stated["fields"]))
        for stated in body["reasons"]
        for reason in [_REASONS[stated["code"]]]
    )
    return format_html(
        "<p>{}</p><ul>{}</ul>{}",
        _("%(outcome)s, %(clause)s, under policy version %(version)s")
        % {
            "outcome": _outcome(body["outcome"]),
            "clause": body["clause"],
            "version": body["policy_version"] or "–",
        },
        format_html_join("", "<li>{}: {}</li>", outcomes),
        format_html("<ul>{}</ul>", format_html_join("", "<li>{} ({}, {}) {}</li>", reasons)) if body["reasons"] else "",
    )
