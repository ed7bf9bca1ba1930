"""The queue: what waits, sorted by deadline, and what became of the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disclosure.desk.access import SEE
from disclosure.desk.dossier import SHAPES, is_overdue, recipient_words
from disclosure.filing_queries import Age, Mine, Narrowing, counts_by_state, queue
from disclosure.filing_states import State
from disclosure.gate import Ground
from disclosure.models import Authority, Filing
from disclosure.models.filings import FILING_GROUNDS, STATE_CHOICES
from users.colleagues import colleagues
from users.desk import desk
from users.models import User
from users.personal import PersonRequest
from users.queries import element_titles
from users.slices import Mark
from users.wording import listed

_MINE = [(Mine.ASSIGNED.value, gettext_lazy("Assigned to me")), (Mine.FILED.value, gettext_lazy("Filed by me"))]
_AGES = [
    (Age.OVERDUE.value, gettext_lazy("Overdue")),
    (Age.SOON.value, gettext_lazy("Due within two days")),
    (Age.WEEK.value, gettext_lazy("Submitted more than a week ago")),
    (Age.MONTH.value, gettext_lazy("Submitted more than a month ago")),
]


class QueueForm(forms.Form):
    """Narrows the queue. What is not filled in narrows nothing."""

    use_required_attribute = False

    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("In review")), *STATE_CHOICES]
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground"), required=False, choices=[("", gettext_lazy("Every ground")), *FILING_GROUNDS]
    )
    authority = forms.ChoiceField(label=gettext_lazy("For the authority"), required=False)
    age = forms.ChoiceField(
        label=gettext_lazy("Time"), required=False, choices=[("", gettext_lazy("Any time")), *_AGES]
    )
    mine = forms.ChoiceField(
        label=gettext_lazy("Whose"), required=False, choices=[("", gettext_lazy("Everybody's")), *_MINE]
    )

    def __init__(self, data: Any, authorities: Iterable[Authority]) -> None:
        super().__init__(data)
        choice = self.fields["authority"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Every recipient")), *((str(each.pk), each.name) for each in authorities)]

    def narrowing_for(self, member: User) -> Narrowing:
        """What it narrows to, once the form is valid."""
        data = self.cleaned_data
        return Narrowing(
            ground=data["ground"],
            state=State(data["state"]) if data["state"] else None,
            authority=UUID(data["authority"]) if data["authority"] else None,
            age=Age(data["age"]) if data["age"] else None,
            assigned_to=member.pk if data["mine"] == Mine.ASSIGNED else None,
            filed_by=member.pk if data["mine"] == Mine.FILED else None,
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many stand at a state, in words."""

    state: str
    word: str
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Row:
    """One request in short."""

    filing: Filing
    fields: str
    recipient: str
    clause: str
    shape: str
    is_overdue: bool
    assigned_to: str


@require_safe
@desk(SEE)
def index(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    form = QueueForm(request.GET, Authority.objects.order_by("name"))
    words = dict(STATE_CHOICES)
    tally = [
        Tally(each.state.value, str(words[each.state.value]), each.count, each.overdue)
        for each in counts_by_state(at=now)
    ]
    context: dict[str, Any] = {"form": form, "tally": tally, "overdue": sum(each.overdue for each in tally)}
    if form.is_valid():
        found = queue(
            form.narrowing_for(request.user),
            at=now,
            after=Mark.parsed(request.GET.get("after")),
            before=Mark.parsed(request.GET.get("before")),
        )
        titles, names = element_titles(), colleagues()

        def row(filing: Filing) -> Row:
            assigned = filing.assigned_to_id
            return Row(
                filing=filing,
                fields=listed(titles.get(key, key) for key in filing.fields),
                recipient=recipient_words(filing.authority, filing),
                clause=Ground(filing.ground).clause,
                shape=SHAPES[State(filing.state)],
                is_overdue=is_overdue(filing, at=now),
                assigned_to=_("you") if assigned == request.user.pk else names.get(assigned, "") if assigned else "",
            )

        context |= {"slice": found, "rows": [row(filing) for filing in found.rows]}
    return render(request, "desk/queue.html", context)
