"""The full notice of a purpose, with its switches and the person's own history with it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consent.controller import controller
from consent.models import PurposeVersion
from consent.notices import notice_of
from consent.queries import changes_of
from consent.views.presses import answer, rows_after
from users.personal import PersonRequest, personal

# The rest is in the history of all choices.
_LATEST = 20


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def notice(request: PersonRequest, purpose: str, version: int | None = None) -> HttpResponse:
    """The version in force, or one by its number: what a consent is bound to stays readable."""
    now = timezone.now()
    try:
        told = notice_of(purpose, version, at=now)
    except PurposeVersion.DoesNotExist:
        raise Http404 from None
    pressed = rows_after(request, at=now)
    rows = [row for row in pressed.rows if row.version.purpose_id == told.version.purpose_id]
    beside = {
        "brief": True,
        "changes": changes_of(request.user).filter(consent__purpose=told.version.purpose)[:_LATEST],
    }

    def page() -> HttpResponse:
        context = {
            "notice": told,
            "rows": rows,
            "allowed": any(
                switch.is_on and switch.is_bound_to(told.version) for row in rows for switch in row.switches
            ),
            "outcome": pressed.outcome,
            "messages": pressed.notes(request, rows),
            "controller": controller(),
            **beside,
        }
        return render(request, "consent/notice.html", context, status=pressed.outcome.status)

    return answer(request, pressed, page, beside=beside)
