"""The margin notes of what people were told and allowed, of what is held about them, and how it is protected."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.announcement_queries import changes_told
from consent.editions import newest_policies
from consent.margin import Note, writes_in_margin
from consent.queries import (
    latest_acceptance,
    live_consent_counts,
    policy_in_force,
    policy_uses_count,
)
from users.access.reading import summary_of
from users.countries import country_name
from users.models import User
from users.queries import holdings_summary, protection_summary
from users.wording import day, listed


@writes_in_margin
def text_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """PRE-3 to PRE-5 and CHG-a: the versions, and the one that the person accepted."""
    versions = newest_policies(2, at=at)
    notes = {"CHG-a": _changes(versions, person)}
    if person is None:
        return notes
    accepted = latest_acceptance(person)
    if accepted is None:
        notes["PRE-4"] = Note(
            _("You have not accepted the agreement so far."), href=reverse("consent:accept"), link=_("Read it")
        )
        return notes
    agreement, policy = accepted.agreement, accepted.agreement.policy
    here = reverse("agreement_version", args=[agreement.version]), _("Read what you accepted")
    notes["PRE-4"] = Note(
        _("You accepted version %(version)s of the agreement, and this policy with it.")
        % {"version": agreement.version},
        accepted.accepted_at,
        *here,
    )
    notes["PRE-5"] = Note(
        _("Version %(agreement)s of the agreement, which you accepted, names version %(policy)s of this policy.")
        % {"agreement": agreement.version, "policy": policy.version},
        None,
        *here,
    )
    in_force = policy_in_force(at=at)
    if in_force is None or in_force.version == policy.version:
        notes["PRE-3"] = Note(_("Version %(version)s, which you accepted, is in force.") % {"version": policy.version})
    else:
        notes["PRE-3"] = Note(
            _("Version %(version)s is in force. You accepted version %(accepted)s.")
            % {"version": in_force.version, "accepted": policy.version},
            since=in_force.published_at,
            href=reverse("policy_difference", args=[policy.version, in_force.version]),
            link=_("See what changed since"),
        )
    return notes


def _changes(versions: Sequence[int], person: User | None) -> Note:
    """How many versions there have been; `versions` are the numbers of the last two, newest first."""
    count = versions[0] if versions else 0
    words = ngettext("There has been %(count)d version.", "There have been %(count)d versions.", count)
    compared = len(versions) > 1
    return Note(
        words % {"count": count},
        href=reverse("policy_difference", args=[versions[1], versions[0]]) if compared else "",
        link=_("See what changed last") if compared else "",
        is_general=person is None,
    )


@writes_in_margin
def consent_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """DIS-a, STO-2 and USE-c: what the person allows, and what is on without."""
    if person is None:
        return {}
    here = reverse("consent:consents"), _("Change it")
    recipients, abroad = live_consent_counts(person, at=at)
    on_by_policy, objected = policy_uses_count(person, at=at)
    allowed = (
        ngettext("You allowed %(count)d recipient.", "You allowed %(count)d recipients.", recipients)
        % {"count": recipients}
        if recipients
        else _("You have allowed nobody.")
    )
    going_abroad = (
        ngettext(
            "You allowed going abroad for %(count)d purpose.",
            "You allowed going abroad for %(count)d purposes.",
            abroad,
        )
        % {"count": abroad}
        if abroad
        else _("You have not consented to anything going abroad.")
    )
    return {
        "DIS-a": Note(allowed, None, *here),
        "STO-2": Note(going_abroad, None, *here),
        "USE-c": Note(_uses_words(on_by_policy, objected), None, *here),
    }


def _uses_words(on_by_policy: int, objected: int) -> str:
    if not on_by_policy:
        return _("Nothing is on by the policy alone.")
    words = ngettext(
        "%(count)d use of ours is on by the policy.", "%(count)d uses of ours are on by the policy.", on_by_policy
    ) % {"count": on_by_policy}
    if not objected:
        return f"{words} " + _("You have objected to none.")
    said = ngettext("You objected to %(count)d.", "You objected to %(count)d.", objected)
    return f"{words} " + said % {"count": objected}


@writes_in_margin
def notice_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """CHG-b: of which significant changes the person was told."""
    if person is None:
        return {}
    told = changes_told(person, at=at)
    if not told.count:
        words = _("No significant change was made since you came.")
    else:
        words = ngettext(
            "You were told of %(count)d significant change.",
            "You were told of %(count)d significant changes.",
            told.count,
        ) % {"count": told.count}
        if told.unread:
            words += " " + ngettext(
                "%(count)d notice you have not read.", "%(count)d notices you have not read.", told.unread
            ) % {"count": told.unread}
    return {"CHG-b": Note(words, told.last, reverse("announcements:announcements"), _("See the notices"))}


@writes_in_margin
def holding_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """COL, EXC and STO-1: what is held, from whom, and where."""
    if person is None:
        return {}
    data = reverse("users:data")
    summary = holdings_summary(person, at=at)
    notes = {
        "COL-a": _recorded_note(person, at),
        "COL-b": Note(
            ngettext(
                "%(count)d value about you came from a partner.",
                "%(count)d values about you came from partners.",
                summary.from_partners,
            )
            % {"count": summary.from_partners}
            if summary.from_partners
            else _("Nothing about you came from a partner."),
            href=data,
            link=_("See your data"),
        ),
        "STO-1": Note(
            _("Your data is stored in: %(countries)s.")
            % {"countries": listed(country_name(code) for code in summary.countries)}
            if summary.countries
            else _("Nothing about you is stored so far."),
            href=data,
            link=_("See where each value is"),
        ),
    }
    for clause in ("EXC-a", "EXC-b", "EXC-c"):
        count = summary.excluded.get(clause, 0)
        notes[clause] = Note(
            ngettext("%(count)d value is held apart.", "%(count)d values are held apart.", count) % {"count": count}
            if count
            else _("Nothing of this kind is held about you."),
            href=f"{data}#outside" if count else data,
            link=_("See it") if count else _("See your data"),
        )
    return notes


@writes_in_margin
def protection_notes(person: User | None, at: datetime) -> Mapping[str, Note]:
    """SEC-a, SEC-b and USE-b: how the account is locked, whether disclosures stand still, and who has a name for them."""
    if person is None:
        return {}
    summary = protection_summary(person, at=at)
    here = reverse("users:security"), _("See your log-ins")
    logins = ngettext("%(count)d log-in is open.", "%(count)d log-ins are open.", summary.logins)
    second = _("A second factor is on.") if summary.has_second_factor else _("No second factor is on.")
    known = ngettext(
        "%(count)d partner has a name for you, which no other partner knows you under.",
        "%(count)d partners have a name for you, each a different one.",
        summary.names,
    )
    return {
        "SEC-a": Note(f"{logins % {'count': summary.logins}} {second}", None, *here),
        "SEC-b": Note(_("Disclosures of your data are frozen."), summary.frozen_since, *here)
        if summary.frozen_since
        else Note(_("Disclosures of your data are not frozen."), None, *here),
        "USE-b": Note(known % {"count": summary.names} if summary.names else _("No partner has a name for you.")),
    }


def _recorded_note(person: User, at: datetime) -> Note:
    recorded = summary_of(person, at=at)
    words = _("Nothing is recorded so far.")
    if recorded.last_at:
        words = ngettext(
            "%(count)d page view is recorded, on %(date)s.",
            "%(count)d page views are recorded, the last on %(date)s.",
            recorded.count,
        ) % {"count": recorded.count, "date": day(recorded.last_at)}
    return Note(words, href=reverse("users:records"), link=_("See your access records"))
