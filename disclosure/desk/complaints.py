"""Complaints about intellectual property as staff look after them: entered, qualified, closed (DIS-e)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disclosure.desk.deeds import Deed, Doing, Failure, carry_out, offers_for
from disclosure.desk.entering import Page, enter, posted
from disclosure.desk.entry_forms import ComplaintForm
from disclosure.desk.evidence import complaint_facts
from disclosure.desk.forms import DeedForm, HowForm
from disclosure.desk.refusals import words_of
from disclosure.filing_queries import filings_on
from disclosure.models import Complaint
from disclosure.services import complaints as services
from disclosure.services.errors import OwnMatter
from users.desk import desk
from users.models import User
from users.personal import PersonRequest
from users.queries import element_titles
from users.services.actors import as_staff

_SHOWN = 50
_SEE, _CHANGE = "disclosure.view_complaint", "disclosure.change_complaint"


@require_safe
@desk(_SEE)
def complaints(request: PersonRequest) -> HttpResponse:
    page = Paginator(Complaint.objects.order_by("-opened_at", "pk"), _SHOWN).get_page(request.GET.get("page"))
    return render(request, "desk/complaints.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@desk("disclosure.add_complaint")
def new(request: PersonRequest) -> HttpResponse:
    page = Page(
        title=_("Enter a complaint"),
        intro=_(
            "The respondent can then ask for the complainant's data that an answer needs. Nothing of the respondent's goes to the complainant."
        ),
        button=_("Enter it"),
        clauses="DIS-e",
        back=reverse("desk:complaints"),
        back_words=_("Complaints"),
        with_file=True,
    )
    form = ComplaintForm(posted(request), request.FILES if request.method == "POST" else None)
    made = enter(request, page, form, lambda typed: _receive(request.user, typed))
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is entered. Somebody has to qualify the complainant."))
    return redirect("desk:complaint", made.pk)


def _receive(member: User, typed: dict[str, Any]) -> Complaint:
    content, fields = typed.pop("proof"), typed.pop("elements")
    return services.receive_complaint(content, fields=fields, by=member, at=timezone.now(), **typed)


# -- one complaint ---------------------------------------------------------------------------------


def _qualify(complaint: Complaint, form: DeedForm, doing: Doing) -> None:
    services.qualify(complaint, how=form.cleaned_data["how"], by=doing.by, at=doing.at)


def _close(complaint: Complaint, form: DeedForm, doing: Doing) -> None:
    services.close_complaint(complaint, by=as_staff(doing.by), at=doing.at)


def _not_open(complaint: Complaint, member: User) -> str:
    return _("It is closed; an end is not taken back.") if complaint.closed_at else ""


def _not_qualified(complaint: Complaint, member: User) -> str:
    if member.pk in (complaint.complainant_id, complaint.respondent_id):
        return words_of(OwnMatter())
    return _not_open(complaint, member)


DEEDS: tuple[Deed[Complaint], ...] = (
    Deed(
        slug="qualify",
        heading=gettext_lazy("Qualify the complainant"),
        button=gettext_lazy("The complainant holds the right"),
        done=gettext_lazy("The complainant is qualified, with your name and how you made sure."),
        permission=_CHANGE,
        perform=_qualify,
        form=HowForm,
        closed=_not_qualified,
    ),
    Deed(
        slug="close",
        heading=gettext_lazy("Close it"),
        button=gettext_lazy("The complaint is settled"),
        done=gettext_lazy("It is closed. From now on nothing is released on it."),
        permission=_CHANGE,
        perform=_close,
        closed=_not_open,
        explanation=gettext_lazy("From that moment on nothing is released on it. This is not taken back."),
    ),
)


@require_safe
@desk(_SEE)
def complaint(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Complaint, pk=id))


@require_POST
@desk(_SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, DEEDS, slug, get_object_or_404(Complaint, pk=id))
    if failure is None:
        return redirect("desk:complaint", id)
    return _page(request, get_object_or_404(Complaint, pk=id), failure)


def _page(request: PersonRequest, found: Complaint, failure: Failure | None = None) -> HttpResponse:
    context = {
        "complaint": found,
        "facts": complaint_facts(found, element_titles()),
        "filings": filings_on("complaint", found.pk)[:_SHOWN],
        "offers": offers_for(DEEDS, found, request.user, failure),
        "failure": failure,
    }
    return render(request, "desk/complaint.html", context, status=failure.status if failure else 200)
