"""The notices to everybody, as one person sees them: what they have not read first, and noting that they have."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.announcement_queries import announcements_of
from consent.queries import PRODUCT_NEWS, purpose_text
from consent.services.announcements import mark_read
from consent.standings import permits_news
from users.personal import PersonRequest, personal

_ON_A_PAGE = 10


@require_safe
@personal
def announcements(request: PersonRequest) -> HttpResponse:
    """The notice centre."""
    now = timezone.now()
    page = Paginator(announcements_of(request.user, at=now), _ON_A_PAGE).get_page(request.GET.get("page"))
    news = purpose_text(PRODUCT_NEWS, at=now)
    context = {
        "page_obj": page,
        "news": news,
        "gets_news": news is not None and permits_news(request.user, at=now),
    }
    return render(request, "consent/announcements.html", context)


@require_safe
@personal
def announcement(request: PersonRequest, id: UUID) -> HttpResponse:
    """One notice. Looking at it notes nothing: that they have read it the person says with a press."""
    found = announcements_of(request.user, at=timezone.now()).filter(pk=id).first()
    if found is None:
        raise Http404
    return render(request, "consent/announcement.html", {"announcement": found})


@require_POST
@personal
def read(request: PersonRequest, id: UUID) -> HttpResponse:
    """Note that the person has read one notice, and lead back to where they pressed."""
    mark_read(request.user, [id], at=timezone.now())
    if request.htmx:
        return render(request, "consent/announcement_read.html")
    messages.success(request, _("Noted: you have read it. It stays under Notices."))
    return redirect(_where_from(request))


@require_POST
@personal
def read_all(request: PersonRequest) -> HttpResponse:
    """Note that the person has read all that is shown to them."""
    mark_read(request.user, None, at=timezone.now())
    messages.success(request, _("Noted: you have read all of them."))
    return redirect("announcements:announcements")


def _where_from(request: HttpRequest) -> str:
    """The page on which it was pressed, if it is one of ours."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return resolve_url("announcements:announcements")
