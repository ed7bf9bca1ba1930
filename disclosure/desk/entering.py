"""One page with one form by which something is entered: it says what for, and keeps what was typed until it is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from disclosure.desk.refusals import CAUGHT, words_of
from users.personal import PersonRequest

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page:
    """Such a page in words; `clauses` stand in its margin, `back` leads to where one came from."""

    title: str | Promise
    intro: str | Promise
    button: str | Promise
    clauses: str
    back: str
    back_words: str | Promise
    with_file: bool = False
    version: int | None = None
    """The version of what is changed here, as it is shown; None for what is new."""


def enter(
    request: PersonRequest,
    page: Page,
    form: forms.Form,
    call: Callable[[dict[str, Any]], M],
    *,
    again: Callable[[], Page] | None = None,
) -> M | HttpResponse:
    """Hand what was typed to one call of a service. What it made; or the page, with why it was not taken.

    `again` makes the page anew where the service refused: things may stand otherwise than they did.
    """
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return call(form.cleaned_data)
            except CAUGHT as refused:
                form.add_error(None, words_of(refused))
                status, page = 409, again() if again else page
    return render(request, "desk/enter.html", {"page": page, "form": form}, status=status)


def posted(request: PersonRequest) -> Any:
    """What was posted; None where nothing was, so that the form begins empty."""
    return request.POST if request.method == "POST" else None
