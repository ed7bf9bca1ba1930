"""What a new text changes, and what the product proposes of it, in words for those who publish (CHG-b)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from consent.models import Action, Basis, PurposeText
from consent.significance import Difference, Proposal, Reason, Significance
from users.countries import country_name
from users.models import Partner
from users.queries import element_titles
from users.wording import listed


def reasons_in_words(reasons: Iterable[Reason]) -> list[str]:
    """A sentence for each thing that changed, in their order; keys of data and recipients become their names."""
    found = list(reasons)
    recipients = {key for reason in found if reason.what in _OF_RECIPIENTS for key in reason.keys}
    partners = Partner.objects.filter(pk__in=recipients) if recipients else ()
    names = {**element_titles(), **{str(partner.pk): partner.legal_name for partner in partners}}
    return [_sentence(reason, names) for reason in found]


def proposal_in_words(proposal: Proposal) -> str:
    """What is proposed, in one sentence."""
    if proposal.significance is Significance.SIGNIFICANT:
        return _("Proposed: significant.")
    return _("Proposed: editorial.") if proposal.reasons else _("Proposed: editorial. Nothing has changed.")


_OF_RECIPIENTS = frozenset({Difference.RECIPIENTS_ADDED, Difference.RECIPIENTS_REMOVED})


def _sentence(reason: Reason, names: Mapping[str, str]) -> str:
    said = _listed(reason, names)
    return _SENTENCES[reason.what]() % {"where": reason.where, "what": said}


def _listed(reason: Reason, names: Mapping[str, str]) -> str:
    match reason.what:
        case Difference.ACTIONS_ADDED | Difference.ACTIONS_REMOVED:
            return listed(str(Action(key).label) for key in reason.keys)
        case Difference.COUNTRIES_ADDED | Difference.COUNTRIES_REMOVED:
            return listed(country_name(key) for key in reason.keys)
        case Difference.BASIS_CHANGED:
            return " → ".join(str(Basis(key).label) for key in reason.keys)
        case Difference.LASTS_LONGER | Difference.LASTS_SHORTER:
            return " → ".join(_term(key) for key in reason.keys)
        case Difference.PURPOSE_REWORDED | Difference.PURPOSE_CORRECTED:
            return listed(_part(key) for key in reason.keys)
        case _:
            return listed(names.get(key, key) for key in reason.keys)


def _term(days: str) -> str:
    return ngettext("%(days)s day", "%(days)s days", int(days)) % {"days": days} if days else _("without an end")


def _part(key: str) -> str:
    language, part = key.split(".")
    field: Any = PurposeText._meta.get_field(part)
    return f"{field.verbose_name} ({get_language_info(language)['name_translated']})"


_SENTENCES: dict[Difference, Callable[[], str]] = {
    Difference.FIELDS_ADDED: lambda: _("%(where)s: data that was not named before: %(what)s."),
    Difference.ACTIONS_ADDED: lambda: _("%(where)s: something is done with it that was not named before: %(what)s."),
    Difference.COUNTRIES_ADDED: lambda: _("%(where)s: accessible from more countries: %(what)s."),
    Difference.RECIPIENTS_ADDED: lambda: _("%(where)s: recipients that were not named before: %(what)s."),
    Difference.BASIS_CHANGED: lambda: _("%(where)s: it rests on something else: %(what)s."),
    Difference.LASTS_LONGER: lambda: _("%(where)s: a consent lasts longer: %(what)s."),
    Difference.PURPOSE_ADDED: lambda: _("%(where)s: the purpose is new."),
    Difference.CLAUSE_ADDED: lambda: _("%(where)s: the clause is new."),
    Difference.CLAUSE_REMOVED: lambda: _("%(where)s: the clause is no longer there."),
    Difference.CLAUSE_REWORDED: lambda: _("%(where)s: the clause says something else."),
    Difference.CLAUSE_CORRECTED: lambda: _("%(where)s: a slip in the clause was put right."),
    Difference.PURPOSE_REWORDED: lambda: _("%(where)s: other words: %(what)s."),
    Difference.PURPOSE_CORRECTED: lambda: _("%(where)s: a slip was put right: %(what)s."),
    Difference.FIELDS_REMOVED: lambda: _("%(where)s: data that is named no more: %(what)s."),
    Difference.ACTIONS_REMOVED: lambda: _("%(where)s: no longer done with it: %(what)s."),
    Difference.COUNTRIES_REMOVED: lambda: _("%(where)s: no longer accessible from: %(what)s."),
    Difference.RECIPIENTS_REMOVED: lambda: _("%(where)s: recipients that are named no more: %(what)s."),
    Difference.LASTS_SHORTER: lambda: _("%(where)s: a consent lasts for a shorter time: %(what)s."),
}
