"""The receipt of one change of a consent: to read, to print, and for machines. Only its owner has it."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.models import ConsentChange
from consent.queries import change_of
from consent.receipts import Addresses, receipt_of, record_of
from users.personal import PersonRequest, personal


@require_safe
@personal
def receipt(request: PersonRequest, number: int) -> HttpResponse:
    change = _own(request, number)
    return render(request, "consent/receipt.html", {"change": change, "receipt": receipt_of(change, request.user)})


@require_safe
@personal
def receipt_json(request: PersonRequest, number: int) -> HttpResponse:
    """The same under the names of ISO/IEC TS 27560, with all that is needed to compute the ledger entry's leaf anew."""
    change = _own(request, number)
    notice = reverse("consent:notice_version", args=[change.version.purpose.key, change.version.version])
    addresses = Addresses(
        notice=request.build_absolute_uri(notice),
        withdrawal=request.build_absolute_uri(reverse("consent:consents")),
        policy=request.build_absolute_uri(reverse("policy")),
    )
    response = JsonResponse(record_of(change, addresses), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="receipt-{change.pk}.json"'
    return response


def _own(request: PersonRequest, number: int) -> ConsentChange:
    """The person's own change. Somebody else's is as unknown as one that never was."""
    try:
        return change_of(request.user, number)
    except ConsentChange.DoesNotExist:
        raise Http404 from None
