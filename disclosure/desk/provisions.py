"""The register of laws and site policies on which DIS-g may be claimed: seen by staff, kept by the policy editor."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disclosure.desk.deeds import Deed, Doing, Failure, Offer, carry_out, offers_for
from disclosure.desk.entering import Page, enter, posted
from disclosure.desk.entry_forms import ProvisionForm
from disclosure.desk.forms import DeedForm
from disclosure.models import Provision
from disclosure.services import provisions as services
from users.desk import desk
from users.models import User
from users.personal import PersonRequest

_SEE = "disclosure.view_provision"


def _repeal(provision: Provision, form: DeedForm, doing: Doing) -> None:
    services.repeal_provision(provision, by=doing.by, at=doing.at)


def _not_in_force(provision: Provision, member: User) -> str:
    return _("It is repealed already.") if provision.repealed_at else ""


REPEAL: Deed[Provision] = Deed(
    slug="repeal",
    heading=gettext_lazy("Repeal it"),
    button=gettext_lazy("It is no longer in force"),
    done=gettext_lazy("It is repealed. From now on nothing is released on it."),
    permission="disclosure.change_provision",
    perform=_repeal,
    closed=_not_in_force,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A provision, its shape, and its end where it is the viewer's to enter."""

    provision: Provision
    is_in_force: bool
    offer: Offer[Provision] | None


@require_safe
@desk(_SEE)
def provisions(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("disclosure.add_provision")
def new(request: PersonRequest) -> HttpResponse:
    page = Page(
        title=_("Enter a provision"),
        intro=_("A law, a regulation or a policy of this site. Nothing that is not in the register is a ground."),
        button=_("Enter it"),
        clauses="DIS-g",
        back=reverse("desk:provisions"),
        back_words=_("Provisions"),
    )
    made = enter(
        request,
        page,
        ProvisionForm(posted(request)),
        lambda typed: services.enter_provision(**typed, by=request.user, at=timezone.now()),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is in the register."))
    return redirect("desk:provisions")


@require_POST
@desk(_SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, [REPEAL], slug, get_object_or_404(Provision, pk=id))
    return redirect("desk:provisions") if failure is None else _page(request, failure)


def _page(request: PersonRequest, failure: Failure | None = None) -> HttpResponse:
    now = timezone.now()
    rows = [
        Row(
            provision,
            provision.in_force_from <= now and not (provision.repealed_at and provision.repealed_at <= now),
            next(iter(offers_for([REPEAL], provision, request.user)), None),
        )
        for provision in Provision.objects.order_by("citation")
    ]
    context = {"rows": rows, "failure": failure}
    return render(request, "desk/provisions.html", context, status=failure.status if failure else 200)
