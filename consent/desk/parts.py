"""What the parts of a draft are called."""

from django.utils.translation import gettext as _

from consent.desk.forms import language_name
from consent.drafting import IN_FORCE_FROM, PREVAILING, REASON, SIGNIFICANCE, Noun
from privacy_app.languages import CODES


def noun_name(noun: Noun) -> str:
    """What the text is."""
    return _("Privacy policy") if noun is Noun.POLICY else _("Service agreement")


def part_name(part: str) -> str:
    """The name of a part, in words."""
    what, _dot, language = part.partition(".")
    match what:
        case Noun.POLICY | Noun.AGREEMENT if language in CODES:
            return _("%(text)s, %(language)s") % {"text": noun_name(Noun(what)), "language": language_name(language)}
        case "summary" if language in CODES:
            return _("What changes, in short: %(language)s") % {"language": language_name(language)}
    named = {
        SIGNIFICANCE: _("What kind of change it is"),
        REASON: _("Why, where you disagree with the proposal"),
        IN_FORCE_FROM: _("In force from"),
        PREVAILING: _("Which language prevails"),
    }
    return named.get(part, part)
