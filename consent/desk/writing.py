"""Writing a draft: one section or a whole text in both languages side by side, and what is decided about them.

Who saves says what of the words they were shown. Where somebody else changed the same words meanwhile, nothing is
saved: the page shows both, keeps what was typed, and the next save is about what it shows now.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.desk.access import WRITE
from consent.desk.draft import draft_of
from consent.desk.forms import DecisionForm, SectionForm, SideBySide, WholeForm
from consent.draft_queries import content_of, last_changes, review_of
from consent.draft_states import OPEN, DraftState
from consent.drafting import Content, Noun, text_part
from consent.models import PolicyDraft
from consent.sections import Section, WouldBreakUp, cut
from consent.services.drafts import digest, save_parts, save_section
from consent.services.errors import DraftConflict, DraftMovedOn
from consent.significance_words import reasons_in_words
from privacy_app.languages import CODES
from users.colleagues import colleagues
from users.desk import desk
from users.personal import PersonRequest


def _open_draft(id: UUID) -> PolicyDraft | None:
    found = draft_of(id)
    return found if DraftState(found.state) in OPEN else None


def _is_over(request: PersonRequest, id: UUID) -> HttpResponse:
    messages.warning(request, _("This draft is over: nothing more is written to it."))
    return redirect("policy_desk:draft", id)


def _posted(request: PersonRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _sections(content: Content, noun: Noun) -> dict[str, tuple[Section, ...]]:
    return {code: cut(text) for code, text in content.texts(noun).items()}


@require_http_methods(["GET", "HEAD", "POST"])
@desk(WRITE)
def section(request: PersonRequest, id: UUID, noun: Noun, key: str) -> HttpResponse:
    found = _open_draft(id)
    if found is None:
        return _is_over(request, id)
    texts = _sections(Content.of(found.content), noun)
    here = {code: each for code, sections in texts.items() for each in sections if each.key == key}
    if set(here) != set(CODES):
        raise Http404
    form = SectionForm(_posted(request), here)
    status, stands = 200, {}
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                save_section(found, noun, key, form.words(), by=request.user, at=timezone.now())
            except WouldBreakUp:
                form.add_error(
                    None,
                    _(
                        "With these words the section would end early or swallow the next one: they hold a heading, or code that does not end. Headings are changed in the whole text."
                    ),
                )
            except DraftConflict as conflict:
                status = 409
                now = _sections(Content.of(draft_of(id).content), noun)
                here = {code: each for code, sections in now.items() for each in sections if each.key == key}
                stands = _conflicting(conflict, noun, {code: each.source for code, each in here.items()})
                _show_anew(form, {code: each.digest for code, each in here.items()})
            except (DraftMovedOn, KeyError):
                return _is_over(request, id)
            else:
                messages.success(request, _("It is saved."))
                return redirect("policy_desk:draft", id)
    keys = [each.key for each in texts[CODES[0]]]
    place = keys.index(key)
    base = _sections(content_of(found.base), noun)
    in_force = {code: each.source for code, sections in base.items() for each in sections if each.key == key}
    context = {
        "heading": here[CODES[0]],
        "previous": keys[place - 1] if place else "",
        "next": keys[place + 1] if place + 1 < len(keys) else "",
        **_side_by_side(found, form, noun, stands, in_force),
    }
    return render(request, "policy_desk/section.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(WRITE)
def whole(request: PersonRequest, id: UUID, noun: Noun) -> HttpResponse:
    found = _open_draft(id)
    if found is None:
        return _is_over(request, id)
    form = WholeForm(_posted(request), Content.of(found.content).texts(noun))
    status, stands = 200, {}
    if form.is_bound:
        status = 422
        if form.is_valid():
            words = {text_part(noun, code): typed for code, typed in form.words().items()}
            try:
                save_parts(found, words, by=request.user, at=timezone.now())
            except DraftConflict as conflict:
                status = 409
                texts = Content.of(draft_of(id).content).texts(noun)
                stands = _conflicting(conflict, noun, texts)
                _show_anew(form, {code: digest(text) for code, text in texts.items()})
            except DraftMovedOn:
                return _is_over(request, id)
            else:
                messages.success(request, _("It is saved."))
                return redirect("policy_desk:draft", id)
    context = _side_by_side(found, form, noun, stands, {})
    return render(request, "policy_desk/whole.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(WRITE)
def decision(request: PersonRequest, id: UUID) -> HttpResponse:
    found = _open_draft(id)
    if found is None:
        return _is_over(request, id)
    form = DecisionForm(_posted(request), Content.of(found.content))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                save_parts(found, form.words(), by=request.user, at=timezone.now())
            except DraftConflict as conflict:
                status = 409
                found = draft_of(id)
                form.say_what_stands(list(conflict.parts), Content.of(found.content))
            except DraftMovedOn:
                return _is_over(request, id)
            else:
                messages.success(request, _("It is saved."))
                return redirect("policy_desk:draft", id)
    review = review_of(found, at=timezone.now())
    context = {
        "draft": found,
        "form": form,
        "review": review,
        "reasons": reasons_in_words(review.proposal.reasons),
    }
    return render(request, "policy_desk/decision.html", context, status=status)


def _conflicting(conflict: DraftConflict, noun: Noun, texts: dict[str, str]) -> dict[str, str]:
    """What stands now in the languages in which somebody else changed it."""
    return {code: text for code, text in texts.items() if text_part(noun, code) in conflict.parts}


def _show_anew(form: SideBySide, digests: dict[str, str]) -> None:
    """After a conflict, what was typed is about what stands now."""
    typed: Any = form.data
    form.data = typed = typed.copy()
    for code, shown in digests.items():
        typed[f"shown_{code.replace('-', '_')}"] = shown


def _side_by_side(
    found: PolicyDraft, form: SectionForm | WholeForm, noun: Noun, stands: dict[str, str], in_force: dict[str, str]
) -> dict[str, Any]:
    changes = last_changes(draft_of(found.pk)) if stands else {}
    step = next((changes[text_part(noun, code)] for code in stands if text_part(noun, code) in changes), None)
    return {
        "draft": found,
        "noun": noun,
        "form": form,
        "columns": list(form.columns(stands, in_force)),
        "conflict": bool(stands),
        "saved_at": step.at if step else None,
        "saved_by": colleagues().get(step.by_id, str(step.by_id)) if step else "",
    }
