"""What partners contributed: which came through, by which channel and on which basis; the evidence on a press (COL-b)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from disclosure.contributing import Refusal
from disclosure.contribution_queries import (
    Narrowing,
    Result,
    channels_of,
    contributions,
    items_of,
    readings_of_evidence,
)
from disclosure.desk.entries import told
from disclosure.desk.refusals import CAUGHT, words_of
from disclosure.models import Contribution
from disclosure.services.contributions import read_evidence
from privacy_app.crypto import Unreadable
from users.colleagues import colleagues
from users.day_fields import DayField, beginning_of
from users.desk import desk
from users.models import ChannelBasis, Partner
from users.personal import PersonRequest
from users.queries import element_titles
from users.slices import Mark

SEE, READ_EVIDENCE = "disclosure.view_contribution", "disclosure.add_evidencereading"

_BASES = {
    ChannelBasis.CONSENT.value: gettext_lazy("the person consented to it"),
    ChannelBasis.CONTRACT.value: gettext_lazy("a contract with the person needs it"),
    ChannelBasis.LEGAL_OBLIGATION.value: gettext_lazy("a law requires it"),
    ChannelBasis.VITAL_INTEREST.value: gettext_lazy("an emergency, to protect life, health or property"),
    ChannelBasis.PUBLIC_INTEREST.value: gettext_lazy("a task in the public interest needs it"),
    ChannelBasis.PUBLIC_SOURCE.value: gettext_lazy("the person made it public, or it was lawfully published"),
}
_RESULTS = {
    Result.ACCEPTED.value: gettext_lazy("accepted"),
    Result.IN_PART.value: gettext_lazy("accepted in part"),
    Result.REFUSED.value: gettext_lazy("refused"),
}
_SHAPES = {Result.ACCEPTED: "on", Result.IN_PART: "waiting", Result.REFUSED: "refused"}
_REFUSALS = {refusal.code: refusal for refusal in Refusal}


class NarrowingForm(forms.Form):
    """Narrows the list. What is not filled in narrows nothing."""

    use_required_attribute = False

    partner = forms.ChoiceField(label=gettext_lazy("Partner"), required=False)
    result = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, choices=[("", gettext_lazy("Every outcome")), *_RESULTS.items()]
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        partner = self.fields["partner"]
        assert isinstance(partner, forms.ChoiceField)
        named = [(str(each.pk), each.legal_name) for each in Partner.objects.order_by("legal_name")]
        partner.choices = [("", _("Every partner")), *named]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("This is before the first day."))
        return cleaned

    @property
    def narrowing(self) -> Narrowing:
        """What it narrows to, once the form is valid; the last day belongs to it."""
        typed = self.cleaned_data
        return Narrowing(
            partner=UUID(typed["partner"]) if typed["partner"] else None,
            result=Result(typed["result"]) if typed["result"] else None,
            since=beginning_of(typed["since"]) if typed["since"] else None,
            until=beginning_of(typed["until"] + timedelta(days=1)) if typed["until"] else None,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One contribution in short."""

    contribution: Contribution
    channel: str
    basis: str
    result: str
    shape: str


def _row(contribution: Contribution, channel: str) -> Row:
    result = (
        Result.REFUSED
        if not contribution.accepted
        else Result.ACCEPTED
        if len(contribution.accepted) == len(contribution.fields)
        else Result.IN_PART
    )
    basis = _BASES.get(contribution.entry.body["basis"], "")
    return Row(contribution, channel, str(basis), str(_RESULTS[result.value]), _SHAPES[result])


@require_safe
@desk(SEE)
def index(request: PersonRequest) -> HttpResponse:
    form = NarrowingForm(request.GET)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        found = contributions(
            form.narrowing,
            after=Mark.parsed(request.GET.get("after")),
            before=Mark.parsed(request.GET.get("before")),
        )
        channels = channels_of(found.rows)
        context |= {"slice": found, "rows": [_row(each, channels.get(each.pk, "")) for each in found.rows]}
    return render(request, "desk/contributions.html", context)


# -- one contribution ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of data that was offered: whether it was taken, when the partner had got it, why not."""

    title: str
    is_accepted: bool
    is_held: bool
    obtained_at: datetime | None
    reasons: tuple[str, ...]


@require_safe
@desk(SEE)
def contribution(request: PersonRequest, id: UUID) -> HttpResponse:
    return _page(request, id)


@require_POST
@desk(READ_EVIDENCE)
def evidence(request: PersonRequest, id: UUID) -> HttpResponse:
    """Show the evidence, once, in this answer alone: that somebody read it is entered, and the person sees it."""
    found = get_object_or_404(Contribution.objects.select_related("person"), pk=id)
    try:
        text = read_evidence(found, by=request.user, at=timezone.now())
    except CAUGHT as refused:
        return _page(request, id, failure={"words": words_of(refused)}, status=409)
    except Unreadable:
        words = _("The evidence does not open. Tell whoever operates the server.")
        return _page(request, id, failure={"words": words}, status=500)
    return _page(request, id, evidence_text=text)


def _page(request: PersonRequest, id: UUID, *, status: int = 200, **shown: Any) -> HttpResponse:
    found = get_object_or_404(Contribution.objects.select_related("partner", "client", "entry"), pk=id)
    items = list(items_of(found))
    names = colleagues()
    readings = readings_of_evidence(found)

    def name_of(person: UUID) -> str:
        return _("you") if person == request.user.pk else names.get(person, str(person))

    context = {
        "row": _row(found, items[0].channel if items else ""),
        "contribution": found,
        "fields": _fields(found, {item.element_id for item in items}),
        "is_held": bool(items),
        "readings": told((reading.entry for reading in readings), name_of),
        **shown,
    }
    return render(request, "desk/contribution.html", context, status=status)


def _fields(found: Contribution, held: set[str]) -> list[Field]:
    body, titles = found.entry.body, element_titles()
    return [
        Field(
            title=titles.get(key, key),
            is_accepted=key in found.accepted,
            is_held=key in held,
            obtained_at=datetime.fromisoformat(at) if (at := body["obtained_at"].get(key)) else None,
            reasons=tuple(_reasons(body, key)),
        )
        for key in found.fields
    ]


def _reasons(body: Mapping[str, Any], key: str) -> list[str]:
    """Why this was refused, also what the partner is not told."""
    refusals = (_REFUSALS[reason["code"]] for reason in body["reasons"] if key in reason["fields"])
    return [f"{refusal.clause}: {_(refusal.message)}" for refusal in refusals]
