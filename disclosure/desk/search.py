"""A search over decisions and the ledger. All of it is posted: whom one looks for stands in no address."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from disclosure.desk.case import is_kept_from
from disclosure.desk.dossier import recipient_words
from disclosure.desk.entering import posted
from disclosure.desk.entries import Told, told
from disclosure.desk.fields import PersonField
from disclosure.gate import Ground
from disclosure.models import Authority, Filing
from disclosure.models.filings import FILING_GROUNDS
from disclosure.search_queries import Decided, Result, Sought, decisions, entries, requests_by_entry
from privacy_app.ledger.models import Entry
from privacy_app.ledger.queries import kinds
from users.colleagues import colleagues
from users.day_fields import DayField, beginning_of
from users.desk import desk
from users.models import Partner, User
from users.personal import PersonRequest
from users.queries import element_titles
from users.slices import Mark
from users.wording import listed

_NUMBER = re.compile("[0-9]{1,18}")
DECISIONS, LEDGER = "decisions", "ledger"
_WORDS = {
    Ground.CONSENT.value: gettext_lazy("the person consented"),
    Ground.SERVICE_REQUEST.value: gettext_lazy("a service that the person asked for"),
    **dict(FILING_GROUNDS),
}
GROUNDS = [(ground.value, format_lazy("{}: {}", ground.clause, _WORDS[ground.value])) for ground in Ground]
_RESULTS = [
    (Result.PERMITTED.value, gettext_lazy("Permitted")),
    (Result.WAITING.value, gettext_lazy("Waiting")),
    (Result.REFUSED.value, gettext_lazy("Refused, or over")),
]


class SearchForm(forms.Form):
    """What is looked for. A criterion that the place does not know is told, rather than passed over."""

    use_required_attribute = False

    place = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=[(DECISIONS, gettext_lazy("Decisions on requests")), (LEDGER, gettext_lazy("The ledger"))],
        initial=DECISIONS,
    )
    person = PersonField(label=gettext_lazy("About whom"), required=False, erased_too=True)
    recipient = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), required=False, choices=[("", gettext_lazy("Every ground")), *GROUNDS]
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, choices=[("", gettext_lazy("Every outcome")), *_RESULTS]
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of entry"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)

    def __init__(self, data: Any = None, *, viewer: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.viewer = viewer
        recipient, kind = self.fields["recipient"], self.fields["kind"]
        assert isinstance(recipient, forms.ChoiceField)
        assert isinstance(kind, forms.ChoiceField)
        partners = [(str(each.pk), each.legal_name) for each in Partner.objects.order_by("legal_name")]
        authorities = [(str(each.pk), each.name) for each in Authority.objects.order_by("name")]
        recipient.choices = [("", _("Everybody")), (_("Partners"), partners), (_("Authorities"), authorities)]
        kind.choices = [("", _("Every kind")), *((name, name) for name in kinds())]

    def clean_person(self) -> User | None:
        person: User | None = self.cleaned_data["person"]
        if person == self.viewer:
            raise forms.ValidationError(_("What concerns you yourself stands on your own pages."))
        return person

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("This is before the first day."))
        if cleaned.get("place") == LEDGER:
            for name in ("recipient", "ground", "result"):
                if cleaned.get(name):
                    self.add_error(
                        name, _("The ledger is searched by person, kind and time. Look among the decisions.")
                    )
        elif cleaned.get("kind"):
            self.add_error("kind", _("Only entries of the ledger have a kind."))
        return cleaned

    @property
    def sought(self) -> Sought:
        """What is looked for, once the form is valid; the last day belongs to it."""
        typed = self.cleaned_data
        return Sought(
            person=typed["person"].pk if typed["person"] else None,
            recipient=UUID(typed["recipient"]) if typed["recipient"] else None,
            ground=typed["ground"],
            result=Result(typed["result"]) if typed["result"] else None,
            kind=typed["kind"],
            since=beginning_of(typed["since"]) if typed["since"] else None,
            until=beginning_of(typed["until"] + timedelta(days=1)) if typed["until"] else None,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One request in short: when, for whom, what, on which ground, what came of it, and where it is looked at."""

    at: datetime
    recipient: str
    fields: str
    clause: str
    state: str
    person: str
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, with the way to the request that it is about."""

    told: Told
    href: str


@require_http_methods(["GET", "HEAD", "POST"])
@desk("ledger.view_entry")
def search(request: PersonRequest) -> HttpResponse:
    form = SearchForm(posted(request), viewer=request.user)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        after = request.POST.get("after", "")
        if form.cleaned_data["place"] == LEDGER:
            found, below = entries(form.sought, below=int(after) if _NUMBER.fullmatch(after) else None)
            context |= {"lines": _lines(found, request.user), "after": below}
        else:
            slice_ = decisions(form.sought, after=Mark.parsed(after))
            context |= {"rows": _rows(slice_.rows, request.user), "after": slice_.after}
        # The same question once more, in fields that are not shown, for the next page.
        context["asked"] = {name: request.POST.get(name, "") for name in form.fields}
    return render(request, "desk/search.html", context, status=422 if form.errors else 200)


def _rows(found: Iterable[Decided], viewer: User) -> list[Row]:
    titles, now = element_titles(), timezone.now()
    return [
        _row(decided, titles)
        for decided in found
        if not (isinstance(decided.row, Filing) and is_kept_from(decided.row, viewer, at=now))
    ]


def _row(decided: Decided, titles: Mapping[str, str]) -> Row:
    request = decided.row
    if isinstance(request, Filing):
        recipient, state = recipient_words(request.authority, request), request.get_state_display()
        href = reverse("desk:filing", args=[request.pk])
    else:
        recipient, state = request.partner.legal_name, request.get_status_display()
        href = reverse("admin:disclosure_disclosurerequest_change", args=[request.pk])
    return Row(
        at=decided.at,
        recipient=recipient,
        fields=listed(titles.get(key, key) for key in request.fields),
        clause=Ground(request.ground).clause,
        state=str(state),
        person=str(request.person_id or "–"),
        href=href,
    )


def _lines(found: list[Entry], viewer: User) -> list[Line]:
    names = colleagues()

    def name_of(person: UUID) -> str:
        return _("you") if person == viewer.pk else names.get(person, str(person))

    requests = requests_by_entry(entry.seq for entry in found)
    return [Line(each, _way_to(each.entry, requests)) for each in told(found, name_of)]


def _way_to(entry: Entry, requests: Mapping[int, UUID]) -> str:
    """Where the request is looked at that an entry is about; empty where it is about none."""
    if filing := entry.body.get("filing"):
        return reverse("desk:filing", args=[filing])
    if request := requests.get(entry.seq):
        return reverse("admin:disclosure_disclosurerequest_change", args=[request])
    return ""
