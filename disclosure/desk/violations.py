"""Violations: found by one member of staff, confirmed or dismissed by another (DIS-d)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disclosure.desk.deeds import Deed, Doing, Failure, carry_out, offers_for
from disclosure.desk.entering import Page, enter, posted
from disclosure.desk.entry_forms import ViolationForm
from disclosure.desk.filing import evidence_text
from disclosure.desk.forms import DeedForm
from disclosure.filing_queries import filings_on
from users.colleagues import colleagues
from users.desk import desk
from users.models import User, Violation
from users.personal import PersonRequest
from users.services.violations import decide_violation, find_violation

_SHOWN = 50
_SEE, _CHANGE = "users.view_violation", "users.change_violation"
SHAPES = {
    Violation.State.FOUND.value: "waiting",
    Violation.State.CONFIRMED.value: "on",
    Violation.State.DISMISSED.value: "refused",
}


@require_safe
@desk(_SEE)
def violations(request: PersonRequest) -> HttpResponse:
    """Those that wait for a decision first."""
    found = Violation.objects.defer("evidence").order_by(F("decided_at").desc(nulls_first=True), "-found_at", "pk")
    page = Paginator(found, _SHOWN).get_page(request.GET.get("page"))
    rows = [(violation, SHAPES[violation.state]) for violation in page]
    return render(request, "desk/violations.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@desk("users.add_violation")
def new(request: PersonRequest) -> HttpResponse:
    page = Page(
        title=_("Record a violation"),
        intro=_("It counts for nothing until a colleague has confirmed it. A suspicion is not enough."),
        button=_("Record it"),
        clauses="DIS-d EXC-c",
        back=reverse("desk:violations"),
        back_words=_("Violations"),
    )
    made = enter(
        request,
        page,
        ViolationForm(posted(request)),
        lambda typed: find_violation(**typed, by=request.user, at=timezone.now()),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is recorded. Somebody else has to confirm it."))
    return redirect("desk:violation", made.pk)


# -- one violation ---------------------------------------------------------------------------------


def _confirm(violation: Violation, form: DeedForm, doing: Doing) -> None:
    decide_violation(violation, confirm=True, by=doing.by, at=doing.at)


def _dismiss(violation: Violation, form: DeedForm, doing: Doing) -> None:
    decide_violation(violation, confirm=False, by=doing.by, at=doing.at)


def _not_decided(violation: Violation, member: User) -> str:
    if violation.state != Violation.State.FOUND:
        return _("It stands at “%(state)s”, where this is not possible.") % {"state": violation.get_state_display()}
    if violation.person_id == member.pk:
        return _("It is said to be yours: a colleague decides.")
    return _("You found it: a colleague decides.") if violation.found_by_id == member.pk else ""


DEEDS: tuple[Deed[Violation], ...] = (
    Deed(
        slug="confirm",
        heading=gettext_lazy("Confirm it"),
        button=gettext_lazy("The rule was broken"),
        done=gettext_lazy("It is confirmed."),
        permission=_CHANGE,
        perform=_confirm,
        closed=_not_decided,
        explanation=gettext_lazy("Read the evidence first. A request can be filed on it from then on."),
    ),
    Deed(
        slug="dismiss",
        heading=gettext_lazy("Dismiss it"),
        button=gettext_lazy("The rule was not broken"),
        done=gettext_lazy("It is dismissed, and no request can rest on it."),
        permission=_CHANGE,
        perform=_dismiss,
        closed=_not_decided,
    ),
)


@require_safe
@desk(_SEE)
def violation(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Violation, pk=id))


@require_POST
@desk(_SEE)
def evidence(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the evidence, once, in this answer alone: that somebody read it is entered."""
    found = get_object_or_404(Violation, pk=id)
    return _page(request, found, text=evidence_text(found, request))


@require_POST
@desk(_SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, DEEDS, slug, get_object_or_404(Violation, pk=id))
    if failure is None:
        return redirect("desk:violation", id)
    return _page(request, get_object_or_404(Violation, pk=id), failure)


def _page(
    request: PersonRequest, found: Violation, failure: Failure | None = None, *, text: str | None = None
) -> HttpResponse:
    names = colleagues()

    def name_of(person_id: UUID | None) -> str:
        return _("you") if person_id == request.user.pk else names.get(person_id, str(person_id)) if person_id else "–"

    context = {
        "violation": found,
        "shape": SHAPES[found.state],
        "is_confirmed": found.state == Violation.State.CONFIRMED,
        "found_by": name_of(found.found_by_id),
        "decided_by": name_of(found.decided_by_id),
        "evidence_text": text,
        "filings": filings_on("violation", found.pk)[:_SHOWN],
        "offers": offers_for(DEEDS, found, request.user, failure),
        "failure": failure,
    }
    return render(request, "desk/violation.html", context, status=failure.status if failure else 200)
