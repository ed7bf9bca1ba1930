"""The forms on which requests are filed: on an instrument (DIS-c), a violation (DIS-d), another provision (DIS-g)."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.desk.fields import ElementsField, PersonField
from disclosure.models import Authority, Filing, LegalInstrument, Provision
from disclosure.services.filings import Evidence, Wanted
from users.day_fields import BeginningField
from users.models import User, Violation

_JUSTIFICATION_LENGTH = 4000
_SEALED = gettext_lazy("Sealed with the person's own key. Reviewers read it.")


class AuthorityField(forms.ModelChoiceField[Authority]):
    """One authority of the register; what nobody has verified says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Authority.objects.order_by("name"), empty_label="–", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return obj.name if obj.verified_at else _("%(authority)s: not verified") % {"authority": obj.name}


class ProvisionField(forms.ModelChoiceField[Provision]):
    """One provision of the register that was not repealed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Provision.objects.filter(repealed_at=None).order_by("citation"), empty_label="–", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {obj.citation}"


class FilingForm(forms.Form):
    """What they have in common: whom it is about (once filed, that stays), which fields, and why."""

    justification_is_required = True

    person = PersonField(label=gettext_lazy("Whose data"))
    elements = ElementsField(
        label=gettext_lazy("Which data"), help_text=gettext_lazy("No more than is necessary: each is looked at.")
    )
    justification = forms.CharField(
        label=gettext_lazy("Why it is required"),
        max_length=_JUSTIFICATION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_SEALED,
    )

    def __init__(self, data: Any = None, *, filing: Filing | None = None, why: str = "") -> None:
        super().__init__(data, initial=self.initial_of(filing, why) if filing else None)
        if filing is not None:
            del self.fields["person"]
        self.fields["justification"].required = self.justification_is_required

    def initial_of(self, filing: Filing, why: str) -> dict[str, Any]:
        return {
            "elements": filing.fields,
            "justification": why,
            "authority": filing.authority_id,
            "provision": filing.provision_id,
            "expires_at": timezone.localtime(filing.expires_at).date() if filing.expires_at else None,
        }

    def wanted(self, person: User | None) -> Wanted:
        """What is filed, once the form is valid; about this person, or about whom the form names."""
        typed = self.cleaned_data
        return Wanted(
            person=person or typed["person"],
            fields=typed["elements"],
            evidence=self.rests_on(),
            authority=self.goes_to(),
            justification=typed["justification"],
            expires_at=typed.get("expires_at"),
        )

    def rests_on(self) -> Evidence:
        raise NotImplementedError

    def goes_to(self) -> Authority:
        authority: Authority = self.cleaned_data["authority"]
        return authority


class OnInstrument(FilingForm):
    """DIS-c: for the authority that issued it, and of what it demands."""

    justification_is_required = False

    def __init__(self, instrument: LegalInstrument, data: Any = None, **about: Any) -> None:
        self.instrument = instrument
        super().__init__(data, **about)
        self.fields["elements"] = ElementsField(
            label=_("Which data"),
            help_text=_("Only what the instrument demands stands here. Leave out what is not necessary."),
            limit=instrument.fields,
        )
        self.fields["justification"].label = _("Anything that reviewers should know")

    def rests_on(self) -> Evidence:
        return self.instrument

    def goes_to(self) -> Authority:
        return self.instrument.authority


class OnViolation(FilingForm):
    """DIS-d: about whoever broke the rule, for an authority."""

    authority = AuthorityField(label=gettext_lazy("For which authority"))
    field_order = ("authority", "elements", "justification")

    def __init__(self, violation: Violation, data: Any = None, **about: Any) -> None:
        self.violation = violation
        super().__init__(data, **about)
        self.fields.pop("person", None)

    def rests_on(self) -> Evidence:
        return self.violation


class OnProvision(FilingForm):
    """DIS-g: on a law or site policy of the register, for an authority, until a date."""

    provision = ProvisionField(label=gettext_lazy("Under which provision"))
    authority = AuthorityField(label=gettext_lazy("For which authority"))
    expires_at = BeginningField(
        label=gettext_lazy("Until when"), help_text=gettext_lazy("From this day on nothing is released on it.")
    )
    field_order = ("provision", "person", "authority", "elements", "expires_at", "justification")

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at <= timezone.now():
            raise forms.ValidationError(_("Choose a day to come."))
        return expires_at

    def rests_on(self) -> Evidence:
        provision: Provision = self.cleaned_data["provision"]
        return provision
