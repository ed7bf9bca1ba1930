"""Filing requests on the grounds that staff claim (DIS-c, DIS-d, DIS-g), and changing what was filed."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from disclosure.desk.access import FILE
from disclosure.desk.case import Case, case_of
from disclosure.desk.deeds import shown_version
from disclosure.desk.entering import Page, enter, posted
from disclosure.desk.filing_forms import FilingForm, OnInstrument, OnProvision, OnViolation
from disclosure.desk.refusals import words_of
from disclosure.filing_queries import confirmed_violations, instruments_in_force
from disclosure.filing_states import Event
from disclosure.gate import Ground
from disclosure.models import Filing, LegalInstrument
from disclosure.services import filings
from disclosure.services.errors import InstrumentExpired
from disclosure.services.filings import unsealed
from users.desk import desk
from users.models import Violation
from users.personal import PersonRequest

_SHOWN = 50


@require_safe
@desk(FILE)
def choose(request: PersonRequest) -> HttpResponse:
    """On what ground: what is on record for each that staff may claim."""
    context = {
        "instruments": instruments_in_force(at=timezone.now())[:_SHOWN],
        "violations": confirmed_violations()[:_SHOWN],
    }
    return render(request, "desk/new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(FILE)
def on_instrument(request: PersonRequest, id: UUID) -> HttpResponse:
    instrument = get_object_or_404(LegalInstrument.objects.select_related("authority"), pk=id)
    if instrument.expires_at <= timezone.now():
        messages.warning(request, words_of(InstrumentExpired()))
        return redirect("desk:instrument", id)
    intro = _("On %(kind)s %(number)s, for %(authority)s.") % {
        "kind": instrument.get_kind_display(),
        "number": instrument.number,
        "authority": instrument.authority.name,
    }
    return _file(request, OnInstrument(instrument, posted(request)), intro, "DIS-c")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(FILE)
def on_violation(request: PersonRequest, id: UUID) -> HttpResponse:
    violation = get_object_or_404(Violation.objects.select_related("person"), pk=id)
    if violation.state != Violation.State.CONFIRMED:
        messages.warning(request, _("Nothing can be filed on a violation that is not confirmed."))
        return redirect("desk:violation", id)
    intro = _("On a violation of this rule: %(rule)s. It is about whoever broke it.") % {"rule": violation.rule}
    form = OnViolation(violation, posted(request))
    return _file(request, form, intro, "DIS-d", about=violation)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(FILE)
def on_provision(request: PersonRequest) -> HttpResponse:
    intro = _("For what no other ground covers. Each such request is counted, and the number is published.")
    return _file(request, OnProvision(posted(request)), intro, "DIS-g")


def _file(
    request: PersonRequest, form: FilingForm, intro: str, clauses: str, about: Violation | None = None
) -> HttpResponse:
    page = Page(
        title=_("File a request"),
        intro=f"{intro} " + _("It becomes a draft: look at it once more, then hand it to the reviewers."),
        button=_("File it as a draft"),
        clauses=clauses,
        back=reverse("desk:new"),
        back_words=_("File a request"),
    )
    made = enter(
        request,
        page,
        form,
        lambda typed: filings.draft(form.wanted(about.person if about else None), by=request.user, at=timezone.now()),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is a draft. Nobody reviews it before you hand it to them."))
    return redirect("desk:filing", made.pk)


# -- changing what was filed -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@desk(FILE)
def edit(request: PersonRequest, id: UUID) -> HttpResponse:
    """Only whoever filed it may, and while it is not released or over. It makes a new version: approvals are void."""
    case = case_of(id, request.user, at=timezone.now())
    filing = case.filing
    if case.why_not_the_filers(request.user):
        raise PermissionDenied
    if why := case.why_not_after(Event.EDIT):
        messages.warning(request, _("Nothing was changed.") + f" {why}")
        return redirect("desk:filing", id)
    form = _form_of(case, request)
    made = enter(
        request,
        _edit_page(filing),
        form,
        lambda typed: filings.edit(
            filing,
            form.wanted(filing.person),
            shown=shown_version(request),
            by=request.user,
            at=timezone.now(),
        ),
        again=lambda: _edit_page(case_of(id, request.user, at=timezone.now()).filing),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("This is version %(version)s now.") % {"version": made.version})
    return redirect("desk:filing", made.pk)


def _edit_page(filing: Filing) -> Page:
    return Page(
        title=_("Change the request"),
        intro=_("This makes version %(next)s. Whatever was approved of version %(version)s does not count any more.")
        % {"next": filing.version + 1, "version": filing.version},
        button=_("Make a new version"),
        clauses=Ground(filing.ground).clause,
        back=reverse("desk:filing", args=[filing.pk]),
        back_words=_("The request"),
        version=filing.version,
    )


def _form_of(case: Case, request: PersonRequest) -> FilingForm:
    """The form on which it was filed, with what stands in it. Raises Http404 for what people file on their own pages."""
    filing, data = case.filing, posted(request)
    why = unsealed(filing, [filing.justification])[0] or ""
    if filing.instrument is not None:
        return OnInstrument(filing.instrument, data, filing=filing, why=why)
    if filing.violation is not None:
        return OnViolation(filing.violation, data, filing=filing, why=why)
    if filing.provision is not None:
        return OnProvision(data, filing=filing, why=why)
    raise Http404
