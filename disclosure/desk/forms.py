"""The forms of what is done to one thing on its page: reasons, assignments, deadlines, what somebody made sure of."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.desk import reasons
from disclosure.desk.reasons import Template, templates_for
from disclosure.models import Filing, Performance
from users.day_fields import BeginningField, DayField

_REASON_LENGTH = 2000


class DeedForm(forms.Form):
    """A form about one thing, which stands beside others on its page. It may need nothing but a press."""

    def __init__(self, data: Any = None, *, subject: Any, auto_id: str) -> None:
        super().__init__(data, auto_id=auto_id)
        self.subject = subject


class HowForm(DeedForm):
    """How somebody made sure of something."""

    how = forms.CharField(
        label=gettext_lazy("How you made sure"),
        max_length=300,
        help_text=gettext_lazy(
            "For example: called back on the number of its official website. Name no private person."
        ),
    )


class ReasonForm(DeedForm):
    """A reason: a template, own words, or both. `subject.filing` says which templates fit."""

    use_required_attribute = False
    templates: ClassVar[tuple[Template, ...]] = ()
    limit: ClassVar[int] = _REASON_LENGTH

    template = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, subject: Any, auto_id: str) -> None:
        super().__init__(data, subject=subject, auto_id=auto_id)
        filing: Filing = subject.filing
        self._fitting = templates_for(filing.ground, self.templates)
        choice = self.fields["template"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("My own words, below"))] + [
            (key, str(template.words)) for key, template in self._fitting.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.reason:
            self.add_error("words", _("Say why: choose a reason or write one."))
        elif not self.errors and len(self.reason) > self.limit:
            self.add_error("words", _("This is too long."))
        return cleaned

    @property
    def reason(self) -> str:
        """The sentence of the template, then the own words."""
        template, words = self.cleaned_data.get("template"), self.cleaned_data.get("words", "")
        parts = [str(self._fitting[template].words)] if template else []
        return "\n".join([*parts, *([words] if words else [])])


class ApproveForm(ReasonForm):
    templates = reasons.APPROVE


class RefuseForm(ReasonForm):
    templates = reasons.REFUSE


class AskForm(ReasonForm):
    templates = reasons.ASK


class RevokeForm(ReasonForm):
    templates = reasons.REVOKE


class LookForm(ReasonForm):
    templates = reasons.LOOK


class CommentForm(DeedForm):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=_REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "For the others who work on it. It is kept for good, and sealed with the person's data."
        ),
    )


class AssignForm(DeedForm):
    """Who looks after it: a reviewer whom it does not concern, or nobody."""

    to = forms.ChoiceField(label=gettext_lazy("Who looks after it"), required=False)

    def __init__(self, data: Any = None, *, subject: Any, auto_id: str) -> None:
        super().__init__(data, subject=subject, auto_id=auto_id)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", _("Nobody in particular"))] + [
            (str(pk), name) for pk, name in sorted(subject.reviewers.items(), key=lambda pair: pair[1])
        ]
        choice.initial = str(subject.filing.assigned_to_id or "")


class ExtendForm(ReasonForm):
    templates = reasons.EXTEND

    days = forms.IntegerField(label=gettext_lazy("How many days more"), min_value=1, max_value=30, initial=3)


class DelayForm(ReasonForm):
    """The day on which the person is told, and the reason that the law gives for not telling them before."""

    templates = reasons.DELAY
    limit = 300

    until = BeginningField(label=gettext_lazy("Tell the person on"))

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until <= timezone.now():
            raise forms.ValidationError(_("Choose a day to come."))
        return until


class ApprovedAtHomeForm(DeedForm):
    """The approval of the competent authority at home for what a foreign one demands (PIPL 41)."""

    reference = forms.CharField(label=gettext_lazy("Reference of the approval"), max_length=200)
    approved_on = DayField(label=gettext_lazy("Approved on"))

    def clean_approved_on(self) -> Any:
        approved_on = self.cleaned_data["approved_on"]
        if approved_on > timezone.localdate():
            raise forms.ValidationError(_("This day is yet to come."))
        return approved_on


class PerformForm(DeedForm):
    """What a party to a transaction has done of its part."""

    party = forms.ChoiceField(label=gettext_lazy("Which party"))
    performance = forms.ChoiceField(label=gettext_lazy("What it has done of its part"), choices=Performance.choices)

    def __init__(self, data: Any = None, *, subject: Any, auto_id: str) -> None:
        super().__init__(data, subject=subject, auto_id=auto_id)
        choice = self.fields["party"]
        assert isinstance(choice, forms.ChoiceField)
        parties: Iterable[Any] = (subject.first_id, subject.second_id)
        choice.choices = [
            (str(party), words % {"id": party})
            for party, words in zip(parties, (_("One party: %(id)s"), _("The other party: %(id)s")), strict=True)
        ]
