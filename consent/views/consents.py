"""Everything a person can allow, one row a purpose and recipient."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consent.forms import FilterForm
from consent.rows import arranged
from consent.views.presses import answer, rows_after
from users.personal import PersonRequest, personal

# From so many rows on, a list wants a search.
_MANY = 8


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def consents(request: PersonRequest) -> HttpResponse:
    """What waits for an answer, every choice, and what rests on something else than consent."""
    pressed = rows_after(request, at=timezone.now())
    search = FilterForm(request.GET, use_required_attribute=False)
    rows = [row for row in pressed.rows if row.mentions(search.words) and search.shows(allowed=row.is_allowed)]

    def page() -> HttpResponse:
        context = {
            "rows": arranged(rows),
            "outcome": pressed.outcome,
            "messages": pressed.notes(request, rows),
            "search": search if len(pressed.rows) > _MANY else None,
            "found": len(rows),
            "in_all": len(pressed.rows),
        }
        return render(request, "consent/consents.html", context, status=pressed.outcome.status)

    return answer(request, pressed, page)
