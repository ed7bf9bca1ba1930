"""Templates for reasons: sentences to begin with, by what is done. What is kept is the sentence, not the template."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disclosure.gate import Ground

_ANY = frozenset(Ground)
_AUTHORITIES = frozenset({Ground.LEGAL_INSTRUMENT, Ground.VIOLATION, Ground.OTHER_PROVISION})


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    words: str | Promise
    grounds: frozenset[Ground] = _ANY


APPROVE = (
    Template(
        "checked",
        _("I checked the evidence against the request; it holds, and nothing beyond what is necessary is released."),
    ),
    Template(
        "instrument",
        _("I read the document itself: authority, number, dates and the fields demanded are those entered."),
        frozenset({Ground.LEGAL_INSTRUMENT}),
    ),
    Template(
        "required",
        _("The violation is confirmed, and its consequence cannot be reached without this data."),
        frozenset({Ground.VIOLATION}),
    ),
    Template(
        "answer",
        _("The respondent cannot answer the complaint without knowing this of the complainant."),
        frozenset({Ground.IP_COMPLAINT}),
    ),
    Template(
        "counterparty",
        _("The performance is on record, and the counterparty cannot be reached otherwise."),
        frozenset({Ground.TRANSACTION}),
    ),
)
REFUSE = (
    Template("evidence", _("The evidence does not carry the request.")),
    Template("too_much", _("More is asked for than is necessary.")),
    Template("milder", _("The purpose can be reached without disclosing anything.")),
    Template(
        "authority",
        _("It is not certain that the recipient is the authority that it says it is."),
        _AUTHORITIES,
    ),
)
ASK = (
    Template("document", _("The document is illegible or not complete. Please add it again.")),
    Template("why", _("Please say for each field why it is necessary.")),
    Template("scope", _("Please take out the fields that are not necessary.")),
)
REVOKE = (
    Template("withdrawn", _("The recipient withdrew its demand."), _AUTHORITIES),
    Template("ground_gone", _("What the request rests on does not hold any more.")),
    Template("mistake", _("It was approved by mistake.")),
)
LOOK = (
    Template("whose", _("To make sure that this is the person who is meant.")),
    Template("minimum", _("To see whether less would be enough.")),
)
DELAY = (
    Template("ordered", _("The instrument itself forbids telling the person before this date.")),
    Template("hindered", _("Telling the person now would hinder what the authority does by law.")),
)
EXTEND = (
    Template("awaited", _("The recipient's answer to a question is still awaited.")),
    Template("load", _("The case is complex and needs more time.")),
)


def templates_for(ground: str, templates: tuple[Template, ...]) -> Mapping[str, Template]:
    """Those of the templates that fit a request on this ground, by key."""
    return {template.key: template for template in templates if Ground(ground) in template.grounds}
