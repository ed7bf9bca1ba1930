"""What can be done to a request: decide it, work on it, and what only whoever filed it may."""

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.desk.access import DECIDE, FILE, WORK
from disclosure.desk.case import Case
from disclosure.desk.deeds import Deed, Doing
from disclosure.desk.forms import (
    ApproveForm,
    AskForm,
    AssignForm,
    CommentForm,
    DeedForm,
    DelayForm,
    ExtendForm,
    ReasonForm,
    RefuseForm,
    RevokeForm,
)
from disclosure.filing_states import GRANTED, OPEN, Event
from disclosure.services import filings, openings
from users.models import User

# -- deciding ------------------------------------------------------------------------------------


def _reason(form: DeedForm) -> str:
    return cast(ReasonForm, form).reason


def _not_approved(case: Case, member: User) -> str:
    return (
        case.why_not_decided_by(member)
        or case.why_not_after(Event.APPROVE, Event.APPROVE_LAST)
        or case.why_not_approved_by(member)
    )


def _not_after(event: Event) -> Any:
    return lambda case, member: case.why_not_decided_by(member) or case.why_not_after(event)


def _approve(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.approve(case.filing, shown=doing.shown, reason=_reason(form), by=doing.by, at=doing.at)


def _refuse(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.refuse(case.filing, shown=doing.shown, reason=_reason(form), by=doing.by, at=doing.at)


def _ask(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.ask(case.filing, shown=doing.shown, question=_reason(form), by=doing.by, at=doing.at)


def _revoke(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.revoke(case.filing, shown=doing.shown, reason=_reason(form), by=doing.by, at=doing.at)


DECIDING: tuple[Deed[Case], ...] = (
    Deed(
        slug="approve",
        heading=gettext_lazy("Approve"),
        button=gettext_lazy("Approve this version"),
        done=gettext_lazy("You approved it. That is on record with your reason."),
        permission=DECIDE,
        perform=_approve,
        form=ApproveForm,
        closed=_not_approved,
        key="a",
    ),
    Deed(
        slug="refuse",
        heading=gettext_lazy("Refuse"),
        button=gettext_lazy("Refuse it for good"),
        done=gettext_lazy("You refused it. Nothing will be released, and whoever filed it sees why."),
        permission=DECIDE,
        perform=_refuse,
        form=RefuseForm,
        closed=_not_after(Event.REFUSE),
        key="r",
    ),
    Deed(
        slug="ask",
        heading=gettext_lazy("Ask for more"),
        button=gettext_lazy("Ask, and stop the clock"),
        done=gettext_lazy("You asked. The clock stands still until whoever filed it answers."),
        permission=DECIDE,
        perform=_ask,
        form=AskForm,
        closed=_not_after(Event.ASK),
        key="q",
    ),
)

# -- talking -------------------------------------------------------------------------------------


def _comment(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.comment(case.filing, text=form.cleaned_data["text"], by=doing.by, at=doing.at)


COMMENT: Deed[Case] = Deed(
    slug="comment",
    heading=gettext_lazy("Comment"),
    button=gettext_lazy("Add the comment"),
    done=gettext_lazy("Your comment stands below the others."),
    permission=FILE,
    perform=_comment,
    form=CommentForm,
    key="c",
)

# -- working on it -------------------------------------------------------------------------------


def _not_in(states: frozenset[Any]) -> Any:
    return lambda case, member: "" if case.state in states else _("It is over.")


def _not_extended(case: Case, member: User) -> str:
    if case.state not in OPEN or case.filing.due_at is None:
        return _("There is no deadline that runs.")
    return ""


def _not_delayed(case: Case, member: User) -> str:
    if case.filing.authority_id is None:
        return _("On this ground the person is told before it is decided.")
    if case.filing.notified_at is not None:
        return _("The person has been told.")
    return str(_not_in(OPEN | GRANTED)(case, member))


def _not_linked(case: Case, member: User) -> str:
    if case.filing.authority_id is None:
        return _("The recipient opens it after logging in, and needs no link.")
    return "" if case.state in GRANTED else _("Nothing is approved that a link could open.")


def _assign(case: Case, form: DeedForm, doing: Doing) -> None:
    chosen = form.cleaned_data["to"]
    filings.assign(case.filing, to=User.objects.get(pk=chosen) if chosen else None, by=doing.by, at=doing.at)


def _extend(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.extend(case.filing, days=form.cleaned_data["days"], reason=_reason(form), by=doing.by, at=doing.at)


def _delay(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.delay_notice(case.filing, until=form.cleaned_data["until"], reason=_reason(form), by=doing.by, at=doing.at)


def _link(case: Case, form: DeedForm, doing: Doing) -> None:
    openings.issue_link(case.filing, by=doing.by, at=doing.at)


WORKING: tuple[Deed[Case], ...] = (
    Deed(
        slug="assign",
        heading=gettext_lazy("Assign it"),
        button=gettext_lazy("Assign"),
        done=gettext_lazy("It is assigned."),
        permission=WORK,
        perform=_assign,
        form=AssignForm,
        closed=_not_in(OPEN | GRANTED),
    ),
    Deed(
        slug="extend",
        heading=gettext_lazy("Give it more time"),
        button=gettext_lazy("Move the deadline"),
        done=gettext_lazy("The deadline is moved, with your reason on record."),
        permission=WORK,
        perform=_extend,
        form=ExtendForm,
        closed=_not_extended,
    ),
    Deed(
        slug="delay-notice",
        heading=gettext_lazy("Tell the person later"),
        button=gettext_lazy("Delay the notice"),
        done=gettext_lazy("The person is told on that day, by itself."),
        permission=DECIDE,
        perform=_delay,
        form=DelayForm,
        closed=_not_delayed,
        explanation=gettext_lazy(
            "Without this the person is told as soon as the recipient opens the data. Only a reason that the law gives may delay it."
        ),
    ),
    Deed(
        slug="send-link",
        heading=gettext_lazy("Send the link"),
        button=gettext_lazy("Send the authority its link"),
        done=gettext_lazy(
            "The link is on its way to the authority's official address. It opens for one browser, and any earlier link is dead."
        ),
        permission=DECIDE,
        perform=_link,
        closed=_not_linked,
        explanation=gettext_lazy(
            "It is good for seven days, or until the request expires, and everything is decided anew when it is opened."
        ),
    ),
    Deed(
        slug="revoke",
        heading=gettext_lazy("Revoke it"),
        button=gettext_lazy("Revoke what was approved"),
        done=gettext_lazy("It is revoked. From now on it releases nothing, and its links are dead."),
        permission=DECIDE,
        perform=_revoke,
        form=RevokeForm,
        closed=_not_after(Event.REVOKE),
    ),
)

# -- what only whoever filed it may --------------------------------------------------------------


def _not_the_filers(event: Event) -> Any:
    return lambda case, member: case.why_not_the_filers(member) or case.why_not_after(event)


def _submit(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.submit(case.filing, shown=doing.shown, by=doing.by, at=doing.at)


def _take_back(case: Case, form: DeedForm, doing: Doing) -> None:
    filings.take_back(case.filing, shown=doing.shown, by=doing.by, at=doing.at)


FILING: tuple[Deed[Case], ...] = (
    Deed(
        slug="submit",
        heading=gettext_lazy("Submit it"),
        button=gettext_lazy("Hand it to the reviewers"),
        done=gettext_lazy("It is with the reviewers now, and their clock runs."),
        permission=FILE,
        perform=_submit,
        closed=_not_the_filers(Event.SUBMIT),
    ),
    Deed(
        slug="take-back",
        heading=gettext_lazy("Take it back"),
        button=gettext_lazy("Take the request back"),
        done=gettext_lazy("The request is taken back. It releases nothing."),
        permission=FILE,
        perform=_take_back,
        closed=_not_the_filers(Event.WITHDRAW),
    ),
)
DEEDS = (*FILING, *DECIDING, COMMENT, *WORKING)
