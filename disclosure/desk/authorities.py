"""The register of authorities: who they are, who made sure of them and how, and what they issued (DIS-c)."""

from uuid import UUID

from django.conf import settings
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
from disclosure.desk.entry_forms import AuthorityForm
from disclosure.desk.forms import DeedForm, HowForm
from disclosure.filing_queries import filings_on
from disclosure.models import Authority
from disclosure.services import authorities as services
from users.countries import country_name
from users.desk import desk
from users.models import User
from users.personal import PersonRequest

PER_PAGE = 50
_CHANGE = "disclosure.change_authority"


@require_safe
@desk("disclosure.view_authority")
def authorities(request: PersonRequest) -> HttpResponse:
    page = Paginator(Authority.objects.order_by("name"), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(authority, country_name(authority.country)) for authority in page]
    return render(request, "desk/authorities.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@desk("disclosure.add_authority")
def new(request: PersonRequest) -> HttpResponse:
    page = Page(
        title=_("Enter an authority"),
        intro=_("It is not verified by being entered: somebody has to make sure that it is who it says it is."),
        button=_("Enter it"),
        clauses="DIS-c",
        back=reverse("desk:authorities"),
        back_words=_("Authorities"),
    )
    made = enter(
        request,
        page,
        AuthorityForm(posted(request)),
        lambda typed: services.add_authority(**typed, by=request.user, at=timezone.now()),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is entered, and not verified yet."))
    return redirect("desk:authority", made.pk)


# -- one authority ---------------------------------------------------------------------------------


def _verify(authority: Authority, form: DeedForm, doing: Doing) -> None:
    services.verify_authority(authority, how=form.cleaned_data["how"], by=doing.by, at=doing.at)


def _doubt(authority: Authority, form: DeedForm, doing: Doing) -> None:
    services.doubt_authority(authority, by=doing.by, at=doing.at)


def _not_doubted(authority: Authority, member: User) -> str:
    return "" if authority.verified_at else _("It is not verified, so there is nothing to doubt.")


DEEDS: tuple[Deed[Authority], ...] = (
    Deed(
        slug="verify",
        heading=gettext_lazy("Verify it"),
        button=gettext_lazy("I made sure of it"),
        done=gettext_lazy("It is verified, with your name and how you made sure."),
        permission=_CHANGE,
        perform=_verify,
        form=HowForm,
        explanation=gettext_lazy("Do not use the telephone number or address that a demand itself gives."),
    ),
    Deed(
        slug="doubt",
        heading=gettext_lazy("Doubt it"),
        button=gettext_lazy("I am not certain of it any more"),
        done=gettext_lazy("From now on nothing goes to it, until somebody makes sure of it again."),
        permission=_CHANGE,
        perform=_doubt,
        closed=_not_doubted,
        explanation=gettext_lazy("Whatever was approved for it releases nothing from that moment on."),
    ),
)


@require_safe
@desk("disclosure.view_authority")
def authority(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, get_object_or_404(Authority, pk=id))


@require_POST
@desk("disclosure.view_authority")
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, DEEDS, slug, get_object_or_404(Authority, pk=id))
    if failure is None:
        return redirect("desk:authority", id)
    return _page(request, get_object_or_404(Authority, pk=id), failure)


def _page(request: PersonRequest, found: Authority, failure: Failure | None = None) -> HttpResponse:
    context = {
        "authority": found,
        "country": country_name(found.country),
        "is_foreign": found.country != settings.HOME_COUNTRY,
        "instruments": found.instruments.order_by("-received_at")[:PER_PAGE],
        "filings": filings_on("authority", found.pk)[:PER_PAGE],
        "offers": offers_for(DEEDS, found, request.user, failure),
        "failure": failure,
    }
    return render(request, "desk/authority.html", context, status=failure.status if failure else 200)
