"""One draft: what it changes, what it lacks, and what can be done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consent.desk.access import PUBLISH, SEE, WRITE
from consent.desk.forms import NoteForm, language_name, tag_of
from consent.desk.outline import outline
from consent.desk.refusals import words_of
from consent.draft_checks import Problem, begin_of
from consent.draft_queries import Review, has_worked_on, last_changes, newest_policy, review_of, steps_of
from consent.draft_states import OPEN, DraftState
from consent.drafting import Noun
from consent.models import PolicyDraft
from consent.services import drafts as services
from users.colleagues import colleagues
from users.desk import demand, desk
from users.models import User
from users.personal import PersonRequest
from users.services.errors import Refused

SHAPES = {
    DraftState.DRAFTING: "waiting",
    DraftState.SUBMITTED: "waiting",
    DraftState.PUBLISHED: "on",
    DraftState.DISCARDED: "ended",
}
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Press:
    """Something that is done to a draft by pressing a button."""

    permission: str
    perform: Callable[[PolicyDraft, NoteForm, int, User, datetime], object]
    done: str | Promise
    takes_note: bool = False


PRESSES: dict[str, Press] = {
    "submit": Press(
        WRITE,
        lambda draft, form, shown, by, at: services.submit(draft, shown=shown, by=by, at=at),
        gettext_lazy("It waits for a second person now. Any change takes it back."),
    ),
    "return": Press(
        PUBLISH,
        lambda draft, form, shown, by, at: services.send_back(
            draft, note=form.cleaned_data["note"], shown=shown, by=by, at=at
        ),
        gettext_lazy("It is with its editors again."),
        takes_note=True,
    ),
    "publish": Press(
        PUBLISH,
        lambda draft, form, shown, by, at: services.publish_draft(draft, shown=shown, by=by, at=at),
        gettext_lazy("It is published. From now on nobody can change it."),
    ),
    "discard": Press(
        WRITE,
        lambda draft, form, shown, by, at: services.discard(draft, shown=shown, by=by, at=at),
        gettext_lazy("The draft is over. What was written stays on record."),
    ),
    "compare": Press(
        WRITE,
        lambda draft, form, shown, by, at: services.compare_with_newest(draft, shown=shown, by=by, at=at),
        gettext_lazy("It is compared with the newest version now."),
    ),
}


def draft_of(id: UUID) -> PolicyDraft:
    """The draft of this id. Raises Http404."""
    return get_object_or_404(PolicyDraft.objects.select_related("base", "policy"), pk=id)


@require_safe
@desk(SEE)
def draft(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, draft_of(id))


@require_POST
@desk(SEE)
def do(request: PersonRequest, id: UUID, slug: str) -> HttpResponse:
    press = PRESSES.get(slug)
    if press is None:
        raise Http404
    demand(request.user, press.permission)
    found = draft_of(id)
    form = NoteForm(request.POST)
    if press.takes_note and not form.is_valid():
        return _page(request, found, note=form, status=422)
    shown = request.POST.get("revision", "")
    try:
        number = int(shown) if shown.isascii() and shown.isdigit() else 0
        press.perform(found, form, number, request.user, timezone.now())
    except Refused as refused:
        note = form if press.takes_note else None
        return _page(request, draft_of(id), note=note, failure=words_of(refused), status=409)
    messages.success(request, str(press.done))
    return redirect("policy_desk:draft", id)


@dataclass(frozen=True, slots=True)
class Missing:
    """What a draft lacks, in which text, and where that is put right."""

    problem: Problem
    language: str
    can_be_written: bool

    @property
    def noun(self) -> str:
        return self.problem.noun.value if self.problem.noun else ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What changes, in short, in one language."""

    code: str
    words: str

    @property
    def name(self) -> str:
        return language_name(self.code)

    @property
    def tag(self) -> str:
        return tag_of(self.code)


def _missing(review: Review, wholes: dict[Noun, frozenset[str]]) -> list[Missing]:
    return [
        Missing(
            problem,
            language_name(problem.language) if problem.language else "",
            bool(problem.noun and problem.where in wholes[problem.noun]),
        )
        for problem in review.problems
    ]


def _page(
    request: PersonRequest,
    found: PolicyDraft,
    *,
    note: NoteForm | None = None,
    failure: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    state = DraftState(found.state)
    review = review_of(found, at=now)
    outlines = {noun: outline(review.content, review.base, noun) for noun in Noun}
    wholes = {noun: frozenset(line.key for line in lines if line.is_whole) for noun, lines in outlines.items()}
    names = colleagues()

    def name_of(member_id: UUID) -> str:
        return names.get(member_id, str(member_id))

    changes = last_changes(found)
    newest = newest_policy()
    context: dict[str, Any] = {
        "draft": found,
        "shape": SHAPES[state],
        "is_open": state in OPEN,
        "is_submitted": state is DraftState.SUBMITTED,
        "next_version": newest.version + 1 if newest else 1,
        "base_is_replaced": state in OPEN and newest != found.base,
        "review": review,
        "missing": _missing(review, wholes),
        "outlines": outlines,
        "last_saved": next(iter(sorted(changes.values(), key=lambda step: -step.number)), None),
        "steps": [(step, name_of(step.by_id)) for step in steps_of(found).defer("changed")[:_STEPS]],
        "summaries": [Summary(code, words) for code, words in review.content.summaries.items()],
        "prevailing": language_name(review.content.prevailing_language) if review.content.prevailing_language else "",
        "in_force_from": begin_of(review.content, at=now),
        "is_at_once": begin_of(review.content, at=now) == now,
        "worked_on_it": has_worked_on(found, request.user),
        "note_form": note or NoteForm(),
        "failure": {"words": failure},
    }
    return render(request, "policy_desk/draft.html", context, status=status)
