"""All versions of the policy, and the draft of the next one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.comparisons import rows_of
from consent.desk.access import BEGIN, SEE
from consent.desk.refusals import words_of
from consent.draft_queries import draft_in_work
from consent.editions import posted_policies
from consent.models import Policy
from consent.services.drafts import begin as begin_draft
from consent.services.errors import DraftInWork
from users.desk import desk
from users.personal import PersonRequest

_SHOWN = 25


@require_safe
@desk(SEE)
def versions(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
@desk(BEGIN)
def begin(request: PersonRequest) -> HttpResponse:
    """Begin the next version, with the words of the newest one or of the one whose number was sent."""
    number = request.POST.get("words_of", "")
    words = Policy.objects.filter(version=int(number)).first() if number.isascii() and number.isdigit() else None
    try:
        draft = begin_draft(words_of=words, by=request.user, at=timezone.now())
    except DraftInWork as refused:
        messages.warning(request, words_of(refused))
        return redirect("policy_desk:versions")
    messages.success(request, _("The draft is there. Nobody but staff sees it."))
    return redirect("policy_desk:draft", draft.pk)


def _page(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    page = Paginator(posted_policies(at=now), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "rows": rows_of(list(page.object_list), at=now), "draft": draft_in_work()}
    return render(request, "policy_desk/versions.html", context)
