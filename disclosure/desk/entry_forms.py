"""The forms by which evidence is entered: authorities, instruments, violations, complaints, transactions, provisions."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.desk.fields import (
    CountryField,
    DocumentField,
    ElementsField,
    PersonField,
)
from disclosure.models import Authority, Complaint, LegalInstrument, Provision
from users.day_fields import BeginningField, DayField, MomentField


class AuthorityForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "–"), *Authority.Kind.choices])
    country = CountryField(label=gettext_lazy("Country"))
    contact_email = forms.EmailField(
        label=gettext_lazy("Official address"),
        help_text=gettext_lazy("An e-mail address of the authority itself: links to what it may have go there."),
    )


class InstrumentForm(forms.Form):
    """What an authority issued, with the document itself."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "–"), *LegalInstrument.Kind.choices])
    number = forms.CharField(label=gettext_lazy("Number"), max_length=100)
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        max_length=300,
        help_text=gettext_lazy("The article that the instrument itself names."),
    )
    issued_on = DayField(label=gettext_lazy("Issued on"))
    received_at = MomentField(label=gettext_lazy("Received"))
    expires_at = MomentField(
        label=gettext_lazy("Expires"),
        help_text=gettext_lazy("After this nothing is released on it any more."),
    )
    elements = ElementsField(
        label=gettext_lazy("What it demands"),
        help_text=gettext_lazy("All that the instrument names. A request may ask for less, never for more."),
    )
    document = DocumentField(label=gettext_lazy("The document itself"))

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"received_at": timezone.localtime()})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        issued, received, expires = (cleaned.get(name) for name in ("issued_on", "received_at", "expires_at"))
        now = timezone.now()
        if issued and issued > timezone.localdate():
            self.add_error("issued_on", _("This day is yet to come."))
        if received and received > now:
            self.add_error("received_at", _("This moment is yet to come."))
        elif received and issued and timezone.localdate(received) < issued:
            self.add_error("received_at", _("This is before the day it was issued on."))
        if expires and expires <= now:
            self.add_error("expires_at", _("The instrument has expired."))
        elif expires and received and expires <= received:
            self.add_error("expires_at", _("This must be later than its receipt."))
        return cleaned


class ViolationForm(forms.Form):
    """That somebody broke a rule, with the evidence for it."""

    person = PersonField(label=gettext_lazy("Who broke it"))
    rule = forms.CharField(
        label=gettext_lazy("The law or rule that was broken"),
        max_length=200,
        help_text=gettext_lazy("Its name and section. Name no person here: it stands in the record for good."),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Sealed with the person's own key. Whoever reads it later is on record."),
    )


class ComplaintForm(forms.Form):
    """Who complains of whom, the right claimed, and its proof."""

    complainant = PersonField(label=gettext_lazy("Complainant"))
    respondent = PersonField(label=gettext_lazy("Respondent"))
    right = forms.ChoiceField(label=gettext_lazy("Right claimed"), choices=[("", "–"), *Complaint.Right.choices])
    subject_matter = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=300,
        help_text=gettext_lazy("The work, the mark, the listing. Name no person here."),
    )
    elements = ElementsField(
        label=gettext_lazy("What of the complainant's data an answer needs"),
        help_text=gettext_lazy("The respondent may ask for these, and for nothing else."),
    )
    proof = DocumentField(label=gettext_lazy("Proof of the right"))


class TransactionForm(forms.Form):
    """A transaction of two people."""

    reference = forms.CharField(label=gettext_lazy("The website's reference"), max_length=100)
    first = PersonField(label=gettext_lazy("One party"))
    second = PersonField(label=gettext_lazy("The other party"))


class ProvisionForm(forms.Form):
    """A law or site policy on which DIS-g may be claimed."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[("", "–"), *Provision.Kind.choices])
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    title_zh_hans = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=200)
    citation = forms.CharField(label=gettext_lazy("Article or section"), max_length=200)
    in_force_from = BeginningField(label=gettext_lazy("In force from"))
