"""A draft as people will read it, and what it changes, for staff alone."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.clauses import document_of
from consent.desk.access import SEE
from consent.desk.draft import draft_of
from consent.desk.forms import language_name, tag_of
from consent.differences import compare
from consent.draft_queries import content_of
from consent.drafting import Content, Noun
from consent.margin import margin_for
from privacy_app.languages import CODES
from users.desk import desk
from users.personal import PersonRequest


@require_safe
@desk(SEE)
def preview(request: PersonRequest, id: UUID, noun: Noun, language: str) -> HttpResponse:
    """The text with its margin for a visitor."""
    found = draft_of(id)
    context = {
        **_naming(noun, language),
        "draft": found,
        "document": document_of(Content.of(found.content).texts(noun)[language]),
        "prevailing": Content.of(found.content).prevailing_language,
        "margin": margin_for(None, at=timezone.now()) if noun is Noun.POLICY else None,
    }
    return render(request, "policy_desk/preview.html", context)


@require_safe
@desk(SEE)
def changes(request: PersonRequest, id: UUID, noun: Noun, language: str) -> HttpResponse:
    """What the draft says otherwise than the version that it changes, word by word."""
    found = draft_of(id)
    context = _naming(noun, language)
    before = content_of(found.base).texts(noun)[language]
    after = Content.of(found.content).texts(noun)[language]
    difference = compare(document_of(before), document_of(after))
    return render(request, "policy_desk/changes.html", {**context, "draft": found, "sections": difference.differing})


def _naming(noun: Noun, language: str) -> dict[str, object]:
    if language not in CODES:
        raise Http404
    others = [(code, language_name(code)) for code in CODES if code != language]
    return {"noun": noun, "language": language, "tag": tag_of(language), "others": others}
