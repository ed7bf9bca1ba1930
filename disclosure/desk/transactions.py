"""Transactions of two people as staff look after them: what each performed, that both were warned (DIS-f, SEC-b)."""

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
from disclosure.desk.entry_forms import TransactionForm
from disclosure.desk.evidence import transaction_facts
from disclosure.desk.forms import DeedForm, PerformForm
from disclosure.desk.refusals import words_of
from disclosure.filing_queries import filings_on
from disclosure.models import Performance, Transaction
from disclosure.services import transactions as services
from disclosure.services.errors import OwnMatter
from users.desk import desk
from users.models import User
from users.personal import PersonRequest
from users.services.actors import as_staff

_SHOWN = 50
_SEE, _CHANGE = "disclosure.view_transaction", "disclosure.change_transaction"


@require_safe
@desk(_SEE)
def transactions(request: PersonRequest) -> HttpResponse:
    page = Paginator(Transaction.objects.order_by("-opened_at", "pk"), _SHOWN).get_page(request.GET.get("page"))
    return render(request, "desk/transactions.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@desk("disclosure.add_transaction")
def new(request: PersonRequest) -> HttpResponse:
    page = Page(
        title=_("Enter a transaction"),
        intro=_("Most come from the website by themselves. Enter one by hand only where that failed."),
        button=_("Enter it"),
        clauses="DIS-f SEC-b",
        back=reverse("desk:transactions"),
        back_words=_("Transactions"),
    )
    made = enter(
        request,
        page,
        TransactionForm(posted(request)),
        lambda typed: services.open_transaction(**typed, by=as_staff(request.user), at=timezone.now()),
    )
    if isinstance(made, HttpResponse):
        return made
    messages.success(request, _("It is entered. Nothing is performed, and nobody warned, so far."))
    return redirect("desk:transaction", made.pk)


# -- one transaction -------------------------------------------------------------------------------


def _perform(transaction: Transaction, form: DeedForm, doing: Doing) -> None:
    typed = form.cleaned_data
    party = transaction.first if typed["party"] == str(transaction.first_id) else transaction.second
    services.perform(transaction, party, Performance(typed["performance"]), by=as_staff(doing.by), at=doing.at)


def _warn(transaction: Transaction, form: DeedForm, doing: Doing) -> None:
    services.warn_parties(transaction, by=as_staff(doing.by), at=doing.at)


def _close(transaction: Transaction, form: DeedForm, doing: Doing) -> None:
    services.close_transaction(transaction, by=as_staff(doing.by), at=doing.at)


def _not_open(transaction: Transaction, member: User) -> str:
    return _("It is closed; an end is not taken back.") if transaction.closed_at else ""


def _not_recorded(transaction: Transaction, member: User) -> str:
    """What a request of a party rests on is recorded by somebody who is none. (The website, too, reports it.)"""
    if member.pk in (transaction.first_id, transaction.second_id):
        return words_of(OwnMatter())
    return _not_open(transaction, member)


def _not_unwarned(transaction: Transaction, member: User) -> str:
    return _("Both were warned already.") if transaction.warned_at else _not_recorded(transaction, member)


DEEDS: tuple[Deed[Transaction], ...] = (
    Deed(
        slug="perform",
        heading=gettext_lazy("Record what a party has done"),
        button=gettext_lazy("Record it"),
        done=gettext_lazy("It is recorded."),
        permission=_CHANGE,
        perform=_perform,
        form=PerformForm,
        closed=_not_recorded,
        explanation=gettext_lazy("It never goes backwards."),
    ),
    Deed(
        slug="warn",
        heading=gettext_lazy("Record the warning"),
        button=gettext_lazy("Both parties were warned"),
        done=gettext_lazy("It is recorded that both were warned."),
        permission=_CHANGE,
        perform=_warn,
        closed=_not_unwarned,
        explanation=gettext_lazy(
            "Both have to know beforehand that the other may get to see how to reach them. Record only what took place."
        ),
    ),
    Deed(
        slug="close",
        heading=gettext_lazy("Close it"),
        button=gettext_lazy("The transaction is over"),
        done=gettext_lazy("It is closed. From now on nothing is released on it."),
        permission=_CHANGE,
        perform=_close,
        closed=_not_open,
        explanation=gettext_lazy("From that moment on nothing is released on it. This is not taken back."),
    ),
)


def _found(id_: UUID) -> Transaction:
    return get_object_or_404(Transaction.objects.select_related("first", "second"), pk=id_)


@require_safe
@desk(_SEE)
def transaction(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, _found(id))


@require_POST
@desk(_SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    failure = carry_out(request, DEEDS, slug, _found(id))
    return redirect("desk:transaction", id) if failure is None else _page(request, _found(id), failure)


def _page(request: PersonRequest, found: Transaction, failure: Failure | None = None) -> HttpResponse:
    context = {
        "transaction": found,
        "facts": transaction_facts(found),
        "filings": filings_on("transaction", found.pk)[:_SHOWN],
        "offers": offers_for(DEEDS, found, request.user, failure),
        "failure": failure,
    }
    return render(request, "desk/transaction.html", context, status=failure.status if failure else 200)
