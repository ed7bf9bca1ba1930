"""What is held about the person: to see, to correct, to add to, and to choose from where sources disagree."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from users.forms import ChoiceForm, ValueForm
from users.holdings import element_of, holdings_of
from users.models import DataElement
from users.personal import PersonRequest, personal
from users.services import items
from users.services.actors import as_person
from users.services.errors import Refused


@require_safe
@personal
def data(request: PersonRequest) -> HttpResponse:
    return render(request, "users/data.html", {"holdings": holdings_of(request.user, at=timezone.now())})


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def value(request: PersonRequest, field: str) -> HttpResponse:
    """State a value that is wrong or missing. What was typed stands in the form until it can be held."""
    now = timezone.now()
    try:
        element, held = element_of(request.user, field, at=now)
    except DataElement.DoesNotExist:
        raise Http404 from None
    form = ValueForm(element, request.POST if request.method == "POST" else None, plain=held.plain if held else "")
    if form.is_valid():
        items.tell(request.user, field, form.cleaned_data["value"], by=as_person(request.user), at=now)
        messages.success(request, _("Kept. From now on this is what you told us, and it stands for you."))
        return redirect(f"{reverse('users:data')}#{field}")
    context = {"form": form, "element": element, "held": held}
    return render(request, "users/value.html", context, status=422 if form.is_bound else 200)


@require_POST
@personal
def choose(request: PersonRequest) -> HttpResponse:
    """Let one of several values stand for its element."""
    form = ChoiceForm(request.POST)
    here = reverse("users:data")
    try:
        if not form.is_valid():
            raise Refused
        item = items.choose(request.user, form.cleaned_data["item"], by=as_person(request.user), at=timezone.now())
    except Refused:
        messages.warning(request, _("Nothing was changed: that value is not there any more, or cannot be chosen."))
        return redirect(here)
    messages.success(request, _("Chosen. From now on this value stands for you; the others stay beside it."))
    return redirect(f"{here}#{item.element_id}")
