"""What comes of pressing a switch, on whichever page it stands: the same words with htmx and without."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consent.forms import ChangeForm, Wanted
from consent.rows import Row, all_rows, row_id, switch_id
from consent.services.asking import ask
from consent.services.choosing import choose
from consent.services.errors import TextNotShown, UnknownChoice
from privacy_app.languages import current
from users.personal import PersonRequest
from users.services.errors import Refused


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said after a press, and at which switch of which row. `takes_focus`: the pressed button is no longer there."""

    sentence: str = ""
    row: str = ""
    switch: str = ""
    status: HTTPStatus = HTTPStatus.OK
    takes_focus: bool = False

    @property
    def went_well(self) -> bool:
        return self.status is HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person's rows, after a press if there was one, and what came of it."""

    rows: list[Row]
    outcome: Outcome

    def notes(self, request: PersonRequest, shown: Iterable[Row]) -> list[Message]:
        """What stands above the rows: what went wrong, and what is not said in one of them."""
        told = list(messages.get_messages(request))
        if not self.outcome.went_well:
            return [*told, Message(messages.WARNING, self.outcome.sentence)]
        if any(row.id == self.outcome.row for row in shown):
            return [message for message in told if str(message) != self.outcome.sentence]
        return told


def rows_after(request: PersonRequest, *, at: datetime) -> Pressed:
    """Carry out the press that a POST brings. A GET shows what came of the press before it, once, and asks what is open.

    Raises Http404 where there is no such purpose or recipient.
    """
    if request.method != "POST":
        return Pressed(_asked(request, at=at), _told(request))
    form = ChangeForm(request.POST)
    if not form.is_valid():
        sentence = _("This could not be read, so nothing was changed. Load the page again and press once more.")
        return Pressed(all_rows(request.user, at=at), Outcome(sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    press, wanted = form.press, Wanted(form.cleaned_data["wanted"])
    row = row_id(press.purpose, press.recipient)
    switch = switch_id(row, press.aspect)
    try:
        consent = choose(request.user, press, language=current(), at=at)
    except UnknownChoice:
        raise Http404 from None
    except Refused as refusal:
        outcome = Outcome(_refusal(refusal), row, switch, HTTPStatus.CONFLICT, takes_focus=True)
        return Pressed(all_rows(request.user, at=at), outcome)
    rows = all_rows(request.user, at=at, also=consent)
    changed = next((one for one in rows if one.id == row), None)
    sentence = changed.outcome_of(press.aspect) if changed else _("This is not asked any more, and nothing is allowed.")
    return Pressed(rows, Outcome(sentence, row, switch, takes_focus=wanted in _WITHOUT_BUTTON))


# What is pressed here is not there any more afterwards.
_WITHOUT_BUTTON = frozenset({Wanted.REFUSE, Wanted.DEFER, Wanted.MORE, Wanted.KEEP})


def _asked(request: PersonRequest, *, at: datetime) -> list[Row]:
    """The person's rows; what stands in them to be asked for the first time is asked by being shown."""
    rows = all_rows(request.user, at=at)
    if request.method == "GET" and any(row.is_unasked for row in rows):
        ask(request.user, language=current(), at=at)
        rows = all_rows(request.user, at=at)
    return rows


def answer(
    request: PersonRequest,
    pressed: Pressed,
    page: Callable[[], HttpResponse],
    *,
    beside: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The answer to a press: the row alone for htmx, the way back to the page after a change, or else the page.

    `beside` is what the page tells besides of the change, which htmx replaces with the row.
    """
    outcome = pressed.outcome
    if request.method != "POST":
        return page()
    if not request.htmx:
        if not outcome.went_well:
            return page()
        messages.success(request, outcome.sentence, extra_tags=f"{outcome.row} {outcome.switch}")
        return redirect(f"{request.get_full_path()}#{outcome.row}")
    if not outcome.row:
        notes = [Message(messages.WARNING, outcome.sentence)]
        response = render(request, "includes/messages.html", {"messages": notes, "oob": True}, status=outcome.status)
        response["HX-Reswap"] = "none"
        return response
    row = next((one for one in pressed.rows if one.id == outcome.row), None)
    context = {"row": row, "outcome": outcome, **(beside or {})}
    return render(request, "consent/pressed.html", context, status=outcome.status)


def _told(request: PersonRequest) -> Outcome:
    """What a press before a redirect left to be said."""
    for message in messages.get_messages(request):
        match (message.extra_tags or "").split():
            case [row, switch]:
                return Outcome(str(message), row, switch)
    return Outcome()


def _refusal(refusal: Refused) -> str:
    if isinstance(refusal, TextNotShown):
        return _(
            "Nothing was changed: the text beside this switch is not the one you were shown. Read it as it stands now, then decide."
        )
    return _("Nothing was changed: this choice was changed somewhere else in the meantime. Here is how it stands now.")
