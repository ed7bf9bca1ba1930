"""All that was ever done to a draft: who, when, and which words. No save is lost."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from consent.desk.access import SEE
from consent.desk.draft import draft_of
from consent.desk.parts import part_name
from consent.draft_queries import steps_of
from consent.models import DraftStep
from users.colleagues import colleagues
from users.desk import desk
from users.personal import PersonRequest

_SHOWN = 50


@require_safe
@desk(SEE)
def past(request: PersonRequest, id: UUID) -> HttpResponse:
    found = draft_of(id)
    page = Paginator(steps_of(found), _SHOWN).get_page(request.GET.get("page"))
    names = colleagues()
    rows = [(step, names.get(step.by_id, str(step.by_id)), [part_name(part) for part in step.changed]) for step in page]
    return render(request, "policy_desk/past.html", {"draft": found, "page": page, "rows": rows})


@require_safe
@desk(SEE)
def step(request: PersonRequest, id: UUID, number: int) -> HttpResponse:
    """What one step wrote, whole."""
    found = draft_of(id)
    taken = get_object_or_404(DraftStep, draft=found, number=number)
    context = {
        "draft": found,
        "step": taken,
        "by": colleagues().get(taken.by_id, str(taken.by_id)),
        "parts": [(part_name(part), words) for part, words in taken.changed.items()],
    }
    return render(request, "policy_desk/step.html", context)
