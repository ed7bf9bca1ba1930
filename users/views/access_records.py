"""The person's own access records; and for security officers those from one address."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from users.access.reading import records_of, summary_of
from users.day_fields import beginning_of
from users.desk import desk
from users.forms import AddressSearchForm, RecordFilterForm
from users.own_records import line_of
from users.personal import PersonRequest, personal
from users.services.access_records import looks_at, search
from users.slices import Mark


@require_safe
@personal
def records(request: PersonRequest) -> HttpResponse:
    """`?since=` and `?until=` narrow them to days in the person's zone."""
    now = timezone.now()
    form = RecordFilterForm(request.GET)
    context: dict[str, Any] = {
        "form": form,
        "summary": summary_of(request.user, at=now),
        "looks": looks_at(request.user),
        "days": settings.ACCESS_RECORD_DAYS,
    }
    if form.is_valid():
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        found = records_of(
            request.user,
            at=now,
            since=beginning_of(since) if since else None,
            until=beginning_of(until + timedelta(days=1)) if until else None,
            after=Mark.parsed(request.GET.get("after")),
            before=Mark.parsed(request.GET.get("before")),
        )
        context |= {"slice": found, "lines": [line_of(record) for record in found.rows]}
    return render(request, "users/records.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk("users.view_accessrecord")
def address_search(request: PersonRequest) -> HttpResponse:
    """Who came from an address. It is posted: the address stands in no other address, and in no record of this request."""
    form = AddressSearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "days": settings.ACCESS_RECORD_DAYS}
    if form.is_valid():
        found = search(
            form.cleaned_data["address"],
            occasion=form.cleaned_data["occasion"],
            by=request.user,
            at=timezone.now(),
            after=Mark.parsed(request.POST.get("after")),
        )
        asked = {name: request.POST.get(name, "") for name in form.fields}
        context |= {"lines": [line_of(record) for record in found.rows], "after": found.after, "asked": asked}
    return render(request, "users/address_search.html", context, status=422 if form.errors else 200)
