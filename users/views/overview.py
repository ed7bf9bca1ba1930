"""The overview: what needs the person, who may get their data, what is held, what happened lately."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from users.overview import overview_of
from users.personal import PersonRequest, personal


@require_safe
@personal
def overview(request: PersonRequest) -> HttpResponse:
    return render(request, "users/overview.html", {"overview": overview_of(request.user, at=timezone.now())})
