"""What changed, in words for staff: why the product proposes what it proposes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.significance import Difference, Proposal, Significance

_WORDS: Mapping[Difference, str | Promise] = {
    Difference.FIELDS_ADDED: _("%(where)s: fields were added"),
    Difference.ACTIONS_ADDED: _("%(where)s: actions were added"),
    Difference.COUNTRIES_ADDED: _("%(where)s: countries were added"),
    Difference.RECIPIENTS_ADDED: _("%(where)s: recipients were added"),
    Difference.BASIS_CHANGED: _("%(where)s: it rests on something else"),
    Difference.LASTS_LONGER: _("%(where)s: a consent lasts longer"),
    Difference.PURPOSE_ADDED: _("%(where)s: a new purpose"),
    Difference.CLAUSE_ADDED: _("%(where)s: added"),
    Difference.CLAUSE_REMOVED: _("%(where)s: removed"),
    Difference.CLAUSE_REWORDED: _("%(where)s: its words changed"),
    Difference.CLAUSE_CORRECTED: _("%(where)s: a slip was corrected"),
    Difference.PURPOSE_REWORDED: _("%(where)s: its words changed"),
    Difference.PURPOSE_CORRECTED: _("%(where)s: a slip was corrected"),
    Difference.FIELDS_REMOVED: _("%(where)s: fields were taken out"),
    Difference.ACTIONS_REMOVED: _("%(where)s: actions were taken out"),
    Difference.COUNTRIES_REMOVED: _("%(where)s: countries were taken out"),
    Difference.RECIPIENTS_REMOVED: _("%(where)s: recipients were taken out"),
    Difference.LASTS_SHORTER: _("%(where)s: a consent lasts shorter"),
}


def reasons_of(proposal: Proposal) -> list[tuple[str, bool]]:
    """Each thing that changed, and whether it is significant."""
    return [
        (
            str(_WORDS[reason.what]) % {"where": reason.where or str(_("The opening"))},
            reason.significance is Significance.SIGNIFICANT,
        )
        for reason in proposal.reasons
    ]
