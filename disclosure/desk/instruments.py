"""What authorities issued: entered with the document itself, and approved at home where the authority is foreign."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disclosure.desk.deeds import Deed, Doing, Failure, carry_out, offers_for
from disclosure.desk.entering import Page, enter, posted
from disclosure.desk.entry_forms import InstrumentForm
from disclosure.desk.evidence import instrument_facts
from disclosure.desk.forms import ApprovedAtHomeForm, DeedForm
from disclosure.filing_queries import filings_on
from disclosure.models import Authority, LegalInstrument
from disclosure.services import authorities as services
from users.desk import desk
from users.models import User
from users.personal import PersonRequest
from users.queries import element_titles

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk("disclosure.add_legalinstrument")
def new(request: PersonRequest, id: UUID) -> HttpResponse:
    """Enter what this authority issued."""
    authority = get_object_or_404(Authority, pk=id)
    page = Page(
        title=_("Enter what %(authority)s issued") % {"authority": authority.name},
        intro=_("Enter it as it stands in the document. Reviewers compare the two."),
        button=_("Enter it"),
        clauses="DIS-c",
        back=reverse("desk:authority", args=[authority.pk]),
        back_words=authority.name,
        with_file=True,
    )
    form = InstrumentForm(posted(request), request.FILES if request.method == "POST" else None)
    made = enter(request, page, form, lambda typed: _receive(authority, request.user, typed))
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is entered, and the document is sealed. Now a request can be filed on it."))
    return redirect("desk:instrument", made.pk)


def _receive(authority: Authority, member: User, typed: dict[str, Any]) -> LegalInstrument:
    content, fields = typed.pop("document"), typed.pop("elements")
    return services.receive_instrument(
        content, authority=authority, fields=fields, by=member, at=timezone.now(), **typed
    )


# -- one instrument --------------------------------------------------------------------------------


def _approve_at_home(instrument: LegalInstrument, form: DeedForm, doing: Doing) -> None:
    services.approve_at_home(instrument, **form.cleaned_data, by=doing.by, at=doing.at)


def _not_foreign(instrument: LegalInstrument, member: User) -> str:
    if instrument.authority.country == settings.HOME_COUNTRY:
        return _("The authority is one of this country: no approval is needed.")
    return ""


DEEDS: tuple[Deed[LegalInstrument], ...] = (
    Deed(
        slug="approve-at-home",
        heading=gettext_lazy("Enter the approval at home"),
        button=gettext_lazy("Enter the approval"),
        done=gettext_lazy("The approval is on record."),
        permission="disclosure.change_legalinstrument",
        perform=_approve_at_home,
        form=ApprovedAtHomeForm,
        closed=_not_foreign,
        explanation=gettext_lazy(
            "What a foreign authority demands is refused unless the competent authority at home has approved it (PIPL 41)."
        ),
    ),
)


def _found(id_: UUID) -> LegalInstrument:
    return get_object_or_404(LegalInstrument.objects.select_related("authority", "document"), pk=id_)


@require_safe
@desk("disclosure.view_legalinstrument")
def instrument(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, _found(id))


@require_POST
@desk("disclosure.view_legalinstrument")
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, DEEDS, slug, _found(id))
    return redirect("desk:instrument", id) if failure is None else _page(request, _found(id), failure)


def _page(request: PersonRequest, found: LegalInstrument, failure: Failure | None = None) -> HttpResponse:
    context = {
        "instrument": found,
        "facts": instrument_facts(found, element_titles()),
        "has_expired": found.expires_at <= timezone.now(),
        "filings": filings_on("instrument", found.pk)[:_SHOWN],
        "offers": offers_for(DEEDS, found, request.user, failure),
        "failure": failure,
    }
    return render(request, "desk/instrument.html", context, status=failure.status if failure else 200)
