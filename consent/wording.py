"""Where a consent stands, and what happened to it, in words. Pages, receipts and the overview say the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from consent.models import Action, Aspect, Basis, ConsentChange, More, PurposeRecipient, PurposeVersion
from consent.significance import Coverage
from consent.standings import Choice
from consent.states import LIVE, State
from privacy_app.languages import current
from users.countries import country_name
from users.wording import day, listed


def recipient_name(recipient: PurposeRecipient | None) -> str:
    """Who is named in the text, as it stood then; for nobody outside, this website."""
    return recipient.legal_name if recipient else settings.SITE_NAME[current()]


def clause_of(recipient: object | None) -> str:
    """The clause a consent rests on: disclosure to somebody, or our own use."""
    return "DIS-a" if recipient else "USE-c"


def basis_clause(basis: str, recipient: object | None) -> str:
    """The clause a use rests on."""
    match Basis(basis):
        case Basis.CONSENT:
            return clause_of(recipient)
        case Basis.CONTRACT:
            return "DIS-b"
        case Basis.LAW:
            return "DIS-c"
        case Basis.POLICY_OPT_OUT:
            return "USE-c"


def state_words(choice: Choice) -> str:
    """Where a choice stands, as one or two sentences."""
    consent = choice.consent
    if choice.rests_on_policy and choice.is_on and choice.state not in LIVE:
        return _("On by the policy. You have not objected.")
    if consent is None:
        return _("Not allowed. You have not been asked yet.")
    date = {"date": day(consent.changed_at)}
    if choice.rests_on_policy and not choice.is_on:
        return _("Off. You objected to this on %(date)s.") % date
    match choice.state:
        case State.GIVEN:
            words = _("You allowed this on %(date)s.") % date
        case State.RENEWED:
            words = _("You allowed this again on %(date)s.") % date
        case State.REQUESTED:
            return _("Not allowed. You have been asked since %(date)s.") % date
        case State.REQUEST_DEFERRED:
            return _("Not allowed. You put the answer off on %(date)s.") % date
        case State.REFUSED:
            return _("You refused this on %(date)s.") % date
        case State.WITHDRAWN:
            return _("You withdrew this on %(date)s.") % date
        case State.EXPIRED:
            assert consent.expires_at is not None
            return _("Your permission ran out on %(date)s.") % {"date": day(consent.expires_at)}
        case State.INVALIDATED:
            return _("Your permission stopped counting on %(date)s, because its text changed its meaning.") % date
        case State.REVOKED:
            return _("Your permission was ended for you on %(date)s.") % date
        case _:
            return _("Not allowed. You have not been asked yet.")
    if consent.expires_at:
        return f"{words} " + _("It ends by itself on %(date)s.") % {"date": day(consent.expires_at)}
    return words


# The shapes that stand in front of a state (static/app.css).
STATE_SHAPES: dict[State, str] = {
    State.UNKNOWN: "off",
    State.REQUESTED: "waiting",
    State.REQUEST_DEFERRED: "waiting",
    State.REFUSED: "refused",
    State.GIVEN: "on",
    State.RENEWED: "on",
    State.EXPIRED: "ended",
    State.INVALIDATED: "ended",
    State.REVOKED: "ended",
    State.WITHDRAWN: "ended",
}


_LABELS = {
    State.UNKNOWN: lambda: _("not asked"),
    State.REQUESTED: lambda: _("asked"),
    State.REQUEST_DEFERRED: lambda: _("put off"),
    State.REFUSED: lambda: _("refused"),
    State.GIVEN: lambda: _("allowed"),
    State.RENEWED: lambda: _("allowed again"),
    State.EXPIRED: lambda: _("run out"),
    State.INVALIDATED: lambda: _("no longer counting"),
    State.REVOKED: lambda: _("ended for you"),
    State.WITHDRAWN: lambda: _("withdrawn"),
}


def state_label(state: State) -> str:
    """Where a consent stands, in one to three words: for receipts."""
    return _LABELS[state]()


def aspect_words(aspect: Aspect, version: PurposeVersion, titles: dict[str, str], sensitive: frozenset[str]) -> str:
    """What is allowed separately: the words beside its switch."""
    match aspect:
        case Aspect.SENSITIVE:
            fields = listed(titles.get(field, field) for field in version.fields if field in sensitive)
            return _("Including your sensitive data: %(fields)s") % {"fields": fields}
        case Aspect.ABROAD:
            abroad = listed(country_name(code) for code in version.countries if code != settings.HOME_COUNTRY)
            return _("Also from abroad: %(countries)s") % {"countries": abroad}
        case Aspect.SELL:
            return _("Your data may be sold to it")
        case Aspect.RENT:
            return _("Your data may be rented out to it")
        case Aspect.TRADE:
            return _("Your data may be traded with it")
    return version.text().summary


def covered_words(coverage: Coverage, titles: Mapping[str, str]) -> str:
    """What is named, as a list: data, what is done with it, from where it can be seen."""
    return listed(
        [
            *(titles.get(field, field) for field in sorted(coverage.fields)),
            *(_ACTIONS[Action(action)]() for action in sorted(coverage.actions)),
            *(_("access from %(country)s") % {"country": country_name(code)} for code in sorted(coverage.countries)),
        ]
    )


_ACTIONS = {
    Action.PROVIDE: lambda: _("passing the data on"),
    Action.SELL: lambda: _("selling the data"),
    Action.RENT: lambda: _("renting the data out"),
    Action.SHARE: lambda: _("sharing the data"),
    Action.TRADE: lambda: _("trading the data"),
}


def change_words(change: ConsentChange) -> str:
    """One change of a consent, as a sentence to the person."""
    consent = change.consent
    facts = {
        "recipient": consent.recipient.legal_name if consent.recipient else settings.SITE_NAME[current()],
        "purpose": change.version.text().title,
    }
    if consent.aspect != Aspect.BASE:
        facts["purpose"] = _("%(purpose)s, %(aspect)s") % {
            "purpose": facts["purpose"],
            "aspect": Aspect(consent.aspect).label,
        }
    if change.more:
        return _MORE[More(change.more)]() % facts
    return _CHANGES[State(change.after)]() % facts


_MORE = {
    More.ASKED: lambda: _("You were asked to allow %(recipient)s more: %(purpose)s."),
    More.REFUSED: lambda: _("You kept what you allow %(recipient)s as it was: %(purpose)s."),
}


_CHANGES = {
    State.REQUESTED: lambda: _("You were asked to allow %(recipient)s: %(purpose)s."),
    State.REQUEST_DEFERRED: lambda: _("You put off your answer to %(recipient)s: %(purpose)s."),
    State.REFUSED: lambda: _("You refused %(recipient)s: %(purpose)s."),
    State.GIVEN: lambda: _("You allowed %(recipient)s: %(purpose)s."),
    State.RENEWED: lambda: _("You allowed %(recipient)s again: %(purpose)s."),
    State.EXPIRED: lambda: _("Your permission to %(recipient)s ran out: %(purpose)s."),
    State.INVALIDATED: lambda: _("Your permission to %(recipient)s stopped counting: %(purpose)s."),
    State.REVOKED: lambda: _("Your permission to %(recipient)s was ended for you: %(purpose)s."),
    State.WITHDRAWN: lambda: _("You withdrew from %(recipient)s: %(purpose)s."),
    State.UNKNOWN: lambda: _("Nothing was decided about %(recipient)s: %(purpose)s."),
}


def origin_words(origin: str) -> str:
    """How a change came about, as the ledger names it."""
    match origin:
        case "platform":
            return _("Recorded for you by the website, which keeps the evidence")
        case "mail":
            return _("By the link in a mail")
        case "system":
            return _("By itself")
        case _:
            return _("On these pages")


def outcome_words(
    choice: Choice,
    fields: Sequence[str],
    last_read_at: datetime | None,
    *,
    missing: Sequence[str] = (),
    base_is_off: bool = False,
) -> str:
    """What a change means from now on, said right after it.

    `missing` names what stays forbidden although this is allowed; `base_is_off` says that it counts for nothing alone.
    """
    facts = {"recipient": recipient_name(choice.recipient), "fields": listed(fields)}
    if choice.state is State.REQUEST_DEFERRED:
        return _("Nothing is allowed. You find this question here whenever you want to answer it.")
    if choice.is_refused:
        return (
            _("It stays as it was. %(recipient)s may use this for this purpose, and nothing more: %(fields)s.") % facts
        )
    if choice.aspect is not Aspect.BASE:
        return _aspect_outcome(choice, facts, base_is_off=base_is_off)
    if choice.state in LIVE:
        if missing:
            return _(
                "You allowed %(recipient)s this: %(fields)s. Still not allowed, each with a switch of its own: %(missing)s."
            ) % {**facts, "missing": listed(missing)}
        if choice.recipient is None:
            return _("%(recipient)s may now use this for you: %(fields)s.") % facts
        return _("%(recipient)s may now read this for this purpose: %(fields)s.") % facts
    if choice.state is State.REFUSED:
        return (
            _(
                "%(recipient)s may not read this for this purpose: %(fields)s. You can change your mind here at any time."
            )
            % facts
        )
    if choice.recipient is None:
        return _("%(recipient)s no longer uses this for this purpose: %(fields)s.") % facts
    words = _("%(recipient)s can no longer read this for this purpose: %(fields)s.") % facts
    if last_read_at is None:
        return f"{words} " + _("They have never read it.")
    return f"{words} " + _("They last read it on %(date)s.") % {"date": day(last_read_at)}


def _aspect_outcome(choice: Choice, facts: dict[str, str], *, base_is_off: bool) -> str:
    facts = {**facts, "aspect": str(choice.aspect.label)}
    if choice.state in LIVE:
        words = _("You now also allow %(recipient)s this: %(aspect)s.") % facts
        return f"{words} " + _("It counts only once you allow the use itself.") if base_is_off else words
    if choice.state is State.REFUSED:
        return _("You refused %(recipient)s this: %(aspect)s. The rest of your choice stays as it was.") % facts
    return _("You no longer allow %(recipient)s this: %(aspect)s. The rest of your choice stays as it was.") % facts
