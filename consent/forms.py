from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import Aspect
from consent.queries import agreement_in_force
from consent.services.choosing import Press
from consent.services.sign_up import sign_up
from consent.states import Event
from privacy_app.languages import current
from users.day_fields import DayField


class AcceptForm(forms.Form):
    """Accepting the agreement and, with it, the policy it pins (PRE-4)."""

    accept = forms.BooleanField(
        label=_("I accept the service agreement and the privacy policy that is part of it."),
        error_messages={"required": _("Without accepting the agreement there can be no account.")},
    )


class AcceptShownForm(AcceptForm):
    """Accepting the agreement version that stood beside the box."""

    version = forms.IntegerField(min_value=1, max_value=1_000_000, widget=forms.HiddenInput)


class SignUpForm(SignupForm, AcceptForm):
    """Account, acceptance and nothing else: signing up consents to no purpose."""

    field_order = ["email", "password1", "accept"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if agreement_in_force(at=timezone.now()) is None:
            raise forms.ValidationError(_("Sign-up is closed: no agreement has been published yet."))
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        with transaction.atomic():
            person, response = super().try_save(request)
            if person is not None:
                now = timezone.now()
                agreement = agreement_in_force(at=now)
                assert agreement is not None
                person.locale = current()
                person.save(update_fields=["locale"])
                sign_up(person, agreement, language=current(), at=now)
            else:
                # The address is known, which the time that the answer takes must not tell.
                make_password(self.cleaned_data["password1"])
        return person, response


class Wanted(models.TextChoices):
    """What a switch or a button asks for."""

    ON = "on"
    OFF = "off"
    REFUSE = "refuse"
    DEFER = "defer"
    MORE = "more"
    KEEP = "keep"


# Keeping a consent as it was is no event of it.
_EVENTS = {
    Wanted.ON: Event.GIVE,
    Wanted.MORE: Event.GIVE,
    Wanted.KEEP: None,
    Wanted.OFF: Event.WITHDRAW,
    Wanted.REFUSE: Event.REFUSE,
    Wanted.DEFER: Event.DEFER,
}


class Shown(models.TextChoices):
    """Which choices a person wants to see."""

    ALL = "", _("All choices")
    ALLOWED = "allowed", _("What is allowed")
    NOT_ALLOWED = "not-allowed", _("What is not allowed")


class FilterForm(forms.Form):
    """Finding one choice among many."""

    q = forms.CharField(
        label=_("Find a recipient, a use or a kind of data"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    show = forms.ChoiceField(label=_("Show"), choices=Shown, required=False)

    @property
    def words(self) -> str:
        """What is looked for; nothing where it cannot be read."""
        return self.cleaned_data["q"] if self.is_valid() else ""

    def shows(self, *, allowed: bool) -> bool:
        """Whether a choice that is allowed, or not, is wanted."""
        show = self.cleaned_data["show"] if self.is_valid() else Shown.ALL
        return not show or allowed is (show == Shown.ALLOWED)


class CompareForm(forms.Form):
    """Two versions of the policy to compare. Their numbers have no gaps: `newest` is the last one that can be read."""

    use_required_attribute = False

    def __init__(self, *args: Any, newest: int, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label, first in (("before", _("From version"), newest - 1 or 1), ("after", _("To version"), newest)):
            self.fields[name] = forms.IntegerField(label=label, min_value=1, max_value=newest, initial=first)


class OnForm(forms.Form):
    """Asks which version was in force on a day."""

    day = DayField(label=_("Which version was in force on"))


class ChangeForm(forms.Form):
    """One press of a switch, with what was shown beside it."""

    purpose = forms.SlugField(max_length=64)
    recipient = forms.UUIDField(required=False)
    aspect = forms.ChoiceField(choices=Aspect)
    version = forms.IntegerField(min_value=1, max_value=1_000_000)
    revision = forms.IntegerField(min_value=0, max_value=1_000_000_000)
    wanted = forms.ChoiceField(choices=Wanted)

    @property
    def press(self) -> Press:
        """The press, once the form is valid."""
        data = self.cleaned_data
        return Press(
            purpose=data["purpose"],
            recipient=data["recipient"],
            aspect=Aspect(data["aspect"]),
            event=_EVENTS[Wanted(data["wanted"])],
            version=data["version"],
            revision=data["revision"],
        )
