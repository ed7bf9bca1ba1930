"""Who received the person's data: readers first, then every release."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from disclosure.checked import checks_of
from disclosure.forms import ReleaseFilterForm
from disclosure.models import Release
from disclosure.receipts import proof_of, receipt_of
from disclosure.shared import readers_of, row_of, shared_of
from disclosure.shown import shown_of
from users.personal import PersonRequest, personal


@require_safe
@personal
def shared(request: PersonRequest) -> HttpResponse:
    """Three lists with pages: `?list=decided` or `?list=checked` turns that one, else `?page=` that of the releases."""
    now = timezone.now()
    readers = readers_of(request.user, at=now)
    form = ReleaseFilterForm(
        request.GET, [(str(reader.reading.partner), reader.reading.legal_name) for reader in readers]
    )
    narrowing = form.narrowing if form.is_valid() else None
    number = request.GET.get("page")
    turned = request.GET.get("list")
    is_decided, is_checked = turned == "decided", turned == "checked"
    context = {
        "readers": readers,
        "form": form,
        "shared": shared_of(request.user, narrowing, number=None if is_decided or is_checked else number, at=now),
        "checks": checks_of(request.user, number=number if is_checked else None),
        "shown": shown_of(request.user, number=number if is_decided else None, at=now),
    }
    return render(request, "disclosure/shared.html", context)


@require_safe
@personal
def receipt(request: PersonRequest, id: UUID) -> HttpResponse:
    """One release, to be kept and checked; there is none at the address of somebody else's."""
    try:
        row = row_of(request.user, id, at=timezone.now())
    except Release.DoesNotExist:
        raise Http404 from None
    context = {"row": row, "receipt": receipt_of(row), "proof": proof_of(row)}
    return render(request, "disclosure/receipt.html", context)
