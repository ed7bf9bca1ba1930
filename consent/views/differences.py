"""What changed between two versions of the policy, and every version to choose from: public, and without a cookie."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from consent.comparisons import Comparison, readable_comparison, rows_of
from consent.editions import newest_policies, posted_policies
from consent.forms import CompareForm, OnForm
from consent.views.texts import kept
from privacy_app.languages import current

_ON_A_PAGE = 25


@require_safe
def difference(request: HttpRequest, before: int, after: int) -> HttpResponse:
    """Clause by clause and word by word, under the three headings of CHG-a."""
    now = timezone.now()
    found = readable_comparison(before, after, at=now)
    if found is None:
        raise Http404
    form = CompareForm(newest=_newest(now), initial={"before": before, "after": after})
    shown = _Shown(
        found.digests, tuple((text.policy.version, text.summary) for text in found.between), current(), found
    )
    context = {"comparison": found, "body": _body(shown), "form": form}
    return kept(request, render(request, "consent/difference.html", context))


@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, newest first; the way to the difference between two of them, and to the one of a day."""
    now = timezone.now()
    day_form = OnForm(request.GET if "day" in request.GET else None)
    if day_form.is_valid():
        return redirect("policy_on", day_form.cleaned_data["day"])
    chosen = request.GET if {"before", "after"} & set(request.GET) else None
    form = CompareForm(chosen, newest=_newest(now))
    if form.is_valid():
        return redirect("policy_difference", form.cleaned_data["before"], form.cleaned_data["after"])
    page = Paginator(posted_policies(at=now), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "day_form": day_form, "page_obj": page, "rows": rows_of(list(page.object_list), at=now)}
    status = 422 if form.is_bound or day_form.is_bound else 200
    return kept(request, render(request, "consent/versions.html", context, status=status))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A comparison on a page of one language: the same as any other of the same texts and summaries."""

    digests: tuple[str, str]
    summaries: tuple[tuple[int, str], ...]
    language: str
    comparison: Comparison = field(compare=False, repr=False)


@lru_cache(maxsize=32)
def _body(shown: _Shown) -> SafeString:
    """What editors said of it, what differs, and what does not, as it stands on the page."""
    return render_to_string("consent/comparison.html", {"comparison": shown.comparison})


def _newest(at: datetime) -> int:
    return next(iter(newest_policies(1, at=at)), 1)
