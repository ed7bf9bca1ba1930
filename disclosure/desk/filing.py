"""The page of a request: to read, to decide, to work on, to look at what it would release."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from disclosure.desk.access import DECIDE, SEE
from disclosure.desk.case import Case, case_of
from disclosure.desk.deeds import Failure, carry_out, offers_for
from disclosure.desk.dossier import Dossier
from disclosure.desk.filing_deeds import COMMENT, DECIDING, DEEDS, FILING, WORKING
from disclosure.desk.forms import LookForm
from disclosure.desk.refusals import CAUGHT, words_of
from disclosure.filing_states import Event
from disclosure.services.openings import look
from privacy_app.crypto import Unreadable
from users.desk import desk
from users.models import Violation
from users.personal import PersonRequest
from users.services.violations import read_evidence

LOOK = "look"


@require_safe
@desk(SEE)
def filing(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, case_of(id, request.user, at=timezone.now()))


@require_POST
@desk(SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    """Do one thing to it. Where that fails the page comes back as things stand now, with what was typed."""
    failure = carry_out(request, DEEDS, slug, case_of(id, request.user, at=timezone.now()))
    if failure is None:
        return redirect("desk:filing", id)
    return _page(request, case_of(id, request.user, at=timezone.now()), failure=failure)


@require_POST
@desk(DECIDE)
def look_at_values(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the values it asks for, once, in this answer alone: that somebody looked is entered, and told to the person."""
    case = case_of(id, request.user, at=timezone.now())
    form = _look_form(case, request.POST)
    if not form.is_valid():
        return _page(request, case, failure=Failure(LOOK, form, 422))
    try:
        values = look(case.filing, reason=form.reason, by=request.user, at=timezone.now())
    except CAUGHT as refused:
        return _page(
            request, case_of(id, request.user, at=timezone.now()), failure=Failure(LOOK, form, 409, words_of(refused))
        )
    return _page(request, case, values=values)


@require_POST
@desk("users.view_violation")
def evidence(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the evidence of its violation, once, in this answer alone: that somebody read it is entered."""
    case = case_of(id, request.user, at=timezone.now())
    if case.filing.violation is None:
        return redirect("desk:filing", id)
    return _page(request, case, evidence_text=evidence_text(case.filing.violation, request))


def evidence_text(violation: Violation, request: PersonRequest) -> str:
    """The words of evidence for a violation, or why there are none."""
    try:
        return read_evidence(violation, by=request.user, at=timezone.now())
    except CAUGHT as refused:
        return words_of(refused)
    except Unreadable:
        return _("The evidence does not open. Tell whoever operates the server.")


def _look_form(case: Case, data: Any = None) -> LookForm:
    return LookForm(data, subject=case, auto_id=f"id_{LOOK}_%s")


def _page(request: PersonRequest, case: Case, *, failure: Failure | None = None, **shown: Any) -> HttpResponse:
    member = request.user
    looking = failure is not None and failure.slug == LOOK
    context = {
        "case": case,
        "dossier": Dossier(case, member, at=timezone.now(), **shown),
        "decide": offers_for(DECIDING, case, member, failure),
        "comment": next(iter(offers_for([COMMENT], case, member, failure)), None),
        "work": offers_for(WORKING, case, member, failure),
        "own": offers_for(FILING, case, member, failure),
        "is_filer": case.filing.filed_by_id == member.pk,
        "may_look": member.has_perm(DECIDE),
        "not_looking": case.why_not_looked_at_by(member),
        "look_form": failure.form if failure and looking else _look_form(case),
        "not_edited": case.why_not_the_filers(member) or case.why_not_after(Event.EDIT),
        "failure": failure,
    }
    return render(request, "desk/filing.html", context, status=failure.status if failure else 200)
