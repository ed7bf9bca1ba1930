"""What people ask of each other (DIS-e, DIS-f): the requests they made and met, and where they can ask."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disclosure.filing_states import TransitionRefused
from disclosure.filing_words import matter_words
from disclosure.models import Complaint, Filing, Transaction
from disclosure.own_matters import LISTS, Conversation, OwnTransaction, conversation_of, own_matters_of
from disclosure.person_queries import complaint_about, live_requests_on, request_of, transaction_of
from disclosure.request_forms import AskForm, SayForm, VersionForm
from disclosure.seen import seen_words
from disclosure.services import filings, openings
from disclosure.services.errors import AlreadyAsked
from disclosure.services.own_requests import ask_of_complainant, ask_of_counterparty, offered_in
from users.models import User
from users.personal import PersonRequest, personal
from users.services.errors import Refused


@require_safe
@personal
def requests(request: PersonRequest) -> HttpResponse:
    """Everything; `?list=` says which of the lists `?page=` turns."""
    turned = request.GET.get("list", "")
    found = own_matters_of(
        request.user, turned=turned if turned in LISTS else "", number=request.GET.get("page"), at=timezone.now()
    )
    return render(request, "disclosure/requests.html", {"matters": found})


# -- asking ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def ask_complainant(request: PersonRequest, id: UUID) -> HttpResponse:
    """The respondent asks for what they need to answer a complaint."""
    try:
        complaint = complaint_about(request.user, id)
    except Complaint.DoesNotExist:
        raise Http404 from None
    obstacle = "" if complaint.closed_at is None else _("It is closed.")

    def ask(data: dict[str, Any]) -> Filing:
        filing: Filing = ask_of_complainant(
            complaint, fields=data["fields_wanted"], why=data["why"], by=request.user, at=timezone.now()
        )
        return filing

    return _asking(request, complaint, obstacle, ask)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def ask_counterparty(request: PersonRequest, id: UUID) -> HttpResponse:
    """A party asks how to reach the other."""
    try:
        transaction = transaction_of(request.user, id)
    except Transaction.DoesNotExist:
        raise Http404 from None
    obstacle = OwnTransaction(transaction, None, request.user.pk).obstacle

    def ask(data: dict[str, Any]) -> Filing:
        filing: Filing = ask_of_counterparty(
            transaction,
            fields=data["fields_wanted"],
            asked_for=data["asked_for"],
            why=data["why"],
            by=request.user,
            at=timezone.now(),
        )
        return filing

    return _asking(request, transaction, obstacle, ask)


def _asking(request: PersonRequest, matter: Complaint | Transaction, obstacle: str, ask: Any) -> HttpResponse:
    if live := live_requests_on(request.user, [matter.pk]).get(matter.pk):
        messages.warning(request, _("You have asked already. This is how that request stands."))
        return redirect("requests:request", live.pk)
    is_transaction = isinstance(matter, Transaction)
    data = request.POST if request.method == "POST" else None
    form = AskForm(offered_in(matter), data, of_counterparty=is_transaction)
    if form.is_valid():
        try:
            filing = ask(form.cleaned_data)
        except AlreadyAsked:
            return redirect(request.path)
        except Refused:
            messages.warning(request, _("Nothing was asked: what this rests on has changed. See below how it stands."))
            return redirect(request.path)
        messages.success(request, _("Asked. Reviewers decide about it, and the other is told that you asked."))
        return redirect("requests:request", filing.pk)
    context = {
        "form": form,
        "words": matter_words(matter),
        "is_transaction": is_transaction,
        "obstacle": obstacle,
    }
    return render(request, "disclosure/ask.html", context, status=422 if form.is_bound else 200)


# -- one request -------------------------------------------------------------------------------------


@require_safe
@personal
def request_page(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, _conversation(request.user, id))


@require_POST
@personal
def answer(request: PersonRequest, id: UUID) -> HttpResponse:
    """Answer what the reviewers want to know."""
    conversation = _conversation(request.user, id)
    form = _say_form(conversation, request.POST)
    if not form.is_valid():
        return _page(request, conversation, form=form, status=422)
    filing, data = conversation.request.filing, form.cleaned_data
    try:
        filings.answer(filing, shown=data["version"], text=data["text"], by=request.user, at=timezone.now())
    except (Refused, TransitionRefused):
        return _moved_on(request, id)
    messages.success(request, _("Sent. The reviewers go on from here."))
    return redirect("requests:request", id)


@require_POST
@personal
def object_to(request: PersonRequest, id: UUID) -> HttpResponse:
    """Say something against a request for one's own data. The reviewers hear it; it is no veto."""
    conversation = _conversation(request.user, id)
    form = _say_form(conversation, request.POST)
    if not form.is_valid():
        return _page(request, conversation, form=form, status=422)
    try:
        filings.object_to(
            conversation.request.filing, text=form.cleaned_data["text"], by=request.user, at=timezone.now()
        )
    except (Refused, TransitionRefused):
        return _moved_on(request, id)
    messages.success(request, _("Sent. The reviewers read it; they decide."))
    return redirect("requests:request", id)


@require_POST
@personal
def take_back(request: PersonRequest, id: UUID) -> HttpResponse:
    """Take one's own request back."""
    form = VersionForm(request.POST)
    filing = _request_of(request.user, id)
    try:
        if not form.is_valid():
            raise Refused
        filings.take_back(filing, shown=form.cleaned_data["version"], by=request.user, at=timezone.now())
    except (Refused, TransitionRefused):
        return _moved_on(request, id)
    messages.success(request, _("Taken back. Nobody decides about it any more, and nothing is shown."))
    return redirect("requests:request", id)


@require_POST
@personal
def open_request(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show what was approved, decided anew at this moment: here and now, at no address that could be kept."""
    filing = _request_of(request.user, id)
    try:
        shown = openings.open_as_person(filing, by=request.user, clock=timezone.now)
    except Refused:
        raise Http404 from None
    conversation = _conversation(request.user, id)
    context = {"conversation": conversation, "request_row": conversation.request, "seen": seen_words(shown)}
    return render(request, "disclosure/opened.html", context, status=200 if shown.is_permitted else 403)


def _say_form(conversation: Conversation, data: Any = None) -> SayForm:
    label = _("Your answer") if conversation.request.is_own else _("What you have to say against it")
    return SayForm(label, data, version=conversation.request.filing.version)


def _page(
    request: PersonRequest, conversation: Conversation, *, form: SayForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "conversation": conversation,
        "request_row": conversation.request,
        "form": form or _say_form(conversation),
    }
    return render(request, "disclosure/request.html", context, status=status)


def _moved_on(request: PersonRequest, id: UUID) -> HttpResponse:
    messages.warning(request, _("Nothing was changed: the request has moved on meanwhile. This is how it stands."))
    return redirect("requests:request", id)


def _conversation(person: User, id: UUID) -> Conversation:
    try:
        return conversation_of(person, id, at=timezone.now())
    except Filing.DoesNotExist:
        raise Http404 from None


def _request_of(person: User, id: UUID) -> Filing:
    try:
        return request_of(person, id, at=timezone.now())
    except Filing.DoesNotExist:
        raise Http404 from None
