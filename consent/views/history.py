"""Every change of every consent of the person, newest first."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from consent.queries import changes_of
from users.personal import PersonRequest, personal

_ON_A_PAGE = 25


@require_safe
@personal
def history(request: PersonRequest) -> HttpResponse:
    page = Paginator(changes_of(request.user), _ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "consent/history.html", {"page_obj": page})
